//! See `targets::reading`.
#![no_main]

osaamislompakko_fuzz::program!(reading);
