//! See `targets::template`.
#![no_main]

osaamislompakko_fuzz::program!(template);
