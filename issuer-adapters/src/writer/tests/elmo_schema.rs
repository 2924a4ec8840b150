//! ELMO documents against the schema, where both the schema and `xmllint` (libxml2) are there.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use super::round_trip::written;
use crate::{
    source::{tests::corpus::corpus, understand},
    writer::elmo::ElmoWriter,
};

/// What the schema imports from elsewhere, as far as the writer uses it. Nothing is fetched.
const IMPORTS: [(&str, &str); 4] = [
    (
        "http://www.w3.org/XML/1998/namespace",
        r#"<xs:attribute name="lang" type="xs:language"/>"#,
    ),
    (
        "http://www.w3.org/2000/09/xmldsig#",
        r#"<xs:element name="Signature"/>"#,
    ),
    (
        "http://europass.cedefop.europa.eu/Europass/V2.0",
        r#"<xs:simpleType name="countryCode"><xs:restriction base="xs:string"><xs:pattern value="[A-Z]{2}"/></xs:restriction></xs:simpleType>"#,
    ),
    (
        "https://github.com/erasmus-without-paper/ewp-specs-types-address/tree/stable-v1",
        r#"<xs:complexType name="FlexibleAddress"/>"#,
    ),
];

#[test]
fn every_transcript_of_the_corpus_fits_the_schema_of_elmo() {
    let Some(schema) = corpus(&["elmo-emrex/schema.xsd"]) else {
        return;
    };
    let Some(documents) = corpus(&["koski/opiskeluoikeus", "virta", "elmo-emrex", "elm-edc"])
    else {
        return;
    };
    let has_xmllint = Command::new("xmllint")
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if has_xmllint.is_err() {
        eprintln!("skipped: xmllint is not installed");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let main = with_local_imports(&String::from_utf8_lossy(&schema[0].1), folder.path());
    for (name, bytes) in &documents {
        let records = understand(bytes).map(|it| it.records).unwrap_or_default();
        for transcript in records.iter().filter_map(|it| written(&ElmoWriter, it)) {
            let file = folder.path().join("transcript.xml");
            fs::write(&file, &*transcript.documents[0]).unwrap();
            let checked = Command::new("xmllint")
                .args(["--noout", "--nonet", "--schema"])
                .args([&main, &file])
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&checked.stderr);
            assert!(checked.status.success(), "{name}: {said}");
        }
    }
}

fn with_local_imports(schema: &str, folder: &Path) -> std::path::PathBuf {
    let mut schema = schema.to_owned();
    for (number, (namespace, content)) in IMPORTS.into_iter().enumerate() {
        let local = format!("import{number}.xsd");
        let text = format!(
            r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{namespace}">{content}</xs:schema>"#
        );
        fs::write(folder.join(&local), text).unwrap();
        let start = schema
            .find(&format!(r#"<xs:import namespace="{namespace}""#))
            .unwrap();
        let end = start + schema[start..].find("/>").unwrap() + 2;
        let import = format!(r#"<xs:import namespace="{namespace}" schemaLocation="{local}"/>"#);
        schema.replace_range(start..end, &import);
    }
    let main = folder.join("elmo.xsd");
    fs::write(&main, schema).unwrap();
    main
}
