//! See `targets::elmo`.
#![no_main]

osaamislompakko_fuzz::program!(elmo);
