//! The OpenAPI document, made from the router: what extractors take and handlers answer describes
//! itself, and an endpoint adds in words what its types cannot say.

mod created;
mod describe;
mod document;
mod form;
mod parts;
mod reasons;
mod refusals;

pub(crate) use created::Created;
pub(crate) use describe::Describe;
pub(crate) use document::{Document, described};
pub(crate) use form::FormSchema;
pub(crate) use parts::{
    answer_header, compact_jws, form_body, header, json_body, require_token, some_text, text, uuid,
};
pub(crate) use refusals::{Refusals, refusal, refusals};
