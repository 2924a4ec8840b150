//! See `targets::csv`.
#![no_main]

osaamislompakko_fuzz::program!(csv);
