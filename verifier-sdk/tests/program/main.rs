//! The programs `verify` and `witness`, run as a person runs them.

#[cfg(test)]
mod batch;
#[cfg(test)]
mod desk;
#[cfg(test)]
mod files;
#[cfg(test)]
mod registries;
#[cfg(test)]
mod sharing;
#[cfg(test)]
mod witness;
