//! See `targets::writers`.
#![no_main]

osaamislompakko_fuzz::program!(writers);
