# Every recipe is one or two plain cargo lines, so nothing depends on `just` itself.

# What can be done here
default:
    @just --list

# Format, lints, licences
check:
    cargo fmt --all --check && cargo clippy --workspace --all-targets -- -D warnings
    cargo deny check bans licenses sources

# All tests
test:
    cargo test --workspace

# The whole way once, as a newcomer sees it
demo:
    cargo run --release -- --once

# The end-to-end tests alone
journey *names:
    cargo test --test it {{names}}

# Accept changed snapshots (wants cargo-insta)
bless:
    cargo insta test --workspace --accept

# Ratios to the raw primitives
bench:
    cargo bench --bench path

# The broker under load, beside others
load *options:
    cargo bench -p consent-broker --features cli --bench load -- {{options}}

# Spelling (wants typos-cli)
spelling:
    typos

# Documentation of our crates
doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

# didkit beside our code, in its own workspace
interop:
    cargo test --locked --manifest-path tests/interop-didkit/Cargo.toml
