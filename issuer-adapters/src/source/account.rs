//! The account of a document, made after reading over all its values: the reader only remembers which
//! it used (`Reading` does that by itself) and what it noticed.

use std::collections::{HashMap, HashSet};

use credential_core::record::{Attainment, Notice, NoticeKind};

use super::{
    coverage::Coverage,
    fields::{Fate, FieldTable},
    node::is_language,
    reading::Id,
};

/// Most notices that are added for values that nothing was said about.
const MAX_ADDED: usize = 1_000;

/// A document whose values can be gone through.
pub(super) trait Tree {
    /// Tells the visitor of everything in this value, itself included.
    fn walk(&self, visitor: &mut Visitor<'_>);
}

/// Goes through a document and settles what became of each value.
pub(super) struct Visitor<'a> {
    table: &'static FieldTable,
    paths: HashMap<&'static str, Vec<(usize, Vec<&'static str>)>>,
    nameable: HashSet<&'static str>,
    taken: &'a HashSet<Id>,
    noticed: HashMap<&'a str, Vec<NoticeKind>>,
    attainments: HashSet<&'a str>,
    /// The names from the top down to where the visitor stands.
    names: Vec<String>,
    here: Here,
    coverage: Coverage,
    added: Vec<Notice>,
    /// There was more to add than is kept.
    surplus: bool,
    /// How many values were mapped or refused so far.
    settled: usize,
}

/// What holds where the visitor stands.
#[derive(Clone, Default)]
struct Here {
    refused: Option<NoticeKind>,
    /// A notice here or above says already that things stay raw.
    covered: bool,
    /// The names down to here may be named.
    nameable: bool,
    /// The deepest place that a notice may name.
    place: String,
}

impl<'a> Visitor<'a> {
    pub(super) fn new<'b: 'a>(
        table: &'static FieldTable,
        taken: &'a HashSet<Id>,
        notices: &'a [Notice],
        attainments: impl Iterator<Item = &'b Attainment>,
    ) -> Self {
        let mut noticed: HashMap<&str, Vec<_>> = HashMap::new();
        for notice in notices {
            noticed
                .entry(&notice.pointer)
                .or_default()
                .push(notice.kind);
        }
        let mut paths: HashMap<_, Vec<_>> = HashMap::new();
        for (index, field) in table.fields.iter().enumerate() {
            let path: Vec<_> = field.path.split('/').collect();
            if let Some(last) = path.last() {
                paths.entry(*last).or_default().push((index, path));
            }
        }
        let in_fields = table.fields.iter().flat_map(|field| field.path.split('/'));
        let in_fields = in_fields.filter(|_| !table.discreet);
        let nameable = table.containers.iter().copied().chain(in_fields).collect();
        let here = Here {
            nameable: true,
            ..Here::default()
        };
        Self {
            table,
            paths,
            nameable,
            taken,
            noticed,
            attainments: places(attainments),
            names: Vec::new(),
            here,
            coverage: Coverage::new(table),
            added: Vec::new(),
            surplus: false,
            settled: 0,
        }
    }

    /// The account, and notices for what nothing was said about yet.
    pub(super) fn finish(mut self) -> (Coverage, Vec<Notice>) {
        if self.surplus {
            self.added.push(Notice {
                pointer: String::new(),
                kind: NoticeKind::KeptRaw,
            });
        }
        (self.coverage, self.added)
    }

    /// Steps into a member or element, and out of it again.
    pub(super) fn enter(&mut self, name: &str, place: &str, within: impl FnOnce(&mut Self)) {
        let outer = self.here.clone();
        self.names.push(name.to_owned());
        self.here.nameable &= self.nameable.contains(name);
        self.within(place, within);
        self.names.pop();
        self.here = outer;
    }

    /// Steps into an element of a list, which has no name of its own, or into the whole document.
    pub(super) fn enter_unnamed(&mut self, place: &str, within: impl FnOnce(&mut Self)) {
        let outer = self.here.clone();
        self.within(place, within);
        self.here = outer;
    }

