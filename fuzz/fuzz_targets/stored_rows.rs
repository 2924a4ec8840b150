//! See `targets::stored_rows`.
#![no_main]

osaamislompakko_fuzz::program!(stored_rows);
