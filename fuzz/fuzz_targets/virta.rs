//! See `targets::virta`.
#![no_main]

osaamislompakko_fuzz::program!(virta);
