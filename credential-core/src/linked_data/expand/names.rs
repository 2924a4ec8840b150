//! What the names of an object's members and types say before any statement is made.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{
    super::{PinnedContext, document::texts},
    context::{Context, Step},
    definition::Meaning,
};

/// Most contexts that one object may list.
const MAX_LISTED: usize = 8;

/// The keyword that a name stands for.
pub(super) fn keyword<'c>(context: &'c Context, name: &str) -> Option<&'c Meaning> {
    let meaning = &context.definition(name)?.meaning;
    matches!(meaning, Meaning::Id | Meaning::Type).then_some(meaning)
}

/// The types of an object. `None` when it has the member twice, or not as texts.
pub(super) fn types<'m>(
    members: &'m Map<String, Value>,
    context: &Context,
) -> Option<Vec<&'m str>> {
    let is_type = |name: &String| keyword(context, name) == Some(&Meaning::Type);
    let mut found = members.iter().filter(|(name, _)| is_type(name));
    match (found.next(), found.next()) {
        (None, _) => Some(Vec::new()),
        (Some((_, kinds)), None) => {
            let count = kinds.as_array().map_or(1, Vec::len);
            let kinds: Vec<&str> = texts(Some(kinds)).collect();
            (kinds.len() == count).then_some(kinds)
        }
        _ => None,
    }
}

/// The context that types bring, if any of them does.
pub(super) fn inside(kinds: &[&str], base: &Context) -> Option<Option<Arc<Context>>> {
    let brings = |kind: &str| base.definition(kind).is_some_and(|it| it.scoped.is_some());
    let bringing = kinds.iter().copied().filter(|kind| brings(kind));
    let mut bringing: Vec<String> = bringing.map(str::to_owned).collect();
    if bringing.is_empty() {
        return Some(None);
    }
    bringing.sort_unstable();
    bringing.dedup();
    base.after(&Step::Types(bringing)).map(Some)
}

/// The addresses of the contexts that an object lists, no more than [`MAX_LISTED`].
pub(super) fn listed(contexts: &Value) -> Option<Vec<&'static str>> {
    let items = match contexts {
        Value::Array(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    };
    if items.len() > MAX_LISTED {
        return None;
    }
    let pinned = |item: &Value| PinnedContext::find(item.as_str()?).map(PinnedContext::url);
    items.iter().map(pinned).collect()
}
