//! Credentials within a credential: each is verified for itself, and the whole says what came of it.
//!
//! What the outer issuer signed is that these texts were there. Whether somebody else said what stands in
//! them only their own proofs can show.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};
use credential_core::linked_data::{MAX_PARTS, Part, PartForm, PartKind, VerifiedDocument};

use super::{
    Check, Outcome, Reason,
    bitstring::BitstringLists,
    document_kind::DocumentKind,
    identity::Directory,
    linked::{GenuineDocument, authenticate},
    verdict,
};
use crate::fetch::Offline;

/// How deep credentials may stand in each other: a record, a badge in it, an endorsement of that.
const MAX_LEVELS: usize = 3;
/// How many of them are asked about with their issuers. A stranger signs as many as it likes, each with another
/// address to be waited for.
const MAX_ASKED: usize = 16;

/// What came of one credential within another.
pub(crate) struct CheckedPart<'t> {
    pub(crate) place: String,
    pub(crate) kind: PartKind,
    pub(crate) checks: Vec<Check>,
    pub(crate) genuine: Option<GenuineDocument<'t>>,
    /// How it bears on the whole.
    pub(crate) bearing: Check,
}

/// What asking takes.
#[derive(Clone, Copy)]
pub(crate) struct Asking<'a, 't> {
    pub(crate) directory: Directory<'t>,
    pub(crate) lists: &'a BitstringLists,
    pub(crate) now: DateTime<Utc>,
}

/// Verifies everything that stands in a credential, and in that in turn. Beyond the limits what is left is
/// said to be unchecked by a check of the whole.
pub(crate) async fn check<'t>(
    outer: &VerifiedDocument,
    asking: Asking<'_, 't>,
) -> (Vec<CheckedPart<'t>>, Vec<Check>) {
    let mut waiting: VecDeque<(Part, usize)> = VecDeque::new();
    let mut is_cut = enqueue(&mut waiting, outer, "", 1);
    let (mut checked, mut asked) = (Vec::new(), 0);
    while let Some((part, level)) = waiting.pop_front() {
        if checked.len() == MAX_PARTS || level > MAX_LEVELS {
            is_cut = true;
            break;
        }
        let (mut found, is_asked_about) = one(part, asking, asked < MAX_ASKED).await;
        asked += usize::from(is_asked_about);
        if let Some(genuine) = &found.genuine {
            // What it says it is once it is verified, not what the place or a label makes of it.
            found.kind = match genuine.kind {
                DocumentKind::Endorsement => PartKind::Endorsement,
                _ => PartKind::Credential,
            };
            is_cut |= enqueue(&mut waiting, &genuine.credential, &found.place, level + 1);
            if found.kind == PartKind::Credential && is_about_another(outer, &genuine.credential) {
                found
                    .checks
                    .push(Check::new(Reason::PartOfAnother, asking.now));
            }
        }
        found.bearing = bearing(&found, asking.now);
        checked.push(found);
    }
    let mut of_whole = summary(&checked);
    if is_cut {
        of_whole.push(Check::new(Reason::PartsTooMany, asking.now));
    }
    (checked, of_whole)
}

fn enqueue(
    waiting: &mut VecDeque<(Part, usize)>,
    of: &VerifiedDocument,
    place: &str,
    level: usize,
) -> bool {
    let parts = of.parts();
    waiting.extend(parts.list.into_iter().map(|part| {
        let place = format!("{place}{}", part.place);
        (Part { place, ..part }, level)
    }));
    parts.is_cut
}

/// One part, and whether somebody was to be asked about it: who its issuer is, or its status.
async fn one<'t>(part: Part, asking: Asking<'_, 't>, may_ask: bool) -> (CheckedPart<'t>, bool) {
    let Asking {
        mut directory,
        lists,
        now,
    } = asking;
    if !may_ask {
        directory.fetch = &Offline;
    }
    let (checks, genuine) = match &part.form {
        PartForm::Secured(text) => match authenticate(text, directory, now).await {
            Ok(mut genuine) => {
                let status = lists
                    .check(&genuine.credential, &genuine.issuer, directory.fetch, now)
                    .await;
                genuine.checks.push(status);
                (genuine.checks.clone(), Some(genuine))
            }
            Err(checks) => (checks, None),
        },
        _ => (Vec::new(), None),
    };
    let is_asked_about = match &genuine {
        Some(genuine) => genuine.credential.has_status() || genuine.issuer.is_asked_about(),
        // A stranger's name may have been asked for before its proof was found wanting.
        None => !checks.is_empty(),
    };
    let checked = CheckedPart {
        place: part.place,
        kind: part.kind,
        checks,
        genuine,
        bearing: Check::new(Reason::PartNotSigned, now),
    };
    (checked, is_asked_about)
}

/// Whether a credential in a learner record is about somebody else than the record.
fn is_about_another(outer: &VerifiedDocument, inner: &VerifiedDocument) -> bool {
    let subject = |of: &VerifiedDocument| {
        let id = of.document().get("credentialSubject")?.get("id")?;
        id.as_str().map(str::to_owned)
    };
    match (subject(outer), subject(inner)) {
        (Some(outer), Some(inner)) => outer != inner,
        _ => false,
    }
}

/// How a part bears on the whole, with the code of what decided about it.
fn bearing(part: &CheckedPart<'_>, now: DateTime<Utc>) -> Check {
    let is_endorsement = part.kind == PartKind::Endorsement;
    let either = |credential, endorsement| match is_endorsement {
        true => endorsement,
        false => credential,
    };
    if part.checks.is_empty() {
        let reason = either(Reason::PartNotSigned, Reason::EndorsementNotSigned);
        return Check::new(reason, now);
    }
    // Nobody relies on who may endorse: an endorsement adds weight and proves nothing of the rest.
    let outcome = |check: &Check| match check.reason {
        Reason::IssuerNotTrustedForType if is_endorsement => Outcome::Attention,
        _ => check.outcome,
    };
    let worst = verdict(part.checks.iter().map(outcome));
    let reason = match worst {
        Outcome::Valid => either(Reason::PartValid, Reason::EndorsementValid),
        Outcome::Attention => either(Reason::PartAttention, Reason::EndorsementAttention),
        Outcome::Invalid => either(Reason::PartInvalid, Reason::EndorsementInvalid),
        Outcome::CouldNotCheck => either(Reason::PartNotChecked, Reason::EndorsementNotChecked),
    };
    let decided = part.checks.iter().find(|check| outcome(check) == worst);
    match decided.filter(|_| worst != Outcome::Valid) {
        Some(decided) => Check::detailed(reason, decided.reason.code(), now),
        None => Check::new(reason, now),
    }
}

/// Each answer once: a record of forty badges in order says so once.
fn summary(parts: &[CheckedPart<'_>]) -> Vec<Check> {
    let mut said: Vec<Check> = Vec::new();
    for part in parts {
        if !said.contains(&part.bearing) {
            said.push(part.bearing.clone());
        }
    }
    said
}
