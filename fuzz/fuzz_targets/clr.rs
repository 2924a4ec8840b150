//! See `targets::clr`.
#![no_main]

osaamislompakko_fuzz::program!(clr);
