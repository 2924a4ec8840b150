//! What the study register's own consent service does, matched or made stricter; each point is numbered as
//! in docs/koski-parity.md.

mod asking;
mod person;

use serde_json::Value;

use super::support::World;

/// The authorization server's metadata.
async fn metadata(world: &World) -> Value {
    let path = "/.well-known/oauth-authorization-server";
    world.get(path, &[]).await.json()
}
