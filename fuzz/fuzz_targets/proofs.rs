//! See `targets::proofs`.
#![no_main]

osaamislompakko_fuzz::program!(proofs);
