//! Objects of a PDF document (ISO 32000-1, 7.3), read strictly: what two readers could take for
//! different things is no object here.

use std::{collections::BTreeMap, ops::Range};

/// Deepest nesting of arrays and dictionaries.
const MAX_DEPTH: usize = 32;
/// Longest name or number, in octets.
const MAX_TOKEN: usize = 256;

/// What a document holds at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Object {
    /// `true`, `false`, `null`, and numbers, as they are written.
    Word(Vec<u8>),
    Name(Vec<u8>),
    Text(Vec<u8>),
    Hex(Hex),
    Array(Vec<Self>),
    Dictionary(Dictionary),
    Reference(u32),
}

pub(super) type Dictionary = BTreeMap<Vec<u8>, Object>;

/// A string in hexadecimal digits, and where it stands with its brackets.
#[derive(Debug, Clone)]
pub(super) struct Hex {
    pub(super) span: Range<usize>,
    pub(super) digits: Vec<u8>,
}

/// The same digits are the same string, wherever they stand.
impl PartialEq for Hex {
    fn eq(&self, other: &Self) -> bool {
        self.digits == other.digits
    }
}

impl Eq for Hex {}

/// How many octets may still be looked at: objects can be written so that each is looked for to the
/// end of the document.
pub(super) struct Budget(usize);

/// Reads objects one after the other.
pub(super) struct Reader<'b, 'w> {
    pub(super) bytes: &'b [u8],
    pub(super) at: usize,
    budget: &'w mut Budget,
}

/// The octets are no object, or the budget is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoObject;

impl Budget {
    /// Several times the document, so that no honest one is too much.
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self(bytes.len().saturating_mul(8).saturating_add(1 << 20))
    }

    pub(super) fn is_used_up(&self) -> bool {
        self.0 == 0
    }

    fn spend(&mut self) -> Result<(), NoObject> {
        self.0 = self.0.checked_sub(1).ok_or(NoObject)?;
        Ok(())
    }
}

impl Object {
    /// A number without sign or fraction.
    pub(super) fn integer(&self) -> Option<usize> {
        let Self::Word(word) = self else { return None };
        let is_number = !word.is_empty() && word.iter().all(u8::is_ascii_digit);
        let text = std::str::from_utf8(word).ok().filter(|_| is_number)?;
        text.parse().ok()
    }

    pub(super) fn name(&self) -> Option<&[u8]> {
        match self {
            Self::Name(name) => Some(name),
            _ => None,
        }
    }

    pub(super) fn dictionary(&self) -> Option<&Dictionary> {
        match self {
            Self::Dictionary(dictionary) => Some(dictionary),
            _ => None,
        }
    }

    pub(super) fn array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(array) => Some(array),
            _ => None,
        }
    }
}

impl<'b, 'w> Reader<'b, 'w> {
    pub(super) fn at(bytes: &'b [u8], at: usize, budget: &'w mut Budget) -> Self {
        Self { bytes, at, budget }
    }

    /// The object that stands here, white space before it left out.
    pub(super) fn object(&mut self) -> Result<Object, NoObject> {
        self.nested(0)
    }

    /// `12 0 obj`: the number of the object that begins here. Only generation 0 is read: others need
    /// objects that were deleted.
    pub(super) fn beginning(&mut self) -> Result<u32, NoObject> {
        let number = self.word()?.integer().ok_or(NoObject)?;
        let generation = self.word()?.integer();
        if generation != Some(0) || !self.keyword(b"obj") {
            return Err(NoObject);
        }
        u32::try_from(number).map_err(|_large| NoObject)
    }

    /// Steps over a keyword, if it stands here.
    pub(super) fn keyword(&mut self, keyword: &[u8]) -> bool {
        self.skip_space();
        let is_here = self.rest().starts_with(keyword);
        let ends = self.rest().get(keyword.len()).copied();
        let is_word = is_here && ends.is_none_or(|octet| !is_regular(octet));
        if is_word {
            self.at += keyword.len();
        }
        is_word
    }

    pub(super) fn skip_space(&mut self) {
        while self.peek().is_some_and(is_space) && self.budget.spend().is_ok() {
            self.at += 1;
        }
    }

