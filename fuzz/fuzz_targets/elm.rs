//! See `targets::elm`.
#![no_main]

osaamislompakko_fuzz::program!(elm);
