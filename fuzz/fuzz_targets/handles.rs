//! See `targets::handles`.
#![no_main]

osaamislompakko_fuzz::program!(handles);
