//! The signature dictionary of a document (ISO 32000-1, 12.8.1, table 252).
//!
//! Dictionaries are looked for in the octets, not by way of pages and forms: a signature that covers
//! every octet but its own contents is one wherever it hangs, and one that covers less is none.

use chrono::{DateTime, FixedOffset};

use super::{
    date,
    finding::{Certification, NotCheckable},
    object::{Budget, Dictionary, Hex, Object, Reader, is_space},
};

/// Most objects that are looked at.
const MAX_OBJECTS: usize = 100_000;

/// What there is of signatures.
pub(super) enum Found {
    Nothing,
    One(Signature),
}

/// The only signature dictionary of a document.
pub(super) struct Signature {
    pub(super) byte_range: [usize; 4],
    pub(super) contents: Hex,
    pub(super) sub_filter: SubFilter,
    pub(super) claimed_at: Option<DateTime<FixedOffset>>,
    pub(super) certification: Option<Certification>,
}

/// What `/Contents` holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SubFilter {
    /// `ETSI.CAdES.detached`: the certificate is signed for too.
    Cades,
    /// `adbe.pkcs7.detached`
    Pkcs7,
}

/// Looks for the signature dictionary.
pub(super) fn find(bytes: &[u8], budget: &mut Budget) -> Result<Found, NotCheckable> {
    let mut dictionaries = Vec::new();
    let mut starts = Starts::of(bytes);
    for start in starts.by_ref().take(MAX_OBJECTS) {
        let value = value_at(bytes, start, budget).map(|(_number, value)| value);
        if let Some(Object::Dictionary(dictionary)) = value
            && is_signature(&dictionary)
        {
            dictionaries.push(dictionary);
        }
    }
    if budget.is_used_up() || starts.next().is_some() {
        return Err(NotCheckable::TooLarge);
    }
    let ranges = count(bytes, b"/ByteRange");
    match (dictionaries.pop(), dictionaries.is_empty()) {
        (None, _) if ranges == 0 => Ok(Found::Nothing),
        (Some(only), true) if ranges < 2 => read(&only, bytes, budget).map(Found::One),
        (Some(_), _) => Err(NotCheckable::Several),
        // One that stands where no object can be read.
        (None, _) => Err(NotCheckable::Malformed),
    }
}

/// The object of a number that stands last in the document, as updates leave it.
fn last_object(bytes: &[u8], number: u32, budget: &mut Budget) -> Option<Object> {
    let mut last = None;
    for start in Starts::of(bytes).take(MAX_OBJECTS) {
        if number_at(bytes, start, budget) == Some(number) {
            last = Some(start);
        }
    }
    let (_number, value) = value_at(bytes, last?, budget)?;
    Some(value)
}

/// Some dictionaries leave `/Type` out; without a range, too, it is a signature, and a wrong one.
fn is_signature(dictionary: &Dictionary) -> bool {
    let kind = dictionary.get(b"Type".as_slice()).and_then(Object::name);
    let has = |key: &[u8]| dictionary.contains_key(key);
    matches!(kind, Some(b"Sig" | b"DocTimeStamp"))
        || has(b"ByteRange")
        || (kind.is_none() && has(b"SubFilter") && has(b"Contents"))
}

fn read(
    dictionary: &Dictionary,
    bytes: &[u8],
    budget: &mut Budget,
) -> Result<Signature, NotCheckable> {
    let get = |key: &[u8]| dictionary.get(key);
    let sub_filter = match get(b"SubFilter").and_then(Object::name) {
        Some(b"ETSI.CAdES.detached") => SubFilter::Cades,
        Some(b"adbe.pkcs7.detached") => SubFilter::Pkcs7,
        Some(_) => return Err(NotCheckable::KindNotSupported),
        None => return Err(NotCheckable::Malformed),
    };
    let numbers: Option<Vec<usize>> = get(b"ByteRange")
        .and_then(Object::array)
        .and_then(|array| array.iter().map(Object::integer).collect());
    let byte_range = numbers.and_then(|numbers| <[usize; 4]>::try_from(numbers).ok());
    let contents = match get(b"Contents") {
        Some(Object::Hex(hex)) if !hex.digits.is_empty() => Some(hex.clone()),
        _ => None,
    };
    let claimed_at = match get(b"M") {
        Some(Object::Text(text)) => date::read(text),
        _ => None,
    };
    Ok(Signature {
        byte_range: byte_range.ok_or(NotCheckable::Malformed)?,
        contents: contents.ok_or(NotCheckable::Malformed)?,
        sub_filter,
        claimed_at,
        certification: certification(dictionary, bytes, budget),
    })
}

/// The level of a `DocMDP` reference (12.8.2.2, table 254); 2 where it does not say.
fn certification(
    signature: &Dictionary,
    bytes: &[u8],
    budget: &mut Budget,
) -> Option<Certification> {
    let references = signature.get(b"Reference".as_slice())?.array()?;
    let reference = resolved(references.first()?, bytes, budget)?;
    let method = reference.get(b"TransformMethod".as_slice())?.name()?;
    if method != b"DocMDP" {
        return None;
    }
    let level = reference
        .get(b"TransformParams".as_slice())
        .and_then(|parameters| resolved(parameters, bytes, budget))
        .and_then(|parameters| parameters.get(b"P".as_slice())?.integer());
    match level {
        Some(1) => Some(Certification::NoChanges),
        Some(2) | None => Some(Certification::FormsAndSignatures),
        Some(3) => Some(Certification::AnnotationsToo),
        Some(_) => None,
    }
}

fn resolved(object: &Object, bytes: &[u8], budget: &mut Budget) -> Option<Dictionary> {
    let object = match object {
        Object::Reference(number) => last_object(bytes, *number, budget)?,
        direct => direct.clone(),
    };
    object.dictionary().cloned()
}

fn value_at(bytes: &[u8], start: usize, budget: &mut Budget) -> Option<(u32, Object)> {
    let mut reader = Reader::at(bytes, start, budget);
    let number = reader.beginning().ok()?;
    Some((number, reader.object().ok()?))
}

fn number_at(bytes: &[u8], start: usize, budget: &mut Budget) -> Option<u32> {
    Reader::at(bytes, start, budget).beginning().ok()
}

fn count(bytes: &[u8], words: &[u8]) -> usize {
    let windows = bytes.windows(words.len());
    windows.filter(|window| *window == words).count()
}

/// Where the numbers before each keyword `obj` begin.
struct Starts<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Starts<'b> {
    fn of(bytes: &'b [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Back over white space and digits, twice.
    fn before(&self, keyword: usize) -> Option<usize> {
        let mut start = keyword;
        for _number in 0..2 {
            let spaces = self.back(start, is_space);
            let digits = self.back(spaces, |octet| octet.is_ascii_digit());
            if spaces == start || digits == spaces {
                return None;
            }
            start = digits;
        }
        Some(start)
    }

    /// At most as far as a number and its white space are long.
    fn back(&self, from: usize, is_part: impl Fn(u8) -> bool) -> usize {
        let before = self.bytes.get(..from).unwrap_or_default();
        let run = before.iter().rev().take(16).take_while(|b| is_part(**b));
        from - run.count()
    }
}

impl Iterator for Starts<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        loop {
            let rest = self.bytes.get(self.at..)?;
            let offset = rest.windows(3).position(|window| window == b"obj")?;
            let keyword = self.at + offset;
            self.at = keyword + 3;
            if let Some(start) = self.before(keyword) {
                return Some(start);
            }
        }
    }
}
