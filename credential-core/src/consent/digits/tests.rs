use proptest::prelude::*;

use super::{Digits, NotSixDigits};

#[test]
fn spaces_between_typed_digits_do_not_matter() {
    for typed in ["012345", "012 345", " 0 1 2 3 4 5\n", "012\u{a0}345"] {
        let digits = Digits::typed(typed).unwrap();
        assert_eq!((digits.as_str(), &*digits.spaced()), ("012345", "012 345"));
    }
}

#[test]
fn what_is_not_six_digits_is_refused() {
    let long = format!("{}012345", " ".repeat(40));
    for text in [
        "",
        "01234",
        "0123456",
        "01234a",
        "-12345",
        "+12345",
        "٠١٢٣٤٥",
        "012.345",
        &long,
    ] {
        assert_eq!(Digits::typed(text), Err(NotSixDigits), "{text}");
    }
    for json in ["\"012 345\"", "12345", "\"01234\"", "null"] {
        assert!(serde_json::from_str::<Digits>(json).is_err(), "{json}");
    }
}

#[test]
fn digits_in_a_log_line_are_not_shown() {
    let digits = Digits::typed("012345").unwrap();
    assert_eq!(format!("{digits:?}"), "Digits(..)");
    assert_eq!(serde_json::to_string(&digits).unwrap(), "\"012345\"");
}

proptest! {
    #[test]
    fn any_octets_give_six_digits_that_can_be_typed_back(octets: [u8; 8]) {
        let digits = Digits::of(octets);
        prop_assert_eq!(Digits::typed(&digits.spaced()), Ok(digits));
    }

    #[test]
    fn any_text_is_read_or_refused_without_panic(text in ".{0,40}") {
        if let Ok(digits) = Digits::typed(&text) {
            prop_assert!(digits.as_str().bytes().all(|b| b.is_ascii_digit()));
        }
    }
}
