//! See `targets::queries`.
#![no_main]

osaamislompakko_fuzz::program!(queries);
