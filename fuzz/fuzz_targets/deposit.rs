//! See `targets::deposit`.
#![no_main]

osaamislompakko_fuzz::program!(deposit);
