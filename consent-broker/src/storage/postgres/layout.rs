//! How a key divides into table, owner and rest, and what keeps two transactions apart on its row.

use crate::storage::{StorageError, engine::Range};

/// What is known of a kind of row by the first letter of its keys. The tables themselves are in
/// `migrations/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    /// So many octets after the letter say whose row it is.
    owner_length: usize,
    guard: Guard,
}

/// What must not have changed between looking and writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guard {
    /// Any row of this person: they have a version together.
    Subject,
    /// The row itself.
    Row,
    /// Nothing: it is only changed together with a row that has a guard, or never again.
    Elsewhere,
}

pub(super) fn layout(kind: u8) -> Option<Layout> {
    let (owner_length, guard) = match kind {
        b'g' | b'p' | b'd' | b'c' | b'K' | b'M' | b'N' | b'm' | b'A' | b'h' | b'l' | b'f'
        | b'r' | b's' | b'G' | b'u' => (16, Guard::Subject),
        b'i' | b'q' => (16, Guard::Row),
        b'j' => (16, Guard::Elsewhere),
        b'a' | b'o' | b'S' | b'T' | b'b' => (32, Guard::Row),
        b'R' | b'n' => (32, Guard::Elsewhere),
        b'x' | b'E' | b't' => (0, Guard::Elsewhere),
        b'0' | b'V' | b'Z' | b'C' => (0, Guard::Row),
        _ => return None,
    };
    Some(Layout {
        owner_length,
        guard,
    })
}

/// A key, divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place<'k> {
    pub(super) kind: u8,
    pub(super) owner: &'k [u8],
    pub(super) rest: &'k [u8],
    pub(super) guard: Guard,
}

impl<'k> Place<'k> {
    /// # Errors
    /// [`StorageError::Damaged`] for a key of no known kind or without its owner.
    pub(super) fn of(key: &'k [u8]) -> Result<Self, StorageError> {
        let found = key.split_first().and_then(|(kind, rest)| {
            let Layout {
                owner_length,
                guard,
            } = layout(*kind)?;
            let (owner, rest) = rest.split_at_checked(owner_length)?;
            Some(Self {
                kind: *kind,
                owner,
                rest,
                guard,
            })
        });
        found.ok_or(StorageError::Damaged)
    }

    /// The person whose row it is.
    pub(super) fn subject(&self) -> Option<&'k [u8]> {
        (self.guard == Guard::Subject).then_some(self.owner)
    }
}

/// A range of keys, divided: within one owner's rows, or all rows of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extent<'k> {
    pub(super) kind: u8,
    /// None for all rows of the kind.
    pub(super) owner: Option<&'k [u8]>,
    pub(super) from: &'k [u8],
    /// None for the end of the owner's rows.
    pub(super) to: Option<&'k [u8]>,
}

impl<'k> Extent<'k> {
    /// # Errors
    /// [`StorageError::Damaged`] for a range over more than one owner that is not a whole kind.
    pub(super) fn of(range: &'k Range) -> Result<Self, StorageError> {
        let Some(kind) = range.from.first().copied() else {
            return Err(StorageError::Damaged);
        };
        let Ok(from) = Place::of(&range.from) else {
            // After the last kind there is none to end before.
            let end = kind.checked_add(1);
            let is_whole = range.from.len() == 1 && end.is_some_and(|end| range.to == [end]);
            return is_whole
                .then_some(Self {
                    kind,
                    owner: None,
                    from: &[],
                    to: None,
                })
                .filter(|_| layout(kind).is_some())
                .ok_or(StorageError::Damaged);
        };
        let to = Place::of(&range.to).ok();
        let to = to.filter(|to| to.kind == kind && to.owner == from.owner);
        if to.is_none() && range.to != Range::below(owned(&range.from, from), 0).to {
            return Err(StorageError::Damaged);
        }
        Ok(Self {
            kind,
            owner: Some(from.owner),
            from: from.rest,
            to: to.map(|to| to.rest),
        })
    }

    /// The person whose rows these are.
    pub(super) fn subject(&self) -> Option<&'k [u8]> {
        let is_personal = layout(self.kind).is_some_and(|found| found.guard == Guard::Subject);
        self.owner.filter(|_owner| is_personal)
    }
}

/// The letter and the owner of a key.
fn owned<'k>(key: &'k [u8], place: Place<'_>) -> &'k [u8] {
    key.get(..key.len() - place.rest.len()).unwrap_or(key)
}
