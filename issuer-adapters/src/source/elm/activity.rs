//! Activities (LearningActivity): what someone took part in, without saying that they achieved something.

use credential_core::record::{Attainment, AttainmentKind};

use super::Walk;
use crate::source::node::Node;

impl<'v> Walk<'_, 'v> {
    /// An activity as experience: who directed it, from when until when.
    pub(super) fn activity(&mut self, node: &Node<'v>) -> Attainment {
        let award = self.follow_first(node, "awardedBy");
        let spec = self.follow_first(node, "specifiedBy");
        let period = self.follow_first(node, "temporal");
        let ended = period
            .as_ref()
            .and_then(|it| self.reading.day(it, "endDate"));
        let kind = AttainmentKind::Experience {
            employer: self.organisation(node, "directedBy").map(Box::new),
            occupation: None,
            ended,
            self_asserted: false,
        };
        let mut attainment = self.named(kind, node, spec.as_ref());
        attainment.started = period
            .as_ref()
            .and_then(|it| self.reading.day(it, "startDate"));
        attainment.awarded = award
            .as_ref()
            .and_then(|it| self.reading.day(it, "awardingDate"));
        attainment.awarding_body = award
            .and_then(|award| self.organisation(&award, "awardingBody"))
            .or_else(|| self.issuer.clone());
        if let Some(spec) = &spec {
            self.specified(spec, &mut attainment);
        }
        attainment
    }
}
