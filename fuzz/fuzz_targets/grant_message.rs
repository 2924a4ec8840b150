//! See `targets::grant_message`.
#![no_main]

osaamislompakko_fuzz::program!(grant_message);
