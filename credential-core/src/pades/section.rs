//! Cross-reference sections: which object stands where (ISO 32000-1, 7.5.4 and 7.5.8).

use std::io::Read as _;

use flate2::read::ZlibDecoder;

use super::object::{Dictionary, Object, Reader};

/// Most objects that one section may list.
const MAX_ENTRIES: usize = 100_000;
/// Most octets that come out of a packed stream: 4 MiB.
const MAX_UNPACKED: usize = 4 * 1024 * 1024;

/// What one section says of one object: where it stands, or that it is free.
pub(super) struct Entry {
    pub(super) number: u32,
    pub(super) offset: Option<usize>,
}

/// A section: what it lists, its trailer, and its number where it is a stream.
#[derive(Default)]
pub(super) struct Section {
    pub(super) entries: Vec<Entry>,
    pub(super) trailer: Dictionary,
    pub(super) own: Option<u32>,
}

/// Where the section of a revision stands, by the `startxref` at its end.
pub(super) fn start(revision: &[u8], reader: &mut Reader<'_, '_>) -> Option<usize> {
    let end = revision.trim_ascii_end().len();
    let from = end.saturating_sub(64);
    let tail = revision.get(from..end)?;
    let keyword = tail.windows(9).rposition(|window| window == b"startxref")?;
    reader.at = from + keyword;
    let offset = offset(reader)?;
    (reader.at == end).then_some(offset)
}

/// `startxref 1234 %%EOF`
pub(super) fn offset(reader: &mut Reader<'_, '_>) -> Option<usize> {
    if !reader.keyword(b"startxref") {
        return None;
    }
    let offset = reader.word().ok()?.integer()?;
    reader.skip_space();
    if !reader.rest().starts_with(b"%%EOF") {
        return None;
    }
    reader.at += 5;
    Some(offset)
}

/// The section that begins here, in either form.
pub(super) fn read(reader: &mut Reader<'_, '_>) -> Option<Section> {
    if reader.rest().starts_with(b"xref") {
        return table(reader);
    }
    let own = reader.beginning().ok()?;
    let trailer = reader.object().ok()?.dictionary()?.clone();
    if !is_section(&trailer) || !reader.keyword(b"stream") {
        return None;
    }
    let entries = entries(&trailer, stream(reader, &trailer)?)?;
    Some(Section {
        entries,
        trailer,
        own: Some(own),
    })
}

/// Whether these are the entries of a section that is a stream.
pub(super) fn is_section(dictionary: &Dictionary) -> bool {
    dictionary.get(b"Type".as_slice()).and_then(Object::name) == Some(b"XRef")
}

/// A section as a table.
pub(super) fn table(reader: &mut Reader<'_, '_>) -> Option<Section> {
    let mut entries = Vec::new();
    if !reader.keyword(b"xref") {
        return None;
    }
    while !reader.keyword(b"trailer") {
        let first = reader.word().ok()?.integer()?;
        let count = reader.word().ok()?.integer()?;
        for index in 0..count {
            let offset = reader.word().ok()?.integer()?;
            let _generation = reader.word().ok()?.integer()?;
            let offset = reader.keyword(b"n").then_some(offset);
            if offset.is_none() && !reader.keyword(b"f") || entries.len() == MAX_ENTRIES {
                return None;
            }
            entries.push(Entry {
                number: u32::try_from(first.checked_add(index)?).ok()?,
                offset,
            });
        }
    }
    let trailer = reader.object().ok()?.dictionary()?.clone();
    Some(Section {
        entries,
        trailer,
        own: None,
    })
}

/// The entries of a section that is a stream. One that points into an object stream is no entry here,
/// and neither is a packed one with a predictor.
pub(super) fn entries(dictionary: &Dictionary, data: &[u8]) -> Option<Vec<Entry>> {
    let data = unpacked(dictionary, data)?;
    let integers = |key: &[u8]| -> Option<Vec<usize>> {
        let array = dictionary.get(key)?.array()?;
        array.iter().map(Object::integer).collect()
    };
    let widths: [usize; 3] = integers(b"W")?.try_into().ok()?;
    let [kind, offset, generation] = widths;
    let width = kind.checked_add(offset)?.checked_add(generation)?;
    if widths.iter().any(|width| *width > 8) || kind == 0 || width == 0 {
        return None;
    }
    let (pairs, odd) = (integers(b"Index")?, data.chunks_exact(width));
    let mut rows = data.chunks_exact(width);
    if !odd.remainder().is_empty() || rows.len() > MAX_ENTRIES {
        return None;
    }
    let mut entries = Vec::new();
    let (pairs, rest) = pairs.as_chunks::<2>();
    for [first, count] in pairs {
        for index in 0..*count {
            let row = rows.next()?;
            let (is_used, rest) = row.split_at_checked(kind)?;
            let offset = number(rest.get(..offset)?)?;
            let offset = match number(is_used)? {
                0 => None,
                1 => Some(offset),
                _ => return None,
            };
            entries.push(Entry {
                number: u32::try_from(first.checked_add(index)?).ok()?,
                offset,
            });
        }
    }
    (rest.is_empty() && rows.next().is_none()).then_some(entries)
}

/// The octets of the stream whose dictionary was just read, to after its keyword `endstream`.
pub(super) fn stream<'b>(reader: &mut Reader<'b, '_>, dictionary: &Dictionary) -> Option<&'b [u8]> {
    let length = dictionary.get(b"Length".as_slice())?.integer()?;
    let rest = reader.rest();
    let data = rest.strip_prefix(b"\r\n").or(rest.strip_prefix(b"\n"))?;
    let line_end = rest.len() - data.len();
    let octets = data.get(..length)?;
    reader.at = reader.at.checked_add(line_end)?.checked_add(length)?;
    reader.keyword(b"endstream").then_some(octets)
}

/// The octets of a stream that is not packed, or by Flate alone.
pub(super) fn unpacked(dictionary: &Dictionary, data: &[u8]) -> Option<Vec<u8>> {
    if dictionary.contains_key(b"DecodeParms".as_slice()) {
        return None;
    }
    match dictionary.get(b"Filter".as_slice()) {
        None => Some(data.to_vec()),
        Some(Object::Name(name)) if name == b"FlateDecode" => {
            let mut unpacked = Vec::new();
            let limit = MAX_UNPACKED as u64 + 1;
            let mut decoder = ZlibDecoder::new(data).take(limit);
            decoder.read_to_end(&mut unpacked).ok()?;
            (unpacked.len() <= MAX_UNPACKED).then_some(unpacked)
        }
        Some(_) => None,
    }
}

fn number(octets: &[u8]) -> Option<usize> {
    let number = octets.iter().fold(0_u64, |sum, b| sum << 8 | u64::from(*b));
    usize::try_from(number).ok()
}
