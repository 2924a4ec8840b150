//! See `targets::access_log`.
#![no_main]

osaamislompakko_fuzz::program!(access_log);
