use super::{EntityId, Note, SuspensionError};

#[test]
fn a_participant_is_named_by_its_address_or_its_client_id() {
    let of_address: EntityId = "https://lumohoiva.example".parse().unwrap();
    let of_client: EntityId = "openid_federation:https://lumohoiva.example"
        .parse()
        .unwrap();
    assert_eq!(of_address, of_client);
    assert_eq!(of_client.as_str(), "https://lumohoiva.example");
    let long = format!("https://lumohoiva.example/{}", "x".repeat(1024));
    for wrong in ["", "lumohoiva", "ftp://lumohoiva.example", long.as_str()] {
        assert_eq!(wrong.parse::<EntityId>(), Err(SuspensionError::EntityId));
    }
}

#[test]
fn a_note_is_one_printing_line() {
    let longest = "ä".repeat(300);
    assert_eq!(longest.parse::<Note>().unwrap().as_str(), longest);
    let too_long = "ä".repeat(301);
    for wrong in ["", "  ", "two\nlines", "\u{1b}[31m", too_long.as_str()] {
        assert_eq!(wrong.parse::<Note>(), Err(SuspensionError::Note));
    }
}
