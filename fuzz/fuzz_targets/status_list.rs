//! See `targets::status_list`.
#![no_main]

osaamislompakko_fuzz::program!(status_list);
