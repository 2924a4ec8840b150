//! OAuth 2.0 messages, as broker, wallet, issuer and recipient exchange them.

pub mod client_assertion;
pub mod error;
pub mod grant_management;
pub mod introspection;
pub mod metadata;
pub mod pkce;
#[cfg(test)]
mod tests;
pub mod token;
