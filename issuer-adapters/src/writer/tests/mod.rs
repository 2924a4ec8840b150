//! What all writers share: every record that goes in comes back, but for what is listed.

mod clr;
mod compare;
mod elm;
mod elmo;
mod elmo_schema;
mod generated;
mod openbadges;
mod refused;
mod round_trip;
mod tyomarkkinatori;
