use proptest::prelude::*;
use serde_json::{Value, json};

use super::{JsonError, parse};

fn read(text: &str) -> Result<Value, JsonError> {
    parse(text.as_bytes(), 8)
}

#[test]
fn every_kind_of_value_is_read() {
    let text =
        r#" { "a" : [ 1 , -2, 0.5, 1e3, true, false, null ], "b\u00e4\ud83d\ude00\n" : {} } "#;
    let expected = json!({"a": [1, -2, 0.5, 1000.0, true, false, null], "bä😀\n": {}});
    assert_eq!(read(text), Ok(expected));
}

#[test]
fn a_member_name_given_twice_is_refused_at_any_depth() {
    for text in [
        r#"{"a":1,"a":1}"#,
        r#"[{"b":{"a":1,"x":2,"a":3}}]"#,
        r#"{"a":1,"\u0061":2}"#,
    ] {
        assert_eq!(read(text), Err(JsonError::DuplicateMember), "{text}");
    }
}

#[test]
fn nesting_ends_at_the_limit() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(read(&nested(8)).is_ok());
    assert_eq!(read(&nested(9)), Err(JsonError::TooDeep));
    assert_eq!(read(&nested(200_000)), Err(JsonError::TooDeep));
}

#[test]
fn integers_are_exact_or_refused() {
    for whole in [i64::MIN, -1, 0, 9_007_199_254_740_993, i64::MAX] {
        assert_eq!(read(&whole.to_string()).unwrap().as_i64(), Some(whole));
    }
    assert_eq!(
        read("18446744073709551615").unwrap().as_u64(),
        Some(u64::MAX)
    );
    for beyond in ["18446744073709551616", "-9223372036854775809", "1e400"] {
        assert_eq!(read(beyond), Err(JsonError::Number), "{beyond}");
    }
}

#[test]
fn a_fraction_is_never_a_whole_number() {
    for text in ["1.0", "1e0", "1683000000.0", "16830000e2"] {
        assert_eq!(read(text).unwrap().as_i64(), None, "{text}");
    }
}

#[test]
fn what_rfc_8259_does_not_allow_is_refused() {
    for text in [
        "",
        " ",
        "{",
        "}",
        "[1,]",
        "{\"a\":1,}",
        "{a:1}",
        "{\"a\" 1}",
        "[1 2]",
        "01",
        "-",
        "1.",
        ".5",
        "+1",
        "1e",
        "1e+",
        "tru",
        "nul",
        "\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "\"\\ud800\"",
        "\"\\udc00\"",
        "\"\\ud800\\u0041\"",
        "\"\u{1}\"",
        "\"\t\"",
        "'a'",
        "1 1",
        "{}x",
        "NaN",
        "Infinity",
        "\u{feff}{}",
    ] {
        assert_eq!(read(text), Err(JsonError::NotJson), "{text:?}");
    }
    assert_eq!(parse(b"\"\xff\"", 8), Err(JsonError::NotJson));
}

#[test]
fn a_member_with_serde_jsons_private_name_stays_a_member() {
    let text = r#"{"$serde_json::private::Number":"1"}"#;
    let value = read(text).unwrap();
    assert_eq!(value["$serde_json::private::Number"].as_str(), Some("1"));
}

/// Any JSON without fractions, whose text is the same however `serde_json` is built.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 48, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn what_serde_json_writes_is_read_as_it_was(value in any_json()) {
        prop_assert_eq!(read(&value.to_string()), Ok(value.clone()));
        prop_assert_eq!(read(&serde_json::to_string_pretty(&value).unwrap()), Ok(value));
    }

    #[test]
    fn both_readers_agree_on_damaged_text(value in any_json(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = value.to_string().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let theirs = serde_json::from_slice::<Value>(&bytes);
        match parse(&bytes, 8) {
            Ok(ours) => prop_assert!(ours == theirs.unwrap() || bytes.contains(&b'.') || bytes.contains(&b'-')
                || bytes.contains(&b'e') || bytes.contains(&b'E')),
            Err(JsonError::NotJson) => prop_assert!(theirs.is_err()),
            Err(_stricter) => {}
        }
    }

    #[test]
    fn any_octets_are_read_or_refused_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _outcome = parse(&bytes, 8);
    }
}
