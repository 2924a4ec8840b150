//! JSON text within limits.

use serde_json::{Value, error::Category};

use super::{MAX_BYTES, MAX_NESTING, SourceError, SyntaxProblem};

/// Parses a document after measuring its size and nesting.
pub(super) fn parse(bytes: &[u8]) -> Result<Value, SourceError> {
    if bytes.len() > MAX_BYTES {
        return Err(SourceError::TooLarge);
    }
    // A byte order mark is what some programs put before UTF-8.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    check_nesting(bytes)?;
    serde_json::from_slice(bytes).map_err(|error| SourceError::Syntax {
        line: error.line(),
        column: error.column(),
        problem: match error.classify() {
            Category::Eof => SyntaxProblem::CutOff,
            Category::Io | Category::Syntax | Category::Data => SyntaxProblem::NotJson,
        },
    })
}

/// Counts brackets outside of strings; the parser's own limit is higher than ours.
fn check_nesting(bytes: &[u8]) -> Result<(), SourceError> {
    let (mut depth, mut line) = (0_usize, 1_usize);
    let (mut in_string, mut escaped) = (false, false);
    for byte in bytes {
        match (in_string, byte) {
            (_, b'\n') => line += 1,
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (_, b'"') => in_string = !in_string,
            (false, b'{' | b'[') => depth += 1,
            (false, b'}' | b']') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_NESTING {
            return Err(SourceError::TooDeep { line });
        }
    }
    Ok(())
}
