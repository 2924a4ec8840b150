mod answers;
mod broker;
mod callback;
mod journey;
mod nonce;
mod notices;
