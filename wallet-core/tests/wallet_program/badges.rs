//! Open Badges: added from a file, listed and shown, and refused with a plain sentence.

use serde_json::{Value, json};

use super::{code, data, desk::Desk, error, said};

/// What the program answers as JSON.
fn answer(desk: &Desk, arguments: &[&str]) -> Value {
    let answered = desk.run(&[&["--json"], arguments].concat());
    assert_eq!(code(&answered), 0, "{}", said(&answered));
    serde_json::from_str(&data(&answered)).unwrap()
}

/// What the program says.
fn told(desk: &Desk, arguments: &[&str]) -> String {
    let answered = desk.run(arguments);
    assert_eq!(code(&answered), 0, "{}", said(&answered));
    data(&answered)
}

#[test]
fn a_badge_is_added_listed_and_shown() {
    let desk = Desk::new();
    let text = format!("{:#}\n", desk.badge());
    desk.write("badge.json", &text);
    let added = told(&desk, &["credential", "add", "badge.json"]);
    let lines: Vec<&str> = added.lines().collect();
    assert_eq!(
        lines[0],
        "Added: Open Badge: Food hygiene, issued by School. The signature was checked."
    );
    assert_eq!(
        lines[2],
        "  All in order: the certificate is genuine and valid."
    );
    let id = lines[1].trim();

    let listed = told(&desk, &["credential", "list"]);
    let line = format!("{id}  Open Badge: Food hygiene. Proven by School\n");
    assert_eq!(listed, line);
    assert_eq!(
        told(&desk, &["credential", "show", id]),
        "Open Badge: Food hygiene\nProven by School\n  Name: Food hygiene\n  \
         Description: Handling food safely\n  What was required: An examination\n  \
         Awarded: 2026-05-20\n  Result: 5\n  Level and skills: Self-monitoring\n  \
         Valid until 29 May 2131\n"
    );
    let raw = told(&desk, &["credential", "show", id, "--raw"]);
    assert_eq!(raw, text);
    assert!(told(&desk, &["status"]).starts_with("1 certificate,"));
}

#[test]
fn a_badge_as_json_says_its_format_and_what_the_check_found() {
    let desk = Desk::new();
    desk.write("badge.json", &desk.badge().to_string());
    let added = answer(&desk, &["credential", "add", "badge.json"]);
    assert_eq!(added["schema"], "wallet.badge-added/1");
    let added = &added["data"];
    assert_eq!(added["verdict"], "valid");
    assert_eq!(added["remarks"], json!([]));
    assert_eq!(added["was_held"], false);
    let listed = answer(&desk, &["credential", "list"]);
    assert_eq!(listed["schema"], "wallet.credentials/1");
    assert_eq!(listed["data"], json!([added["badge"]]));
    assert_eq!(listed["data"][0]["format"], "ldp_vc");
    let id = listed["data"][0]["id"].as_str().unwrap();
    let shown = answer(&desk, &["credential", "show", id]);
    assert_eq!(shown["schema"], "wallet.credential/1");
    assert_eq!(
        shown["data"]["document"]["awardedDate"],
        "2026-05-20T00:00:00Z"
    );

    let again = answer(&desk, &["credential", "add", "badge.json"]);
    assert_eq!(again["data"]["was_held"], true);
    assert_eq!(again["data"]["badge"], added["badge"]);
    let again = told(&desk, &["credential", "add", "badge.json"]);
    assert!(again.starts_with("This certificate is already in your wallet"));
    assert_eq!(answer(&desk, &["status"])["data"]["badges"], 1);
}

#[test]
fn a_badge_of_a_stranger_says_so_wherever_it_is_shown() {
    let desk = Desk::new();
    let mut badge = desk.badge_of_a_stranger("Surgery\n  Proven by School");
    desk.write("badge.json", &badge.to_string());
    let added = told(&desk, &["credential", "add", "badge.json"]);
    let remark = "Note: the issuer is not on our trust list.";
    assert!(added.contains(remark), "{added}");
    let id = added.lines().nth(1).unwrap().trim();
    for arguments in [
        ["credential", "list"].as_slice(),
        &["credential", "show", id],
    ] {
        let shown = told(&desk, arguments);
        assert!(shown.contains("The issuer is not on the trust list: did:key:z"));
        assert!(!shown.contains("\n  Proven by School"), "{shown}");
        assert!(!shown.contains("Somebody Else"), "{shown}");
    }
    let listed = answer(&desk, &["credential", "list"]);
    assert_eq!(listed["data"][0]["issuer_name"], Value::Null);

    badge["issuer"]["id"] = json!("https://school.example");
    desk.write("badge.json", &badge.to_string());
    let refused = desk.run(&["--json", "credential", "add", "badge.json"]);
    assert_eq!(error(&refused)["reason"], "signature_invalid");
}

#[test]
fn what_is_refused_is_said_in_a_plain_sentence_and_nothing_is_stored() {
    let desk = Desk::new();
    let badge = desk.badge();
    let mut changed = badge.clone();
    changed["credentialSubject"]["achievement"]["name"] = json!("Surgery");
    desk.write("changed.json", &changed.to_string());
    let mut context = badge.clone();
    context["@context"][1] = json!("https://elsewhere.example/context");
    desk.write("context.json", &context.to_string());
    let long = badge.to_string() + &" ".repeat(256 << 10);
    desk.write("long.json", &long);
    desk.write("octets", "{\"a\": 1}");
    for (file, exit, reason, sentences) in [
        (
            "changed.json",
            6,
            "signature_invalid",
            [
                "Todistusta ei lisätty: allekirjoitus ei täsmää",
                "Intyget lades inte till: ",
                "The certificate was not added: the signature does not match",
            ],
        ),
        (
            "context.json",
            6,
            "context_unknown",
            [
                "Todistusta ei lisätty: ",
                "Intyget lades inte till: ",
                "The certificate was not added: we could not check the signature",
            ],
        ),
        (
            "octets",
            2,
            "badge_malformed",
            [
                "Tiedosto ei ole Open Badge",
                "Filen är inte en Open Badge",
                "The file is not an Open Badge",
            ],
        ),
        (
            "long.json",
            2,
            "badge_too_large",
            [
                "Tiedosto on liian suuri",
                "Filen är för stor",
                "The file is too large",
            ],
        ),
        (
            "missing.json",
            2,
            "badge_file_unreadable",
            [
                "Tiedostoa ei ole",
                "Filen finns inte",
                "The file is not there",
            ],
        ),
    ] {
        let nothing = [
            "Mitään ei tallennettu.",
            "Inget sparades.",
            "Nothing was stored.",
        ];
        for ((language, sentence), nothing) in
            ["fi", "sv", "en"].into_iter().zip(sentences).zip(nothing)
        {
            let refused = desk.run(&["credential", "add", file, "--lang", language]);
            assert_eq!(code(&refused), exit, "{file}: {}", said(&refused));
            let told = said(&refused);
            assert!(told.starts_with(sentence), "{file}: {told}");
            assert!(told.contains(nothing), "{file}: {told}");
            assert!(told.contains(reason), "{file}: {told}");
        }
    }
    assert_eq!(answer(&desk, &["credential", "list"])["data"], json!([]));
}
