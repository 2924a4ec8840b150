//! See `targets::notice`.
#![no_main]

osaamislompakko_fuzz::program!(notice);
