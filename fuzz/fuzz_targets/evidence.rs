//! See `targets::evidence`.
#![no_main]

osaamislompakko_fuzz::program!(evidence);
