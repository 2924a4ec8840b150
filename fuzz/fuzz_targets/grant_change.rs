//! See `targets::grant_change`.
#![no_main]

osaamislompakko_fuzz::program!(grant_change);
