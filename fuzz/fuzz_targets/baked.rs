//! See `targets::baked`.
#![no_main]

osaamislompakko_fuzz::program!(baked);
