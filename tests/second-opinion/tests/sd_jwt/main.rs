//! Our credentials judged by `ssi`, its credentials judged by us, and the places where we differ.

#[cfg(test)]
mod agreement;
#[cfg(test)]
mod deviations;
#[cfg(test)]
mod support;
