//! The end of reading: the records, and the account of every value of the document.

use std::collections::BTreeSet;

use credential_core::record::{Attainment, LearningRecord, Notice};

use super::{Found, Reading};
use crate::source::{
    Coverage, RecordSource, SourceError, Understood,
    account::{Tree, Visitor},
};

/// What a document of several people says about one of them.
pub(in crate::source) struct Share {
    pub(in crate::source) found: Found,
    /// The part of the document that is about this person, and about nobody else.
    pub(in crate::source) raw: Vec<u8>,
}

impl Reading {
    /// Puts the record together, with an account of every value of the document. What nothing was
    /// said about gets a notice that it stays raw.
    pub(in crate::source) fn conclude(
        self,
        source: &dyn RecordSource,
        tree: &impl Tree,
        found: Found,
        raw: &[u8],
    ) -> Result<Understood, SourceError> {
        let (notices, coverage) = self.settle(source, tree, found.attainments.iter())?;
        Ok(Understood {
            records: vec![record(source, found, notices, raw)?],
            notices: Vec::new(),
            coverage,
        })
    }

    /// The same for a document of several people. `owner` says whose record a notice belongs to;
    /// the others are about the whole document.
    pub(in crate::source) fn conclude_each(
        self,
        source: &dyn RecordSource,
        tree: &impl Tree,
        shares: Vec<Share>,
        owner: impl Fn(&Notice) -> Option<usize>,
    ) -> Result<Understood, SourceError> {
        let attainments = shares.iter().flat_map(|share| &share.found.attainments);
        let (all, coverage) = self.settle(source, tree, attainments)?;
        let mut owned: Vec<Vec<Notice>> = vec![Vec::new(); shares.len()];
        let mut notices = Vec::new();
        for notice in all {
            match owner(&notice).and_then(|owner| owned.get_mut(owner)) {
                Some(of_person) => of_person.push(notice),
                None => notices.push(notice),
            }
        }
        let each = shares.into_iter().zip(owned);
        let records: Result<_, _> = each
            .map(|(share, notices)| record(source, share.found, notices, &share.raw))
            .collect();
        Ok(Understood {
            records: records?,
            notices,
            coverage,
        })
    }

    /// The notices, each once, and what became of each value.
    fn settle<'a>(
        self,
        source: &dyn RecordSource,
        tree: &impl Tree,
        attainments: impl Iterator<Item = &'a Attainment>,
    ) -> Result<(Vec<Notice>, Coverage), SourceError> {
        if let Some(pointer) = self.part_too_many {
            return Err(SourceError::TooMany {
                pointer,
                limit: Self::MAX_PARTS,
            });
        }
        let mut visitor = Visitor::new(source.fields(), &self.taken, &self.notices, attainments);
        tree.walk(&mut visitor);
        let (coverage, added) = visitor.finish();
        let mut notices = self.notices;
        notices.extend(added);
        let mut seen = BTreeSet::new();
        notices.retain(|notice| seen.insert((notice.pointer.clone(), notice.kind)));
        Ok((notices, coverage))
    }
}

fn record(
    source: &dyn RecordSource,
    found: Found,
    notices: Vec<Notice>,
    raw: &[u8],
) -> Result<LearningRecord, SourceError> {
    let Found {
        person,
        attainments,
        signature,
    } = found;
    let record = LearningRecord::new(source.name(), person, attainments, notices, raw)?;
    Ok(record.with_signature(signature))
}
