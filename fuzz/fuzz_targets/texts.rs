//! See `targets::texts`.
#![no_main]

osaamislompakko_fuzz::program!(texts);
