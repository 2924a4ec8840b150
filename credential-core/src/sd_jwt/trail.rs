//! The way from the root to the value in hand, kept on the stack and written out only when needed.

use super::PROTECTED;
use crate::dcql::{ClaimPath, Step};

/// One step and the steps above it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Trail<'t> {
    above: Option<&'t Self>,
    step: TrailStep<'t>,
    depth: usize,
}

#[derive(Debug, Clone, Copy)]
enum TrailStep<'t> {
    Name(&'t str),
    Index(usize),
}

impl<'t> Trail<'t> {
    pub(super) fn name(above: Option<&'t Self>, name: &'t str) -> Self {
        Self::step(above, TrailStep::Name(name))
    }

    pub(super) fn index(above: &'t Self, index: usize) -> Self {
        Self::step(Some(above), TrailStep::Index(index))
    }

    fn step(above: Option<&'t Self>, step: TrailStep<'t>) -> Self {
        let depth = above.map_or(0, |trail| trail.depth) + 1;
        Self { above, step, depth }
    }

    /// Number of steps from the root.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// Whether this is, or lies within, a claim that must stand in the open.
    pub(super) fn is_protected(&self) -> bool {
        match (self.above, self.step) {
            (Some(above), _) => above.is_protected(),
            (None, TrailStep::Name(name)) => PROTECTED.contains(&name),
            (None, TrailStep::Index(_)) => false,
        }
    }

    pub(super) fn path(&self) -> ClaimPath {
        let mut steps = Vec::with_capacity(self.depth);
        self.collect(&mut steps);
        ClaimPath::new(steps)
    }

    fn collect(&self, steps: &mut Vec<Step>) {
        if let Some(above) = self.above {
            above.collect(steps);
        }
        steps.push(match self.step {
            TrailStep::Name(name) => Step::Name(name.into()),
            TrailStep::Index(index) => Step::Index(u32::try_from(index).unwrap_or(u32::MAX)),
        });
    }
}
