//! What each target does with its input, and its seeds. `run` says whether the input was accepted to
//! the end, so that a seed which no longer gets deep is noticed.

pub mod access_log;
pub mod checkpoint;
pub mod clr;
pub mod csv;
pub mod dcql;
pub mod decision;
pub mod deposit;
mod documents;
pub mod elm;
pub mod elmo;
pub mod grant_change;
pub mod grant_message;
pub mod handles;
pub mod jose;
pub mod koski;
pub mod log_entry;
pub mod messages;
pub mod notice;
pub mod openbadges;
pub mod pdf;
pub mod proofs;
pub mod queries;
pub mod reading;
pub mod receipt;
pub mod request_object;
pub mod ripa;
pub mod sd_jwt;
pub mod sd_jwt_claims;
pub mod status_list;
pub mod stored_rows;
pub mod texts;
pub mod trust_list;
pub mod tyomarkkinatori;
pub mod vault;
pub mod virta;
pub mod writers;
