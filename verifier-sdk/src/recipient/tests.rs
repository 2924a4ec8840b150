mod answers;
mod broker;
mod callback;
mod changing;
mod journey;
