//! See `targets::x5c`.
#![no_main]

osaamislompakko_fuzz::program!(x5c);
