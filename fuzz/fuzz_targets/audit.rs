//! See `targets::audit`.
#![no_main]

osaamislompakko_fuzz::program!(audit);
