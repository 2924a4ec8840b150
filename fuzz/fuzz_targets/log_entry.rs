//! See `targets::log_entry`.
#![no_main]

osaamislompakko_fuzz::program!(log_entry);
