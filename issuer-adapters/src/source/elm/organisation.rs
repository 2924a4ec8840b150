//! Organisations: issuers, awarding bodies, who directed an activity.

use credential_core::record::{Code, Organisation};

use super::{Walk, concept::last_segment, country, graph::id};
use crate::source::{node::Node, organisation::identify, reading::linked::first};

impl<'v> Walk<'_, 'v> {
    /// The first organisation of a member, as far as it can be told from others.
    pub(super) fn organisation(
        &mut self,
        node: &Node<'v>,
        name: &'static str,
    ) -> Option<Organisation> {
        let node = self.follow_first(node, name)?;
        let mut organisation = Organisation::default();
        if node.as_str().is_some() {
            organisation
                .identifiers
                .extend(self.reading.string_at(&node).map(uri));
            return Some(organisation).filter(|one| !one.is_empty());
        }
        let said = self.reading.name_said(&node, "legalName", None);
        let said = said.or(|| self.reading.name_said(&node, "prefLabel", None));
        let said = said.or(|| self.reading.name_said(&node, "altLabel", None));
        organisation.name = said.ours;
        organisation.other_names = said.others;
        // Other ids only hold the document together.
        if id(&node).is_some_and(|id| id.starts_with("http") || id.starts_with("did:")) {
            organisation
                .identifiers
                .extend(self.identity(&node).map(uri));
        }
        for (name, scheme) in [
            ("identifier", None),
            ("registration", Some("registration")),
            ("vatIdentifier", Some("vat")),
            ("taxIdentifier", Some("tax")),
            ("eIDASIdentifier", Some("eidas")),
        ] {
            let found = self.identifiers(&node, name, scheme);
            for code in found {
                identify(&mut organisation, code);
            }
        }
        organisation.url = self.homepage(&node);
        organisation.country = self.country(&node);
        Some(organisation).filter(|one| !one.is_empty())
    }

    fn homepage(&mut self, node: &Node<'v>) -> Option<String> {
        let page = self.follow_first(node, "homepage")?;
        self.reading.string(&page, "contentURL")
    }

    /// The country of the address.
    fn country(&mut self, node: &Node<'v>) -> Option<String> {
        let location = self.follow_first(node, "location")?;
        let address = self.follow_first(&location, "address")?;
        let concept = first(&address, "countryCode")?;
        let value = concept.as_str().or_else(|| id(&concept))?;
        let alpha2 = country::alpha2(last_segment(value))?;
        match concept.member("id") {
            Some(used) => self.reading.take(&used),
            None => self.reading.take(&concept),
        }
        Some(alpha2.to_owned())
    }
}

fn uri(value: String) -> Code {
    Code {
        value,
        scheme: Some("uri".into()),
        ..Code::default()
    }
}
