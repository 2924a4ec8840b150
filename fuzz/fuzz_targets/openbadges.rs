//! See `targets::openbadges`.
#![no_main]

osaamislompakko_fuzz::program!(openbadges);
