//! Addresses of code systems that the record knows by a name.

/// Levels of the European Qualifications Framework; the number follows.
pub(crate) const EQF: &str = "http://data.europa.eu/snb/eqf/";
/// Where the national code service (koodistopalvelu) shows a code list.
const CODE_LISTS: &str = "https://virkailija.opintopolku.fi/koodisto-service/rest/codes/";
/// Fields of education (ISCED-F 2013) among the vocabularies of the European Learning Model.
const ISCED_F: &str = "http://data.europa.eu/snb/isced-f/25831c2";

/// The address of a code system; `None` for one that has none.
pub(crate) fn to_uri(scheme: &str) -> Option<String> {
    let is_list = scheme.len() >= 4 && scheme != "local";
    if scheme.starts_with("http") || scheme.starts_with("urn:") {
        Some(scheme.to_owned())
    } else if scheme == "isced-f" {
        Some(ISCED_F.to_owned())
    } else if is_list
        && scheme
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    {
        Some(format!("{CODE_LISTS}{scheme}"))
    } else {
        None
    }
}

/// The name of a code list of the national code service by its address; other addresses are themselves.
pub(super) fn from_uri(uri: String) -> String {
    match uri.strip_prefix(CODE_LISTS) {
        Some(list) if to_uri(list).as_deref() == Some(&uri) => list.to_owned(),
        _other => uri,
    }
}
