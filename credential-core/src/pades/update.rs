//! What was appended to a document after it was signed (ISO 32000-1, 7.5.6).
//!
//! Permitted is what adds revocation data to the catalogue (`/DSS`, ETSI EN 319 142-1, 5.4.2) and nothing
//! else: every octet is accounted for as an object, each new object has a number that the signed document
//! does not use, and the catalogue stays what it was.

use std::collections::BTreeMap;

use super::{
    der::{SEQUENCE, Values},
    object::{Budget, Dictionary, Object, Reader},
    section::{self, Section},
};

/// Most updates after a signature.
const MAX_UPDATES: usize = 16;
/// Most objects in one update.
const MAX_OBJECTS: usize = 10_000;
/// What the catalogue may get: EN 319 142-1, 5.4.2 and the extension that announces it.
const MAY_COME: [&[u8]; 3] = [b"DSS", b"Extensions", b"Version"];
/// Keys of `/DSS` and of what `/VRI` holds (tables 1 and 2).
const REVOCATION: [&[u8]; 10] = [
    b"Type", b"VRI", b"Certs", b"OCSPs", b"CRLs", b"Cert", b"OCSP", b"CRL", b"TU", b"TS",
];
/// Keys of a trailer, and of a cross-reference stream (tables 15 and 17); no `/Encrypt`, no `/XRefStm`.
const TRAILER: [&[u8]; 10] = [
    b"Size", b"Prev", b"Root", b"Info", b"ID", b"Type", b"Index", b"W", b"Filter", b"Length",
];

/// Whether what stands after the signed octets changes nothing that a reader shows.
pub(super) fn is_permitted(bytes: &[u8], end: usize, budget: &mut Budget) -> bool {
    let rest = bytes.get(end..).unwrap_or_default();
    rest.trim_ascii().is_empty() || check(bytes, end, budget).is_some()
}

/// The document as it was signed.
struct Signed {
    root: u32,
    catalogue: Dictionary,
    information: Option<Object>,
    /// Numbers from here on are new.
    size: u32,
    /// The number of its own cross-reference stream, which nothing refers to and some writers use again.
    own: Option<u32>,
}

/// One update as it was read.
#[derive(Default)]
struct Update<'b> {
    objects: BTreeMap<u32, Part<'b>>,
    section: Section,
    /// Where its section stands.
    start: usize,
}

struct Part<'b> {
    start: usize,
    value: Object,
    stream: Option<&'b [u8]>,
}

fn check(bytes: &[u8], end: usize, budget: &mut Budget) -> Option<()> {
    let revision = bytes.get(..end)?;
    let mut previous = section::start(revision, &mut Reader::at(revision, 0, budget))?;
    let signed = Signed::read(revision, previous, budget)?;
    let mut reader = Reader::at(bytes, end, budget);
    for _update in 0..MAX_UPDATES {
        let update = Update::read(&mut reader)?;
        signed.permits(&update, previous)?;
        previous = update.start;
        reader.skip_space();
        if reader.rest().is_empty() {
            return Some(());
        }
    }
    None
}

impl Signed {
    fn read(revision: &[u8], section: usize, budget: &mut Budget) -> Option<Self> {
        let section = section::read(&mut Reader::at(revision, section, budget))?;
        let get = |key: &[u8]| section.trailer.get(key);
        let Some(Object::Reference(root)) = get(b"Root") else {
            return None;
        };
        // Signing changes the catalogue, so that this very section says where it stands.
        let mut entries = section.entries.iter();
        let offset = entries.find(|entry| entry.number == *root)?.offset?;
        let mut reader = Reader::at(revision, offset, budget);
        let is_root = reader.beginning().ok()? == *root;
        let catalogue = reader.object().ok()?;
        let size = get(b"Size")?.integer()?;
        (is_root && get(b"Encrypt").is_none()).then_some(Self {
            root: *root,
            catalogue: catalogue.dictionary()?.clone(),
            information: get(b"Info").cloned(),
            size: u32::try_from(size).ok()?,
            own: section.own,
        })
    }

