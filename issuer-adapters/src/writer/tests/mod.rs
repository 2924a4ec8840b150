//! What all writers share: every record that goes in comes back, but for what is listed.

mod compare;
mod elm;
mod elmo;
mod generated;
mod round_trip;
