//! See `targets::vc_jwt`.
#![no_main]

osaamislompakko_fuzz::program!(vc_jwt);
