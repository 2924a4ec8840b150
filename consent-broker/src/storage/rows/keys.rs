//! Where rows stand. A key is one letter for the kind of row, then identifiers of fixed length, so
//! that every prefix is exact; what belongs to a person begins with the person's subject id.

use chrono::{DateTime, Utc};
use credential_core::{
    encoding::sha256,
    id::{GrantId, MessageId, ReadId, RequestId, SubjectId},
};

pub(super) use crate::storage::engine::Key;
use crate::suspension::EntityId;

pub(super) const HEAD: u8 = b'h';
pub(super) const MOVED: u8 = b'G';
pub(super) const QUEUE: u8 = b'x';
/// What an appointment in the queue is about: the first letter of its target.
pub(super) const REQUEST: u8 = b'q';
pub(super) const GRANT: u8 = b'g';
pub(super) const DEPOSIT: u8 = b'd';
pub(super) const READ: u8 = b'm';
pub(super) const SUSPENSION: u8 = b'S';
pub(super) const NOTICE: u8 = b'n';
pub(super) const OUTBOX: u8 = b'b';
pub(super) const MESSAGE: u8 = b'M';

fn key(kind: u8, parts: &[&[u8]]) -> Key {
    let mut key = vec![kind];
    parts.iter().for_each(|part| key.extend_from_slice(part));
    key
}

pub(super) fn format() -> Key {
    key(b'0', &[])
}

/// Pairwise key → account.
pub(super) fn account(thumbprint: &str) -> Key {
    key(b'a', &[&sha256(thumbprint)])
}

/// A used proof, assertion or code challenge.
pub(super) fn proof(owner: &str, id: &str) -> Key {
    // Hashed apart, so that no owner and id can be written to look like another pair.
    key(b'o', &[&sha256([sha256(owner), sha256(id)].concat())])
}

pub(super) fn request(id: RequestId) -> Key {
    key(REQUEST, &[id.as_bytes()])
}

/// Large: the signed request object.
pub(super) fn request_object(id: RequestId) -> Key {
    key(b'j', &[id.as_bytes()])
}

/// Grant id → subject id: for those who know the grant only.
pub(super) fn grant_owner(grant: GrantId) -> Key {
    key(b'i', &[grant.as_bytes()])
}

pub(super) fn grants(subject: SubjectId) -> Key {
    key(GRANT, &[subject.as_bytes()])
}

pub(super) fn grant(subject: SubjectId, grant: GrantId) -> Key {
    key(GRANT, &[subject.as_bytes(), grant.as_bytes()])
}

/// Large: request, decision, withdrawal.
pub(super) fn papers(subject: SubjectId, grant: GrantId) -> Key {
    key(b'p', &[subject.as_bytes(), grant.as_bytes()])
}

/// All papers of an account.
pub(super) fn papers_of(subject: SubjectId) -> Key {
    key(b'p', &[subject.as_bytes()])
}

pub(super) fn deposits(subject: SubjectId, grant: GrantId) -> Key {
    key(DEPOSIT, &[subject.as_bytes(), grant.as_bytes()])
}

pub(super) fn deposit(subject: SubjectId, grant: GrantId, seq: u32) -> Key {
    key(
        DEPOSIT,
        &[subject.as_bytes(), grant.as_bytes(), &seq.to_be_bytes()],
    )
}

/// All deposits of an account.
pub(super) fn deposits_of(subject: SubjectId) -> Key {
    key(DEPOSIT, &[subject.as_bytes()])
}

/// Whether a key is that of one deposit, and not of all of a grant.
pub(super) fn is_one_deposit(key: &[u8]) -> bool {
    key.len() > 33
}

/// The key of the recipient that the wallet was last asked to seal to.
pub(super) fn key_note(subject: SubjectId, grant: GrantId) -> Key {
    key(b'K', &[subject.as_bytes(), grant.as_bytes()])
}

pub(super) fn messages_of(subject: SubjectId) -> Key {
    key(MESSAGE, &[subject.as_bytes()])
}

