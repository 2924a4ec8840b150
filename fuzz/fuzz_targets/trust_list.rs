//! See `targets::trust_list`.
#![no_main]

osaamislompakko_fuzz::program!(trust_list);