    /// Where nothing within is anything but raw, one notice speaks for all of it.
    fn within(&mut self, place: &str, within: impl FnOnce(&mut Self)) {
        let (added, settled) = (self.added.len(), self.settled);
        self.settle(place);
        let here = self.here.clone();
        within(self);
        let all_is_raw = self.settled == settled && self.added.len() > added + 1;
        if all_is_raw && here.nameable {
            self.added.truncate(added);
            self.here = here;
            self.notice(NoticeKind::KeptRaw);
        }
    }

    /// A value that holds no others.
    pub(super) fn leaf(&mut self, id: Id) {
        let row = self.row();
        let fate = row
            .and_then(|row| self.table.fields.get(row))
            .map(|field| field.fate);
        let is_taken = self.taken.contains(&id);
        let refused = match (self.here.refused, fate) {
            (None, Some(Fate::Refused(kind))) if !is_taken => {
                self.notice(kind);
                Some(kind)
            }
            (refused, _) => refused,
        };
        if refused.is_none() && !is_taken && !self.here.covered {
            self.notice(NoticeKind::KeptRaw);
        }
        let coverage = &mut self.coverage;
        let counts = match row.and_then(|row| coverage.rows.get_mut(row)) {
            Some((_, counts)) => counts,
            None => &mut coverage.others,
        };
        self.settled += usize::from(refused.is_some() || is_taken);
        match refused {
            Some(kind) => *counts.refused.entry(kind).or_default() += 1,
            None if is_taken => counts.mapped += 1,
            None => counts.kept_raw += 1,
        }
    }

    /// What the reader said about this place.
    fn settle(&mut self, place: &str) {
        let is_attainment = self.attainments.contains(place);
        if is_attainment {
            self.here.refused = None;
        }
        for kind in self.noticed.get(place).into_iter().flatten() {
            self.here.covered |= covers(*kind);
            if !is_attainment && refuses(*kind) {
                self.here.refused = Some(*kind);
            }
        }
        if self.here.nameable {
            place.clone_into(&mut self.here.place);
        }
    }

    fn notice(&mut self, kind: NoticeKind) {
        let pointer = self.here.place.clone();
        let is_same = |last: &Notice| last.pointer == pointer && last.kind == kind;
        if self.added.last().is_some_and(is_same) {
            return;
        }
        if self.added.len() < MAX_ADDED {
            self.added.push(Notice { pointer, kind });
        } else {
            self.surplus = true;
        }
    }

    /// The row of the table whose path is the longest that fits. A text in a language map counts as
    /// the field that holds the map, unless the table names its language.
    fn row(&self) -> Option<usize> {
        self.row_of(&self.names).or_else(|| {
            let (last, above) = self.names.split_last()?;
            let is_text = last == "@value" || is_language(last.trim());
            is_text.then(|| self.row_of(above)).flatten()
        })
    }

    fn row_of(&self, names: &[String]) -> Option<usize> {
        let fits = |path: &[&str]| {
            let from = names.len().checked_sub(path.len());
            from.and_then(|from| names.get(from..))
                .is_some_and(|names| names == path)
        };
        let candidates = self.paths.get(names.last()?.as_str())?;
        let fitting = candidates.iter().filter(|(_, path)| fits(path));
        fitting
            .max_by_key(|(_, path)| path.len())
            .map(|(row, _)| *row)
    }
}

/// Nothing below such a notice is in the record, unless an attainment below it stands for itself.
/// That nothing was awarded only sums up what the notices below say.
fn refuses(kind: NoticeKind) -> bool {
    !matches!(
        kind,
        NoticeKind::KeptRaw
            | NoticeKind::NothingAwarded
            | NoticeKind::MissingTitle
            | NoticeKind::OtherLanguage
            | NoticeKind::SignatureNotChecked
            | NoticeKind::SignatureInvalid
            | NoticeKind::EncodingAssumed
            | NoticeKind::NotData
    )
}

fn covers(kind: NoticeKind) -> bool {
    matches!(
        kind,
        NoticeKind::KeptRaw
            | NoticeKind::SignatureNotChecked
            | NoticeKind::SignatureInvalid
            | NoticeKind::NotData
    )
}

fn places<'a>(attainments: impl Iterator<Item = &'a Attainment>) -> HashSet<&'a str> {
    let mut places = HashSet::new();
    let mut stack: Vec<_> = attainments.collect();
    while let Some(one) = stack.pop() {
        places.insert(one.pointer.as_str());
        stack.extend(&one.parts);
    }
    places
}
