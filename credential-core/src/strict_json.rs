//! A strict reader of JSON (RFC 8259) for text that somebody signed.
//!
//! `serde_json` keeps the last of two members with one name, silently, and reads numbers differently
//! when another crate switches on `arbitrary_precision`. A signed text must mean one thing to everyone,
//! so it is read here: names once, depth bounded, integers exact or refused.

use serde_json::{Map, Number, Value};

/// Why a text was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JsonError {
    NotJson,
    DuplicateMember,
    TooDeep,
    /// An integer beyond 64 bits, or a fraction beyond the range of `f64`.
    Number,
}

/// Reads one JSON text with at most `max_depth` objects and arrays inside each other.
pub(crate) fn parse(bytes: &[u8], max_depth: usize) -> Result<Value, JsonError> {
    let text = std::str::from_utf8(bytes).map_err(|_not_utf8| JsonError::NotJson)?;
    let mut reader = Reader { text, at: 0 };
    let value = reader.value(max_depth)?;
    reader.skip_white_space();
    match reader.peek() {
        None => Ok(value),
        Some(_) => Err(JsonError::NotJson),
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    fn value(&mut self, depth: usize) -> Result<Value, JsonError> {
        self.skip_white_space();
        match self.peek().ok_or(JsonError::NotJson)? {
            b'{' => self.object(depth.checked_sub(1).ok_or(JsonError::TooDeep)?),
            b'[' => self.array(depth.checked_sub(1).ok_or(JsonError::TooDeep)?),
            b'"' => self.string().map(Value::String),
            b'-' | b'0'..=b'9' => self.number(),
            b't' => self.literal("true", Value::Bool(true)),
            b'f' => self.literal("false", Value::Bool(false)),
            b'n' => self.literal("null", Value::Null),
            _ => Err(JsonError::NotJson),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, JsonError> {
        let mut members = Map::new();
        self.at += 1;
        self.skip_white_space();
        if self.skip(b'}') {
            return Ok(Value::Object(members));
        }
        loop {
            self.skip_white_space();
            let name = self.string()?;
            self.skip_white_space();
            self.expect(b':')?;
            let value = self.value(depth)?;
            if members.insert(name, value).is_some() {
                return Err(JsonError::DuplicateMember);
            }
            self.skip_white_space();
            if self.skip(b'}') {
                return Ok(Value::Object(members));
            }
            self.expect(b',')?;
        }
    }

    fn array(&mut self, depth: usize) -> Result<Value, JsonError> {
        let mut items = Vec::new();
        self.at += 1;
        self.skip_white_space();
        if self.skip(b']') {
            return Ok(Value::Array(items));
        }
        loop {
            items.push(self.value(depth)?);
            self.skip_white_space();
            if self.skip(b']') {
                return Ok(Value::Array(items));
            }
            self.expect(b',')?;
        }
    }

    fn string(&mut self) -> Result<String, JsonError> {
        self.expect(b'"')?;
        let mut out = self.plain_text().to_owned();
        loop {
            match self.next() {
                Some(b'"') => return Ok(out),
                Some(b'\\') => out.push(self.escaped()?),
                _ => return Err(JsonError::NotJson),
            }
            out.push_str(self.plain_text());
        }
    }

    /// Everything up to the next quote, backslash or control character.
    fn plain_text(&mut self) -> &'t str {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let length = rest
            .bytes()
            .position(|byte| byte < b' ' || byte == b'"' || byte == b'\\')
            .unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    fn escaped(&mut self) -> Result<char, JsonError> {
        Ok(match self.next().ok_or(JsonError::NotJson)? {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode_escape(),
            _ => return Err(JsonError::NotJson),
        })
    }

    /// `\uXXXX`, or two of them for a character beyond the basic plane; half a pair is refused.
    fn unicode_escape(&mut self) -> Result<char, JsonError> {
        let unit = self.four_hex_digits()?;
        let code = if (0xd800..0xdc00).contains(&unit) {
            self.expect(b'\\')?;
            self.expect(b'u')?;
            let low = self.four_hex_digits()?;
            if !(0xdc00..0xe000).contains(&low) {
                return Err(JsonError::NotJson);
            }
            0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00)
        } else {
            unit
        };
        char::from_u32(code).ok_or(JsonError::NotJson)
    }

    fn four_hex_digits(&mut self) -> Result<u32, JsonError> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self
                .next()
                .and_then(|byte| char::from(byte).to_digit(16))
                .ok_or(JsonError::NotJson)?;
            code = code << 4 | digit;
        }
        Ok(code)
    }

    fn number(&mut self) -> Result<Value, JsonError> {
        let start = self.at;
        self.skip(b'-');
        if !self.skip(b'0') {
            self.digits()?;
        }
        let mut whole = true;
        if self.skip(b'.') {
            whole = false;
            self.digits()?;
        }
        if self.skip(b'e') || self.skip(b'E') {
            whole = false;
            let _signed = self.skip(b'+') || self.skip(b'-');
            self.digits()?;
        }
        let token = self.text.get(start..self.at).unwrap_or_default();
        exact(token, whole).ok_or(JsonError::Number)
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start {
            return Err(JsonError::NotJson);
        }
        Ok(())
    }

    fn literal(&mut self, word: &str, value: Value) -> Result<Value, JsonError> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        if !rest.starts_with(word) {
            return Err(JsonError::NotJson);
        }
        self.at += word.len();
        Ok(value)
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn skip(&mut self, wanted: u8) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, wanted: u8) -> Result<(), JsonError> {
        if self.skip(wanted) {
            Ok(())
        } else {
            Err(JsonError::NotJson)
        }
    }

    fn skip_white_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }
}

fn exact(token: &str, whole: bool) -> Option<Value> {
    if !whole {
        return token
            .parse()
            .ok()
            .and_then(Number::from_f64)
            .map(Value::Number);
    }
    let signed = token.parse::<i64>().map(Value::from);
    signed
        .or_else(|_beyond| token.parse::<u64>().map(Value::from))
        .ok()
}

#[cfg(test)]
mod tests;
