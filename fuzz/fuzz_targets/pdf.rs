//! See `targets::pdf`.
#![no_main]

osaamislompakko_fuzz::program!(pdf);
