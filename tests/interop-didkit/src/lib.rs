//! Tests only: see `tests/didkit.rs`.
