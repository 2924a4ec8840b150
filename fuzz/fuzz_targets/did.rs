//! See `targets::did`.
#![no_main]

osaamislompakko_fuzz::program!(did);
