//! The contexts that are active in turn while a document is read.
//!
//! Which context is active follows from the steps that lead there: the list at the head of the document, then
//! the types of an object, and so on. Documents of one kind take the same steps, so what each step leads to
//! is kept, up to a number. A document made to take strange steps costs others no more than to take theirs once
//! more.

use std::{
    collections::HashMap,
    sync::{
        Arc, LazyLock, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use serde_json::Value;

use super::{
    super::PinnedContext,
    definition::{Definer, Definition, Scoped, Term},
};

/// Most contexts that are kept; then all are forgotten.
const MAX_KEPT: usize = 512;

/// Terms by name. `None` is one that is left to the processor.
pub(super) type Terms = HashMap<Arc<str>, Option<Term>>;

/// An active context.
#[derive(Debug, Default)]
pub(super) struct Context {
    terms: Terms,
    /// Where steps from here lead; `None` to where the processor has to go alone.
    steps: Mutex<HashMap<Step, Option<Arc<Self>>>>,
}

/// What makes another context active.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Step {
    /// An object lists these (`@context`).
    Listed(Vec<&'static str>),
    /// An object has these types, sorted, each of which has a context of its own.
    Types(Vec<String>),
    /// A plain value of this term, which has a context of its own.
    Value(String),
}

static NONE: LazyLock<Context> = LazyLock::new(Context::default);
static KEPT: AtomicUsize = AtomicUsize::new(0);

impl Context {
    /// The context before any.
    pub(super) fn none() -> &'static Self {
        &NONE
    }

    /// What is said of a term, when that is known for certain.
    pub(super) fn definition(&self, name: &str) -> Option<&Arc<Definition>> {
        let term = self.terms.get(name)?.as_ref()?;
        Some(&term.definition)
    }

    /// Whether anything is said of a term.
    pub(super) fn names(&self, name: &str) -> bool {
        self.terms.contains_key(name)
    }

    /// The context that is active after a step.
    pub(super) fn after(&self, step: &Step) -> Option<Arc<Self>> {
        let kept = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = kept.get(step) {
            return known.clone();
        }
        drop(kept);
        let found = self.take(step).map(Arc::new);
        if KEPT.fetch_add(1, Ordering::Relaxed) >= MAX_KEPT {
            KEPT.store(0, Ordering::Relaxed);
            NONE.forget();
        }
        let mut kept = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(step.clone(), found.clone());
        found
    }

    fn forget(&self) {
        let mut kept = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        kept.clear();
    }

    fn take(&self, step: &Step) -> Option<Self> {
        match step {
            Step::Listed(addresses) => {
                let mut terms = self.terms.clone();
                for address in addresses {
                    let context = PinnedContext::find(address)?;
                    let document: Value = serde_json::from_slice(context.document()).ok()?;
                    terms = with(terms, document.get("@context")?, context.url())?;
                }
                Some(terms.into())
            }
            Step::Types(names) => self.inside(names),
            Step::Value(name) => Some(self.with_scoped(name, self.terms.clone())?.into()),
        }
    }

    /// The standard puts the contexts of several types on top of each other; the processor takes the last
    /// type's alone. What both agree upon is certain.
    fn inside(&self, types: &[String]) -> Option<Self> {
        let mut all = self.terms.clone();
        let mut last = Terms::new();
        for name in types {
            all = self.with_scoped(name, all)?;
            last = self.with_scoped(name, self.terms.clone())?;
        }
        for (name, term) in &mut all {
            let other = last.get(name).and_then(Option::as_ref);
            let is_agreed =
                |term: &Term| other.is_some_and(|other| *other.definition == *term.definition);
            if !term.as_ref().is_some_and(is_agreed) {
                *term = None;
            }
        }
        Some(all.into())
    }

    fn with_scoped(&self, name: &str, terms: Terms) -> Option<Terms> {
        let Scoped { context, document } = self.definition(name)?.scoped.as_ref()?;
        with(terms, context, document)
    }
}

impl From<Terms> for Context {
    fn from(terms: Terms) -> Self {
        Self {
            terms,
            ..Self::default()
        }
    }
}

/// Context Processing of one map.
fn with(terms: Terms, local: &Value, document: &'static str) -> Option<Terms> {
    let mut definer = Definer::new(terms, local.as_object()?, document)?;
    definer.define_all()?;
    Some(definer.terms)
}
