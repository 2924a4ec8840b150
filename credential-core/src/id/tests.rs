use super::GrantId;

#[test]
fn an_id_in_json_has_one_way_to_be_written() {
    let id = GrantId::from_bytes([0xab; 16]);
    let lower = id.to_string();
    let read = |text: &str| serde_json::from_str::<GrantId>(&format!("\"{text}\"")).ok();
    assert_eq!(read(&lower), Some(id));
    for other in [
        lower.to_uppercase(),
        lower.replace('-', ""),
        format!("urn:uuid:{lower}"),
        format!("{{{lower}}}"),
    ] {
        assert_eq!(read(&other), None, "{other}");
    }
}

#[test]
fn an_id_in_a_header_or_path_is_read_in_either_case() {
    // RFC 9562 section 4.
    let id = GrantId::from_bytes([0xab; 16]);
    assert_eq!(id.to_string().to_uppercase().parse(), Ok(id));
    assert!(id.to_string().replace('-', "").parse::<GrantId>().is_err());
}
