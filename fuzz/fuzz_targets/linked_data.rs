//! See `targets::linked_data`.
#![no_main]

osaamislompakko_fuzz::program!(linked_data);
