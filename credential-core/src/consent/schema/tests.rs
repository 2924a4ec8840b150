use super::{requested_details, rules};

#[test]
fn every_rule_has_its_place() {
    let schema = requested_details();
    for (place, rules) in rules() {
        let found = schema.pointer(place).unwrap_or_else(|| panic!("{place}"));
        for (name, rule) in rules.as_object().unwrap() {
            assert_eq!(found[name], *rule, "{place} {name}");
        }
    }
    assert_eq!(
        schema["$schema"],
        "https://json-schema.org/draft/2020-12/schema"
    );
    assert_eq!(schema["additionalProperties"], false);
}
