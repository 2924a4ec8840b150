//! See `targets::decision`.
#![no_main]

osaamislompakko_fuzz::program!(decision);
