//! A broker on a loopback socket, a recipient and wallets, all at one fixed moment.

mod changes;
mod contract;
pub(crate) mod forging;
mod http;
mod nodes;
mod operator;
pub(crate) mod people;
mod resource_server;
mod steady;
mod world;

pub(crate) use http::{Answer, client};
pub(crate) use operator::Operator;
pub(crate) use people::{Recipient, Wallet, noon, random_id};
pub(crate) use resource_server::ResourceServer;
pub(crate) use steady::SteadyHand;
pub(crate) use world::{Grant, World, read_id};
