//! See `targets::koski`.
#![no_main]

osaamislompakko_fuzz::program!(koski);
