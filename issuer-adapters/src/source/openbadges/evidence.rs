//! What supports a badge.

use credential_core::record::Evidence;

use crate::source::{node::Node, reading::Reading};

/// The evidence of a badge: addresses, or objects with a name and perhaps a hash.
pub(super) fn evidence(
    badge: &Node<'_>,
    language: Option<&str>,
    reading: &mut Reading,
) -> Vec<Evidence> {
    let mut found = Vec::new();
    for node in reading.many(badge, "evidence") {
        let one = if node.as_str().is_some() {
            Evidence {
                url: reading.string_at(&node),
                ..Evidence::default()
            }
        } else {
            described(&node, language, reading)
        };
        if one != Evidence::default() {
            found.push(one);
        }
    }
    found
}

fn described(node: &Node<'_>, language: Option<&str>, reading: &mut Reading) -> Evidence {
    let mut name = reading.name_in_ours(node, "name", language);
    for described in ["description", "narrative"] {
        if name.is_empty() {
            name = reading.prose_in_ours(node, described, language);
        }
    }
    Evidence {
        name,
        url: reading.string(node, "id"),
        digest: reading
            .string(node, "digestSRI")
            .or_else(|| reading.string(node, "digestMultibase")),
    }
}
