//! The register's compound values: codes, organisations, amounts of studies.

use credential_core::record::{Code, Credits, NoticeKind, Organisation};

use crate::source::{node::Node, reading::Reading};

impl Reading {
    /// A code with its scheme and name (`koodiarvo`, `koodistoUri`, `nimi`).
    pub(super) fn code(&mut self, node: &Node<'_>, name: &'static str) -> Option<Code> {
        self.code_at(&node.member(name)?)
    }

    /// As [`Self::code`], of the node itself.
    pub(super) fn code_at(&mut self, node: &Node<'_>) -> Option<Code> {
        let Some(value) = self.string(node, "koodiarvo") else {
            self.note(node, NoticeKind::NotUnderstood);
            return None;
        };
        Some(Code {
            value,
            scheme: self.string(node, "koodistoUri"),
            label: self.text(node, "nimi"),
        })
    }

    /// An organisation that can be told from others by something.
    pub(super) fn organisation(
        &mut self,
        node: &Node<'_>,
        name: &'static str,
    ) -> Option<Organisation> {
        let member = node.member(name)?;
        let organisation = Organisation {
            name: self.text(&member, "nimi"),
            oid: self.string(&member, "oid"),
            business_id: self.string(&member, "yTunnus"),
            ..Organisation::default()
        };
        if organisation.is_empty() {
            self.note(&member, NoticeKind::NotUnderstood);
            return None;
        }
        Some(organisation)
    }

    /// An amount of studies and its unit (`arvo`, `yksikkö`).
    pub(super) fn credits(&mut self, node: &Node<'_>, name: &'static str) -> Option<Credits> {
        let member = node.member(name)?;
        let amount = self.amount(&member, "arvo");
        let unit = self.code(&member, "yksikkö");
        Some(Credits {
            amount: amount?,
            unit: unit?,
        })
    }
}
