//! See `targets::dcql`.
#![no_main]

osaamislompakko_fuzz::program!(dcql);
