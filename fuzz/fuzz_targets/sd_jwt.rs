//! See `targets::sd_jwt`.
#![no_main]

osaamislompakko_fuzz::program!(sd_jwt);