pub(super) fn messages(subject: SubjectId, grant: GrantId) -> Key {
    key(MESSAGE, &[subject.as_bytes(), grant.as_bytes()])
}

pub(super) fn message(subject: SubjectId, grant: GrantId, message: MessageId) -> Key {
    key(
        MESSAGE,
        &[subject.as_bytes(), grant.as_bytes(), message.as_bytes()],
    )
}

/// Large: the compact JWE of a message.
pub(super) fn message_text(subject: SubjectId, grant: GrantId, message: MessageId) -> Key {
    key(
        b'N',
        &[subject.as_bytes(), grant.as_bytes(), message.as_bytes()],
    )
}

/// The third id in the key of a message.
pub(super) fn message_id(key: &[u8]) -> Option<MessageId> {
    Some(MessageId::from_bytes(key.get(33..49)?.try_into().ok()?))
}

/// Large: the compact JWE.
pub(super) fn ciphertext(subject: SubjectId, grant: GrantId, seq: u32) -> Key {
    key(
        b'c',
        &[subject.as_bytes(), grant.as_bytes(), &seq.to_be_bytes()],
    )
}

/// All ciphertexts of a grant.
pub(super) fn ciphertexts(subject: SubjectId, grant: GrantId) -> Key {
    key(b'c', &[subject.as_bytes(), grant.as_bytes()])
}

/// All ciphertexts of an account.
pub(super) fn ciphertexts_of(subject: SubjectId) -> Key {
    key(b'c', &[subject.as_bytes()])
}

/// A read that may be repeated for a while.
pub(super) fn read(subject: SubjectId, grant: GrantId, jkt: &str, read_id: ReadId) -> Key {
    let reader = sha256([sha256(jkt).as_slice(), read_id.as_bytes()].concat());
    key(READ, &[subject.as_bytes(), grant.as_bytes(), &reader])
}

/// All reads of a grant that may be repeated for a while.
pub(super) fn reads(subject: SubjectId, grant: GrantId) -> Key {
    key(READ, &[subject.as_bytes(), grant.as_bytes()])
}

pub(super) fn acks(subject: SubjectId, grant: GrantId) -> Key {
    key(b'A', &[subject.as_bytes(), grant.as_bytes()])
}

/// A recipient's acknowledgement of a reading, by its own name for it.
pub(super) fn ack(subject: SubjectId, grant: GrantId, read_id: ReadId) -> Key {
    key(
        b'A',
        &[subject.as_bytes(), grant.as_bytes(), read_id.as_bytes()],
    )
}

pub(super) fn head(subject: SubjectId) -> Key {
    key(HEAD, &[subject.as_bytes()])
}

/// That a person's head has moved and is to be appended to the global log.
pub(super) fn moved(subject: SubjectId) -> Key {
    key(MOVED, &[subject.as_bytes()])
}

/// Which head of a person the global log has.
pub(super) fn included(subject: SubjectId) -> Key {
    key(b'u', &[subject.as_bytes()])
}

/// The global log: its tree's right edge and its signed head.
pub(super) fn global_head() -> Key {
    key(b'Z', &[])
}

/// The newest checkpoint of the global log that witnesses have cosigned.
pub(super) fn cosigned() -> Key {
    key(b'C', &[])
}

/// An entry of the global log: 32 octets that say nothing.
pub(super) fn global_entry(index: u64) -> Key {
    key(b'E', &[&index.to_be_bytes()])
}

/// A hash in the tiles of the global log above level 0.
pub(super) fn global_node(level: u8, index: u64) -> Key {
    key(b't', &[&[level], &index.to_be_bytes()])
}

pub(super) fn entry(subject: SubjectId, seq: u64) -> Key {
    key(b'l', &[subject.as_bytes(), &seq.to_be_bytes()])
}

pub(super) fn leaf(subject: SubjectId, seq: u64) -> Key {
    key(b'f', &[subject.as_bytes(), &seq.to_be_bytes()])
}

/// Which grant's receipts stand where in the person's log.
pub(super) fn receipts(subject: SubjectId) -> Key {
    key(b'r', &[subject.as_bytes()])
}

