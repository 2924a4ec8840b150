//! See `targets::jose`.
#![no_main]

osaamislompakko_fuzz::program!(jose);
