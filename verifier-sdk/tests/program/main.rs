//! The program `verify`, run as a person runs it.

#[cfg(test)]
mod desk;
#[cfg(test)]
mod files;
#[cfg(test)]
mod sharing;
