//! Who is asking, with what proof: each extractor has one way in, and whoever holds its result need
//! not check again.

mod assertion;
mod body;
mod caller;
mod client;
mod form;
mod holder;
mod manager;
mod proof;
mod token;
mod visitor;

pub(crate) use body::Body;
pub(crate) use caller::{Asserted, ResourceServer};
pub(crate) use client::{Client, Pusher};
pub(crate) use form::{Form, MAX_PARAMETERS};
pub(crate) use holder::{Holder, WALLET_TOKEN};
pub(crate) use manager::{GRANT_TOKEN, Manager};
pub(crate) use proof::{Proven, remember};
pub(crate) use token::{ACCESS_TOKEN, Authorized};
pub(crate) use visitor::Visitor;
