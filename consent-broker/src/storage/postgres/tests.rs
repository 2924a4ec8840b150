//! What only a store in PostgreSQL can show.

mod layout;
mod nodes;
mod snapshot;
