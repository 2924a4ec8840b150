//! See `targets::bitstring_list`.
#![no_main]

osaamislompakko_fuzz::program!(bitstring_list);
