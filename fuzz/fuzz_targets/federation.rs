//! See `targets::federation`.
#![no_main]

osaamislompakko_fuzz::program!(federation);
