use serde_json::json;

use super::{NotCanonical, to_string, whole_jcs};

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

#[test]
fn numbers_are_written_as_ecmascript_writes_them() {
    // From RFC 8785 appendix B.
    for (bits, written) in [
        (0x0000_0000_0000_0000_u64, "0"),
        (0x8000_0000_0000_0000, "0"),
        (0x0000_0000_0000_0001, "5e-324"),
        (0x8000_0000_0000_0001, "-5e-324"),
        (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
        (0x4340_0000_0000_0000, "9007199254740992"),
        (0x4430_0000_0000_0000, "295147905179352830000"),
        (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
        (0x44b5_2d02_c7e1_4af6, "1e+23"),
        (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
        (0x444b_1ae4_d6e2_ef50, "1e+21"),
        (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
        (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
        (0x41b3_de43_5555_5553, "333333333.3333332"),
        (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
        (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
    ] {
        let number = json!(f64::from_bits(bits));
        assert_eq!(whole_jcs(&number).unwrap(), written, "{bits:x}");
    }
    assert_eq!(
        whole_jcs(&json!({"b": 7.5, "a": 3})).unwrap(),
        r#"{"a":3,"b":7.5}"#
    );
    assert_eq!(whole_jcs(&json!(u64::MAX)), Err(NotCanonical::Number));
}
