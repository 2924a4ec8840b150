//! consent-broker
