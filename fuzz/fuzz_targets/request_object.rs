//! See `targets::request_object`.
#![no_main]

osaamislompakko_fuzz::program!(request_object);
