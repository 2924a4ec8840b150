//! See `targets::sd_jwt_claims`.
#![no_main]

osaamislompakko_fuzz::program!(sd_jwt_claims);
