//! See `targets::messages`.
#![no_main]

osaamislompakko_fuzz::program!(messages);
