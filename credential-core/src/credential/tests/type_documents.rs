//! The documents in `types/` are made from `types/source.json`, which has each word once. A document
//! is never changed by hand: `vct#integrity` is over its octets.
//!
//! `UPDATE_TYPES=1 cargo test -p credential-core --lib type_documents` writes them.

use std::{collections::BTreeMap, fmt::Write as _, fs, path::PathBuf};

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::CredentialType;

const SOURCE: &str = include_str!("../types/source.json");
/// Claims of every credential, before its own: whose it is.
const PERSON: [&str; 3] = ["family_name", "given_name", "birthdate"];
const LANGUAGES: [&str; 3] = ["fi", "sv", "en"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    types: BTreeMap<String, Type>,
    /// Members that claims of one kind have in common.
    shapes: BTreeMap<String, Vec<String>>,
    words: BTreeMap<String, Words>,
}

/// In each language a label or name, and a sentence.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    fi: (String, String),
    sv: (String, String),
    en: (String, String),
}

#[derive(Deserialize)]
struct Type {
    #[serde(flatten)]
    words: Words,
    claims: Vec<Claim>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claim {
    claim: String,
    /// Which words, where they are not those of its name.
    words: Option<String>,
    /// Whose members it has, or each of its elements.
    shape: Option<String>,
    /// It is a list; each element has the words of the list and `[]`.
    #[serde(default)]
    list: bool,
    /// The members of each element.
    #[serde(default)]
    members: Vec<Self>,
    /// It stands once for each number, `_` and the number behind its name.
    #[serde(default)]
    numbers: Vec<u32>,
    #[serde(default)]
    mandatory: bool,
}

impl Words {
    fn each(&self) -> [(&str, &(String, String)); 3] {
        let [fi, sv, en] = LANGUAGES;
        [(fi, &self.fi), (sv, &self.sv), (en, &self.en)]
    }

    fn with_number(mut self, number: u32) -> Self {
        for (label, sentence) in [&mut self.fi, &mut self.sv, &mut self.en] {
            for text in [label, sentence] {
                *text = text.replace("{n}", &number.to_string());
            }
        }
        self
    }
}

/// One document, a line for each claim.
struct Document<'s> {
    source: &'s Source,
    lines: Vec<String>,
}

impl Document<'_> {
    fn claim(&mut self, above: &[Value], claim: &Claim) {
        let id = claim.words.as_ref().unwrap_or(&claim.claim);
        let mut path = above.to_vec();
        path.push(claim.claim.as_str().into());
        for number in &claim.numbers {
            let name = format!("{}_{number}", claim.claim);
            let words = self.words(id).with_number(*number);
            self.line(&[above, &[name.into()]].concat(), &words, claim.mandatory);
        }
        if claim.numbers.is_empty() {
            self.line(&path, &self.words(id), claim.mandatory);
        }
        if claim.list {
            path.push(Value::Null);
            self.line(&path, &self.words(&format!("{id}[]")), false);
        }
        for member in &claim.members {
            self.claim(&path, member);
        }
        let Some(shape) = &claim.shape else { return };
        let members = self.source.shapes.get(shape);
        for member in members.unwrap_or_else(|| panic!("no shape {shape}")) {
            let own = self.source.words.get(&format!("{id}.{member}"));
            let words = own.cloned();
            let words = words.unwrap_or_else(|| self.words(&format!("{shape}.{member}")));
            self.line(
                &[&path, &[member.as_str().into()][..]].concat(),
                &words,
                false,
            );
        }
    }

    /// Claims of the top level, and elements of their lists, can be shown or kept back one by one; what
    /// is within them goes with them.
    fn line(&mut self, path: &[Value], words: &Words, mandatory: bool) {
        let is_alone = matches!(path, [_] | [_, Value::Null]);
        let display = words.each().map(|(locale, (label, description))| {
            let [label, description] = [label, description].map(|text| json!(text));
            format!(r#"{{"locale": "{locale}", "label": {label}, "description": {description}}}"#)
        });
        let steps: Vec<String> = path.iter().map(Value::to_string).collect();
        let mut line = format!(
            r#"{{"path": [{}], "display": [{}], "sd": "{}""#,
            steps.join(", "),
            display.join(", "),
            if is_alone { "always" } else { "never" },
        );
        line.push_str(if mandatory {
            r#", "mandatory": true}"#
        } else {
            "}"
        });
        self.lines.push(line);
    }

    fn words(&self, id: &str) -> Words {
        let words = self.source.words.get(id);
        words.unwrap_or_else(|| panic!("no words for {id}")).clone()
    }
}

fn document(source: &Source, kind: CredentialType) -> String {
    let described = &source.types[name_of(kind)];
    let mut document = Document {
        source,
        lines: Vec::new(),
    };
    for name in PERSON {
        let claim = name.to_owned();
        document.claim(
            &[],
            &Claim {
                claim,
                ..Claim::default()
            },
        );
    }
    for claim in &described.claims {
        document.claim(&[], claim);
    }
    let display = described.words.each().map(|(locale, (name, description))| {
        let [name, description] = [name, description].map(|text| json!(text));
        format!(r#"    {{"locale": "{locale}", "name": {name}, "description": {description}}}"#)
    });
    let (name, description) = &described.words.en;
    let mut text = String::from("{\n");
    writeln!(text, "  \"vct\": {},", json!(kind.vct())).unwrap();
    writeln!(text, "  \"name\": {},", json!(name)).unwrap();
    writeln!(text, "  \"description\": {},", json!(description)).unwrap();
    writeln!(text, "  \"display\": [\n{}\n  ],", display.join(",\n")).unwrap();
    let claims = document.lines.join(",\n    ");
    writeln!(text, "  \"claims\": [\n    {claims}\n  ]\n}}").unwrap();
    text
}

fn name_of(kind: CredentialType) -> &'static str {
    kind.vct().rsplit('/').nth(1).unwrap()
}

#[test]
fn the_published_documents_are_what_their_source_gives() {
    let source: Source = serde_json::from_str(SOURCE).unwrap();
    assert_eq!(source.types.len(), CredentialType::ALL.len());
    for kind in CredentialType::ALL {
        let name = name_of(kind);
        let made = document(&source, kind);
        if std::env::var_os("UPDATE_TYPES").is_some() {
            let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/credential/types");
            fs::write(folder.join(format!("{name}.json")), &made).unwrap();
            continue;
        }
        assert!(
            made.as_bytes() == kind.type_metadata(),
            "{name}.json is not what source.json gives (UPDATE_TYPES=1 writes it, and a new version \
             of the type may be due)"
        );
    }
}

#[test]
fn every_word_of_the_source_is_used() {
    let all: String = CredentialType::ALL
        .iter()
        .map(|kind| String::from_utf8_lossy(kind.type_metadata()))
        .collect();
    let source: Source = serde_json::from_str(SOURCE).unwrap();
    for (id, words) in &source.words {
        for (_, (label, description)) in words.each() {
            let used = |text: &String| {
                let end = text.find("{n}").unwrap_or(text.len());
                let text = json!(text[..end]).to_string();
                all.contains(text.trim_matches('"'))
            };
            assert!(used(label) && used(description), "{id}");
        }
    }
}
