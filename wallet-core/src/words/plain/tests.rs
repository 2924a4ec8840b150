use super::{code, plain, sentence};

#[test]
fn nothing_that_moves_the_cursor_or_turns_text_round_is_shown() {
    for (from, shown) in [
        ("Närvårdare – 4 §", "Närvårdare – 4 §"),
        ("a\u{1b}[2Jb", "a [2Jb"),
        ("a\r\n[x] Grade: 5", "a  [x] Grade: 5"),
        ("\u{202e}5 edarG\u{202c}", " 5 edarG "),
        ("one\u{2028}two\u{9b}1m", "one two 1m"),
    ] {
        assert_eq!(plain(from), shown);
    }
}

#[test]
fn what_others_say_is_short_and_their_codes_look_like_codes() {
    assert_eq!(sentence(&"å\n".repeat(10_000)).chars().count(), 300);
    assert_eq!(code("tx_code_wrong").as_deref(), Some("tx_code_wrong"));
    let long = "a".repeat(65);
    for bad in ["", "Två ord", "x\u{1b}[2J", long.as_str()] {
        assert_eq!(code(bad), None, "{bad:?}");
    }
}
