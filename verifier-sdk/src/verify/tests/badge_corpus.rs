//! Public examples of badges and learner records, where they lie beside the project. Their keys stand in the
//! fragments of their verification methods, so here their proofs can be judged without asking anybody.

use std::{fs, io::Write as _, path::Path};

use credential_core::{
    jose::VerifyingKey,
    linked_data::{SecuredDocument, from_multikey},
};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/openbadges");

fn judged(text: &[u8]) -> &'static str {
    let secured = match SecuredDocument::parse(text) {
        Ok(secured) => secured,
        Err(error) => return error.reason(),
    };
    let key = secured.key_id().and_then(|kid| from_multikey(kid).ok());
    let Some(key) = key.and_then(|key| VerifyingKey::try_from(&key).ok()) else {
        return "no key in the name";
    };
    match secured.verify(&key) {
        Ok(_verified) => "the proof holds",
        Err(error) => error.reason(),
    }
}

#[test]
fn every_public_badge_is_verified_or_answered_with_a_reason() {
    let folders = ["ob30", "clr20"].map(|name| Path::new(FOLDER).join(name));
    if !folders.iter().all(|folder| folder.is_dir()) {
        // Past the capture of test output, so that it is seen.
        writeln!(std::io::stderr(), "skipped: {FOLDER} is not here").unwrap();
        return;
    }
    let mut lines = Vec::new();
    for folder in folders {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|it| it == "json") {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                let of = folder.file_name().unwrap().to_string_lossy().into_owned();
                lines.push(format!(
                    "{of}/{name}: {}",
                    judged(&fs::read(&path).unwrap())
                ));
            }
        }
    }
    lines.sort();
    insta::assert_snapshot!(lines.join("\n"));
}
