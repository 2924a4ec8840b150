mod answers;
mod broker;
mod callback;
mod journey;
mod notices;
