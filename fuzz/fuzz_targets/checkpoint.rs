//! See `targets::checkpoint`.
#![no_main]

osaamislompakko_fuzz::program!(checkpoint);
