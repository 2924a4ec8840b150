//! Countries of the European Higher Education Area, and those whose people study there most, by the code
//! of the Publications Office (ISO 3166-1 alpha-3) and of the record (alpha-2).

const COUNTRIES: &[(&str, &str)] = &[
    ("ALB", "AL"),
    ("AND", "AD"),
    ("ARM", "AM"),
    ("AUS", "AU"),
    ("AUT", "AT"),
    ("AZE", "AZ"),
    ("BEL", "BE"),
    ("BGR", "BG"),
    ("BIH", "BA"),
    ("BLR", "BY"),
    ("BRA", "BR"),
    ("CAN", "CA"),
    ("CHE", "CH"),
    ("CHN", "CN"),
    ("CYP", "CY"),
    ("CZE", "CZ"),
    ("DEU", "DE"),
    ("DNK", "DK"),
    ("ESP", "ES"),
    ("EST", "EE"),
    ("FIN", "FI"),
    ("FRA", "FR"),
    ("GBR", "GB"),
    ("GEO", "GE"),
    ("GRC", "GR"),
    ("HRV", "HR"),
    ("HUN", "HU"),
    ("IND", "IN"),
    ("IRL", "IE"),
    ("ISL", "IS"),
    ("ITA", "IT"),
    ("JPN", "JP"),
    ("KAZ", "KZ"),
    ("KOR", "KR"),
    ("LIE", "LI"),
    ("LTU", "LT"),
    ("LUX", "LU"),
    ("LVA", "LV"),
    ("MDA", "MD"),
    ("MKD", "MK"),
    ("MLT", "MT"),
    ("MNE", "ME"),
    ("NLD", "NL"),
    ("NOR", "NO"),
    ("POL", "PL"),
    ("PRT", "PT"),
    ("ROU", "RO"),
    ("RUS", "RU"),
    ("SMR", "SM"),
    ("SRB", "RS"),
    ("SVK", "SK"),
    ("SVN", "SI"),
    ("SWE", "SE"),
    ("TUR", "TR"),
    ("UKR", "UA"),
    ("USA", "US"),
    ("VAT", "VA"),
];

/// The two letters of a country; nothing for one that is not listed.
pub(super) fn alpha2(code: &str) -> Option<&'static str> {
    let found = COUNTRIES.iter().find(|(alpha3, _)| *alpha3 == code);
    found.map(|(_, alpha2)| *alpha2)
}

/// The three letters of a country; nothing for one that is not listed.
pub(crate) fn country_alpha3(alpha2: &str) -> Option<&'static str> {
    let found = COUNTRIES.iter().find(|(_, listed)| *listed == alpha2);
    found.map(|(alpha3, _)| *alpha3)
}
