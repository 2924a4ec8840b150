//! The registrar: decides who may issue and who may ask, and signs the list that says so. It works
//! offline; its key is never where grants or deposits are.

mod folder;
mod registry;
mod server;
#[cfg(test)]
mod tests;

pub use credential_core::trust::{Entry, EntryError};
pub use folder::{FolderError, RegistryFolder};
pub use registry::{Change, Registry};
pub use server::list_router;
