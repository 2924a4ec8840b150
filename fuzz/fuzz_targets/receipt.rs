//! See `targets::receipt`.
#![no_main]

osaamislompakko_fuzz::program!(receipt);
