mod answers;
mod broker;
mod callback;
mod changing;
mod journey;
mod nonce;
mod notices;