pub(super) fn receipt(subject: SubjectId, seq: u64) -> Key {
    key(b'r', &[subject.as_bytes(), &seq.to_be_bytes()])
}

/// All signed receipts of an account.
pub(super) fn receipt_texts(subject: SubjectId) -> Key {
    key(b's', &[subject.as_bytes()])
}

/// Large: the signed receipt.
pub(super) fn receipt_text(subject: SubjectId, seq: u64) -> Key {
    key(b's', &[subject.as_bytes(), &seq.to_be_bytes()])
}

/// A suspended participant.
pub(super) fn suspension(entity_id: &str) -> Key {
    key(SUSPENSION, &[&sha256(entity_id)])
}

/// The suspension of the recipient of this client id.
pub(super) fn suspension_of_client(client_id: &str) -> Key {
    suspension(EntityId::of_client(client_id).as_str())
}

/// The newest trust list that was accepted of this registrar.
pub(super) fn newest_list(registrar: &str) -> Key {
    key(b'T', &[&sha256(registrar)])
}

/// That every grant stands in its recipient's list.
pub(super) fn recipients_indexed() -> Key {
    key(b'V', &[])
}

/// A recipient's list of grants.
pub(super) fn recipient_grants(client_id: &str) -> Key {
    key(b'R', &[&sha256(client_id)])
}

/// One grant in its recipient's list; the newest come first.
pub(super) fn recipient_grant(client_id: &str, at: DateTime<Utc>, grant: GrantId) -> Key {
    let newest_first = u64::MAX - u64::from_be_bytes(milliseconds(at));
    key(
        b'R',
        &[
            &sha256(client_id),
            &newest_first.to_be_bytes(),
            grant.as_bytes(),
        ],
    )
}

/// How many notices wait for a recipient, and how pushing them goes.
pub(super) fn outbox(client: &str) -> Key {
    key(OUTBOX, &[&sha256(client)])
}

/// A notice that waits for a recipient.
pub(super) fn notice(client: &str, seq: u64) -> Key {
    key(NOTICE, &[&sha256(client), &seq.to_be_bytes()])
}

/// The outbox that a notice's key belongs to.
pub(super) fn outbox_of(notice: &[u8]) -> Option<Key> {
    Some(key(OUTBOX, &[notice.get(1..33)?]))
}

/// The place that a notice's name begins with.
pub(super) fn notice_place(jti: &str) -> Option<u64> {
    let (place, _random) = jti.split_once('-')?;
    u64::from_str_radix(place, 16).ok()
}

/// An appointment with `target` at `at`.
pub(super) fn appointment(at: DateTime<Utc>, target: &[u8]) -> Key {
    key(QUEUE, &[&milliseconds(at), target])
}

/// The end of all appointments before and at `now`.
pub(super) fn appointments_until(now: DateTime<Utc>) -> Key {
    let next = u64::from_be_bytes(milliseconds(now)).saturating_add(1);
    key(QUEUE, &[&next.to_be_bytes()])
}

/// What an appointment is with.
pub(super) fn target(appointment: &[u8]) -> &[u8] {
    appointment.get(9..).unwrap_or_default()
}

/// The two ids in the key of a grant or its deposits.
pub(super) fn subject_and_grant(key: &[u8]) -> Option<(SubjectId, GrantId)> {
    let subject = key.get(1..17)?.try_into().ok()?;
    let grant = key.get(17..33)?.try_into().ok()?;
    Some((SubjectId::from_bytes(subject), GrantId::from_bytes(grant)))
}

/// The one id in the key of a request.
pub(super) fn request_id(key: &[u8]) -> Option<RequestId> {
    Some(RequestId::from_bytes(key.get(1..17)?.try_into().ok()?))
}

/// The one id in the key of a head.
pub(super) fn subject(key: &[u8]) -> Option<SubjectId> {
    Some(SubjectId::from_bytes(key.get(1..17)?.try_into().ok()?))
}

fn milliseconds(at: DateTime<Utc>) -> [u8; 8] {
    u64::try_from(at.timestamp_millis())
        .unwrap_or(0)
        .to_be_bytes()
}
