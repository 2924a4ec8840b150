//! See `targets::vault`.
#![no_main]

osaamislompakko_fuzz::program!(vault);
