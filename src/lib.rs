//! All roles composed on one machine: the whole way of a study record, by the real programs' parts,
//! over real HTTP on loopback ports, with real cryptography and encrypted stores.
//!
//! [`world::World`] starts registrar, issuer, broker and recipient, each with a server of its own;
//! [`stages`] walks one record through them. The demonstration (`main.rs`) tells what happens, and
//! the journey test asserts it; neither can see more than a person at the same place could.

pub mod stages;
pub mod world;