    pub(super) fn rest(&self) -> &'b [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    pub(super) fn word(&mut self) -> Result<Object, NoObject> {
        self.skip_space();
        Ok(Object::Word(self.token()?))
    }

    fn nested(&mut self, depth: usize) -> Result<Object, NoObject> {
        if depth > MAX_DEPTH {
            return Err(NoObject);
        }
        self.skip_space();
        match self.peek().ok_or(NoObject)? {
            b'/' => self.name().map(Object::Name),
            b'(' => self.text().map(Object::Text),
            b'[' => self.array(depth),
            b'<' if self.rest().starts_with(b"<<") => self.dictionary(depth),
            b'<' => self.hex().map(Object::Hex),
            octet if octet.is_ascii_digit() => self.number_or_reference(),
            b'+' | b'-' | b'.' => self.number().map(Object::Word),
            _ => self.literal(),
        }
    }

    fn literal(&mut self) -> Result<Object, NoObject> {
        let word = self.token()?;
        let is_known = matches!(word.as_slice(), b"true" | b"false" | b"null");
        is_known.then_some(Object::Word(word)).ok_or(NoObject)
    }

    fn number(&mut self) -> Result<Vec<u8>, NoObject> {
        let word = self.token()?;
        let text = std::str::from_utf8(&word).map_err(|_other| NoObject)?;
        let is_number = text.bytes().any(|b| b.is_ascii_digit()) && text.parse::<f64>().is_ok();
        is_number.then_some(word).ok_or(NoObject)
    }

    /// `12` or `12 0 R`.
    fn number_or_reference(&mut self) -> Result<Object, NoObject> {
        let number = Object::Word(self.number()?);
        let after = self.at;
        let generation = self.word().ok().and_then(|word| word.integer());
        let target = number.integer().and_then(|it| u32::try_from(it).ok());
        if let (Some(0), Some(target), true) = (generation, target, self.keyword(b"R")) {
            return Ok(Object::Reference(target));
        }
        self.at = after;
        Ok(number)
    }

    fn array(&mut self, depth: usize) -> Result<Object, NoObject> {
        self.at += 1;
        let mut elements = Vec::new();
        loop {
            self.skip_space();
            if self.peek() == Some(b']') {
                self.at += 1;
                return Ok(Object::Array(elements));
            }
            elements.push(self.nested(depth + 1)?);
        }
    }

    /// A key that stands there twice makes it no dictionary: readers differ in which one they take.
    fn dictionary(&mut self, depth: usize) -> Result<Object, NoObject> {
        self.at += 2;
        let mut entries = Dictionary::new();
        loop {
            self.skip_space();
            if self.rest().starts_with(b">>") {
                self.at += 2;
                return Ok(Object::Dictionary(entries));
            }
            let key = self.name()?;
            let value = self.nested(depth + 1)?;
            if entries.insert(key, value).is_some() {
                return Err(NoObject);
            }
        }
    }

    /// A name; `#41` stands for the octet (7.3.5).
    fn name(&mut self) -> Result<Vec<u8>, NoObject> {
        if self.peek() != Some(b'/') {
            return Err(NoObject);
        }
        self.at += 1;
        let written = self.token().unwrap_or_default();
        let mut name = Vec::with_capacity(written.len());
        let mut rest = written.as_slice();
        while let Some((first, after)) = rest.split_first() {
            rest = after;
            if *first != b'#' {
                name.push(*first);
                continue;
            }
            let (digits, after) = rest.split_first_chunk::<2>().ok_or(NoObject)?;
            let digits = std::str::from_utf8(digits).map_err(|_other| NoObject)?;
            name.push(u8::from_str_radix(digits, 16).map_err(|_other| NoObject)?);
            rest = after;
        }
        Ok(name)
    }

    /// A string in parentheses, escapes left as they are written: they are compared, never shown.
    fn text(&mut self) -> Result<Vec<u8>, NoObject> {
        let (start, mut open) = (self.at + 1, 0_usize);
        loop {
            self.budget.spend()?;
            match self.peek().ok_or(NoObject)? {
                b'\\' => self.at += 1,
                b'(' => open += 1,
                b')' => open -= 1,
                _ => {}
            }
            self.at += 1;
            if open == 0 {
                let inner = self.bytes.get(start..self.at.saturating_sub(1));
                return inner.map(<[u8]>::to_vec).ok_or(NoObject);
            }
        }
    }

    fn hex(&mut self) -> Result<Hex, NoObject> {
        let start = self.at;
        self.at += 1;
        let mut digits = Vec::new();
        loop {
            self.budget.spend()?;
            let octet = self.peek().ok_or(NoObject)?;
            self.at += 1;
            match octet {
                b'>' => break,
                octet if octet.is_ascii_hexdigit() => digits.push(octet.to_ascii_lowercase()),
                octet if is_space(octet) => {}
                _ => return Err(NoObject),
            }
        }
        let span = start..self.at;
        Ok(Hex { span, digits })
    }

    /// Regular characters up to the next that is none.
    fn token(&mut self) -> Result<Vec<u8>, NoObject> {
        let rest = self.rest();
        let end = rest
            .iter()
            .take(MAX_TOKEN + 1)
            .position(|b| !is_regular(*b));
        let end = end.unwrap_or(rest.len());
        if end == 0 || end > MAX_TOKEN {
            return Err(NoObject);
        }
        for _octet in 0..end {
            self.budget.spend()?;
        }
        self.at += end;
        rest.get(..end).map(<[u8]>::to_vec).ok_or(NoObject)
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }
}

/// White space (7.2.2, table 1).
pub(super) fn is_space(octet: u8) -> bool {
    matches!(octet, b'\0' | b'\t' | b'\n' | 0x0c | b'\r' | b' ')
}

/// Neither white space nor a delimiter (7.2.2, table 2).
fn is_regular(octet: u8) -> bool {
    let is_delimiter = matches!(
        octet,
        b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%'
    );
    !is_space(octet) && !is_delimiter
}
