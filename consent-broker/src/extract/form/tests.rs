use proptest::prelude::*;

use super::Form;
use crate::error::RouteError;

#[test]
fn doubled_foreign_and_endless_parameters() {
    let refused = |text: &str| Form::parse(text.as_bytes()).unwrap_err().reason();
    assert_eq!(refused("code=a&code=b"), "parameter_doubled");
    assert_eq!(refused("code=a&code="), "parameter_doubled");
    assert_eq!(refused("code=%00"), "parameter_not_text");
    assert_eq!(refused("code=%ff%fe"), "parameter_not_text");
    let many: String = (0..40).map(|n| format!("p{n}=1&")).collect();
    assert_eq!(refused(&many), "parameters_too_many");
}

#[test]
fn an_empty_parameter_counts_as_absent() {
    let form = Form::parse(b"code=&state=x%20y").unwrap();
    assert_eq!(form.find("state"), Some("x y"));
    assert_eq!(
        form.require("code"),
        Err(RouteError::Malformed("parameter_missing"))
    );
}

#[test]
fn in_queries_of_our_own_an_empty_parameter_is_refused() {
    let empty = Form::parse_own(b"grant_id=");
    assert_eq!(empty, Err(RouteError::Malformed("parameter_empty")));
    assert_eq!(
        Form::parse_own(b"since=7").unwrap().find("since"),
        Some("7")
    );
}

proptest! {
    #[test]
    fn any_octets_are_a_form_or_a_refusal(octets in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Err(error) = Form::parse(&octets) {
            prop_assert_eq!(error.code(), "invalid_request");
        }
    }
}
