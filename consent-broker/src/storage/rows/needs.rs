//! What an operation will look at, said before it begins: an engine that has to fetch its rows then
//! fetches them all at once. What is not said is fetched when it is looked at, so that nothing but speed
//! depends on this.

use credential_core::id::{GrantId, RequestId, SubjectId};

use super::{keys, tx::all};
use crate::storage::{
    Read,
    engine::{Key, Range},
};

/// One row each.
pub(super) fn rows(keys: impl IntoIterator<Item = Key>) -> Vec<Range> {
    keys.into_iter().map(|key| Range::one(&key)).collect()
}

/// A pushed request.
pub(super) fn request(id: RequestId) -> Vec<Range> {
    vec![
        Range::one(&keys::request(id)),
        all(&keys::request_object(id)),
    ]
}

/// A grant with its papers, and the end of the person's log.
pub(super) fn grant(subject: SubjectId, id: GrantId) -> Vec<Range> {
    vec![
        Range::one(&keys::grant(subject, id)),
        all(&keys::papers(subject, id)),
        Range::one(&keys::head(subject)),
    ]
}

/// A grant, and the end of the person's log, where tokens are noted.
pub(super) fn tokens(subject: SubjectId, id: GrantId) -> Vec<Range> {
    rows([keys::grant(subject, id), keys::head(subject)])
}

/// A grant with everything that ends with it.
pub(super) fn whole_grant(subject: SubjectId, id: GrantId) -> Vec<Range> {
    let mut wanted = grant(subject, id);
    wanted.extend(mailbox(subject, id));
    wanted.push(all(&keys::reads(subject, id)));
    wanted
}

/// The deposits of a grant.
pub(super) fn mailbox(subject: SubjectId, id: GrantId) -> Vec<Range> {
    vec![
        all(&keys::deposits(subject, id)),
        all(&keys::ciphertexts(subject, id)),
    ]
}

/// All grants of a person, with everything that ends with them.
pub(super) fn account(subject: SubjectId) -> Vec<Range> {
    vec![
        all(&keys::grants(subject)),
        all(&keys::papers_of(subject)),
        all(&keys::deposits_of(subject)),
        all(&keys::ciphertexts_of(subject)),
        all(&keys::receipts(subject)),
        Range::one(&keys::head(subject)),
    ]
}

/// A read of a grant.
pub(super) fn reading(order: &Read) -> Vec<Range> {
    let (subject, id) = (order.subject_id, order.grant_id);
    let mut wanted = rows([
        keys::grant(subject, id),
        keys::read(subject, id, &order.jkt, order.read_id),
        keys::suspension_of_client(&order.recipient),
        keys::head(subject),
    ]);
    wanted.extend(mailbox(subject, id));
    wanted
}

/// What keeping an appointment with this row takes.
pub(super) fn appointment(target: &[u8]) -> Vec<Range> {
    match (target.first(), keys::subject_and_grant(target)) {
        (Some(&(keys::GRANT | keys::DEPOSIT)), Some((subject, id))) => whole_grant(subject, id),
        (Some(&keys::REQUEST), _) => keys::request_id(target).map(request).unwrap_or_default(),
        (Some(&keys::NOTICE), _) => {
            let outbox = keys::outbox_of(target).map(|key| Range::one(&key));
            outbox.into_iter().chain([Range::one(target)]).collect()
        }
        _ => vec![Range::one(target)],
    }
}
