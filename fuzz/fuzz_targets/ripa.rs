//! See `targets::ripa`.
#![no_main]

osaamislompakko_fuzz::program!(ripa);
