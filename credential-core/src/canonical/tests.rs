use serde_json::json;

use super::{NotCanonical, to_string};

#[test]
fn members_are_sorted_by_utf16_units_and_text_is_escaped_minimally() {
    // The example of RFC 8785 section 3.2.3, without its number.
    let value = json!({
        "\u{20ac}": "Euro Sign", "\r": "Carriage Return", "\u{fb33}": "Hebrew Letter Dalet With Dagesh",
        "1": "One", "\u{1f600}": "Emoji: Grinning Face", "\u{80}": "Control", "\u{f6}": "o diaeresis"
    });
    assert_eq!(
        to_string(&value).unwrap(),
        "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u{80}\":\"Control\",\"\u{f6}\":\"o diaeresis\",\
         \"\u{20ac}\":\"Euro Sign\",\"\u{1f600}\":\"Emoji: Grinning Face\",\
         \"\u{fb33}\":\"Hebrew Letter Dalet With Dagesh\"}"
    );
    assert_eq!(
        to_string(&json!("\u{1f}/\"\\")).unwrap(),
        r#""\u001f/\"\\""#
    );
}

#[test]
fn a_fraction_or_an_unsafe_integer_is_refused() {
    assert_eq!(to_string(&json!({"a": [1.5]})), Err(NotCanonical::Number));
    assert_eq!(
        to_string(&json!(9_007_199_254_740_992_i64)),
        Err(NotCanonical::Number)
    );
    assert_eq!(
        to_string(&json!(-9_007_199_254_740_991_i64)).unwrap(),
        "-9007199254740991"
    );
}