    fn permits(&self, update: &Update<'_>, previous: usize) -> Option<()> {
        let section = &update.section;
        let get = |key: &[u8]| section.trailer.get(key);
        let is_trailer = section
            .trailer
            .keys()
            .all(|key| TRAILER.contains(&key.as_slice()))
            && get(b"Root") == Some(&Object::Reference(self.root))
            && get(b"Info") == self.information.as_ref()
            && get(b"Prev")?.integer() == Some(previous);
        let all_known = update.objects.iter().all(|(number, part)| {
            if *number == self.root {
                part.stream.is_none() && self.is_same_catalogue(&part.value)
            } else {
                self.is_new(*number) && (Some(*number) == section.own || is_revocation(part))
            }
        });
        (is_trailer && all_known && update.lists_its_objects()).then_some(())
    }

    fn is_new(&self, number: u32) -> bool {
        number >= self.size || Some(number) == self.own
    }

    fn is_same_catalogue(&self, object: &Object) -> bool {
        let Some(catalogue) = object.dictionary() else {
            return false;
        };
        let stays = |dictionary: &Dictionary| -> Dictionary {
            let mut dictionary = dictionary.clone();
            dictionary.retain(|key, _| !MAY_COME.contains(&key.as_slice()));
            dictionary
        };
        stays(catalogue) == stays(&self.catalogue)
    }
}

impl<'b> Update<'b> {
    fn read(reader: &mut Reader<'b, '_>) -> Option<Self> {
        let mut update = Self::default();
        loop {
            reader.skip_space();
            let start = reader.at;
            if reader.rest().starts_with(b"xref") && update.section.own.is_none() {
                update.start = start;
                update.section = section::table(reader)?;
                break;
            }
            if reader.rest().starts_with(b"startxref") {
                update.section.own?;
                break;
            }
            update.object(reader, start)?;
        }
        let said = section::offset(reader)?;
        (said == update.start).then_some(update)
    }

    fn object(&mut self, reader: &mut Reader<'b, '_>, start: usize) -> Option<()> {
        let number = reader.beginning().ok()?;
        let value = reader.object().ok()?;
        let mut stream = None;
        if reader.keyword(b"stream") {
            let dictionary = value.dictionary()?;
            let data = section::stream(reader, dictionary)?;
            if section::is_section(dictionary) {
                if self.section.own.is_some() {
                    return None;
                }
                self.start = start;
                self.section = Section {
                    entries: section::entries(dictionary, data)?,
                    trailer: dictionary.clone(),
                    own: Some(number),
                };
            }
            stream = Some(data);
        }
        let part = Part {
            start,
            value,
            stream,
        };
        let is_first = self.objects.insert(number, part).is_none();
        let may_be = is_first && self.objects.len() <= MAX_OBJECTS;
        (reader.keyword(b"endobj") && may_be).then_some(())
    }

    /// Whether the section points at these objects and at nothing else: what it points at is what a
    /// reader shows.
    fn lists_its_objects(&self) -> bool {
        let mut listed = BTreeMap::new();
        for entry in &self.section.entries {
            let is_first = listed.insert(entry.number, entry.offset).is_none();
            let stands_there = match entry.offset {
                None => entry.number == 0,
                Some(offset) => {
                    let part = self.objects.get(&entry.number);
                    part.is_some_and(|part| part.start == offset)
                }
            };
            if !is_first || !stands_there {
                return false;
            }
        }
        let mut numbers = self.objects.keys();
        numbers.all(|number| listed.contains_key(number) || Some(*number) == self.section.own)
    }
}

/// Revocation data: dictionaries and lists of EN 319 142-1, 5.4.2, and streams that hold DER, so that no
/// objects hide in them.
fn is_revocation(part: &Part<'_>) -> bool {
    match (&part.value, part.stream) {
        (Object::Dictionary(dictionary), Some(data)) => {
            let unpacked = section::unpacked(dictionary, data);
            unpacked.is_some_and(|octets| {
                let mut values = Values(&octets);
                values.expect(SEQUENCE).is_some() && values.0.is_empty()
            })
        }
        (value, None) => is_revocation_value(value),
        _ => false,
    }
}

fn is_revocation_value(value: &Object) -> bool {
    match value {
        Object::Dictionary(entries) => entries.iter().all(|(key, value)| {
            let is_digest = key.len() == 40 && key.iter().all(u8::is_ascii_hexdigit);
            (is_digest || REVOCATION.contains(&key.as_slice())) && is_revocation_value(value)
        }),
        Object::Array(elements) => elements.iter().all(is_revocation_value),
        Object::Reference(_) | Object::Name(_) | Object::Text(_) => true,
        Object::Word(_) | Object::Hex(_) => false,
    }
}
