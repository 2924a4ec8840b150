//! Text from others, made fit to be shown: no line breaks, no terminal commands, no hidden direction.

/// The longest sentence of another party that is repeated, in characters.
const LONGEST_SENTENCE: usize = 300;

/// Replaces everything that could change how the rest of the screen looks by a space.
#[must_use]
pub fn plain(text: &str) -> String {
    let shown = |c: char| if is_harmless(c) { c } else { ' ' };
    text.chars().map(shown).collect()
}

/// A sentence of another party, short and fit to be shown.
pub(crate) fn sentence(text: &str) -> String {
    plain(text).chars().take(LONGEST_SENTENCE).collect()
}

/// A reason code of another party; none when it is not of a code's form.
pub(crate) fn code(text: &str) -> Option<String> {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
    let fits = (1..=64).contains(&text.len()) && text.bytes().all(allowed);
    fits.then(|| text.to_owned())
}

/// Control characters, and the marks that turn text round (Unicode UAX 9 section 2).
fn is_harmless(character: char) -> bool {
    let turns = matches!(character, '\u{200e}' | '\u{200f}' | '\u{061c}'
        | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let breaks = matches!(character, '\u{2028}' | '\u{2029}');
    !character.is_control() && !turns && !breaks
}

#[cfg(test)]
mod tests;
