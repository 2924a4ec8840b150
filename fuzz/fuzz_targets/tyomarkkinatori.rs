//! See `targets::tyomarkkinatori`.
#![no_main]

osaamislompakko_fuzz::program!(tyomarkkinatori);
