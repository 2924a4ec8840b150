//! Credentials from a spreadsheet, as users of `issuer` meet them; above all that work which is killed
//! anywhere can be begun anew.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use std::{collections::HashMap, fmt::Write as _, path::Path, process::Stdio, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use credential_core::{
    clock::{Clock as _, SystemClock},
    jose::{Es256Key, Jwk, VerifyingKey},
    sd_jwt::SdJwt,
};
use serde_json::Value;

use support::{
    Institution, Server, assert_private, collect, command, data, exit_code, stderr, stdout,
};

/// An institution, a template and a table.
struct Course {
    institution: Institution,
    template: String,
    csv: String,
    results: String,
    address: String,
}

impl Course {
    fn new(table: &str) -> Self {
        // The links of offers name the server: its port must be known before it runs.
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap().to_string();
        let institution = Institution::init(&["--identifier", &format!("http://{address}")]);
        let template = institution.path("badge.json");
        assert_eq!(
            exit_code(&support::issuer(&["template", "new", &template])),
            0
        );
        Self {
            csv: institution.file("course.csv", table),
            results: institution.path("course.offers.csv"),
            template,
            institution,
            address,
        }
    }

    fn arguments(&self) -> Vec<&str> {
        let data = self.institution.data();
        vec![
            "issue",
            "--template",
            &self.template,
            "--csv",
            &self.csv,
            "--data",
            data,
        ]
    }

    fn issue(&self, more: &[&str]) -> std::process::Output {
        support::issuer(&[&self.arguments(), more].concat())
    }

    fn handed(&self) -> Vec<HashMap<String, String>> {
        let mut reader = csv::Reader::from_path(&self.results).unwrap();
        reader.deserialize().map(Result::unwrap).collect()
    }

    fn offers(&self) -> Vec<Value> {
        let listed = self.institution.run(&["offer", "list", "--json"], &[]);
        data(&listed).as_array().unwrap().clone()
    }
}

fn table(rows: usize) -> String {
    let mut table = "Sukunimi;Etunimi;Syntymäaika;Suoritettu\n".to_owned();
    for row in 0..rows {
        writeln!(table, "Näyte;Aada {row};1.2.2001;4.3.2026").unwrap();
    }
    table
}

const MIXED: &str = "Sukunimi;Etunimi;Syntymäaika;Suoritettu;Huom\n\
    Näyte;Aada;24.12.2001;4.3.2026;\n\
    Malli;;;4.3.2026;\n\
    =Koe();Iida;;eilen;\n\
    =Koe();Iida;;5.3.2026;\n";

#[test]
fn a_dry_run_shows_what_each_row_gives_and_offers_nothing() {
    let course = Course::new(MIXED);
    let dry = course.issue(&["--dry-run"]);
    assert_eq!(exit_code(&dry), 8);
    let shown = stdout(&dry);
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(lines.len(), 5, "{shown}");
    assert!(
        lines[0].contains("Näyte, Aada") && lines[0].ends_with("Skill badge"),
        "{shown}"
    );
    assert!(
        lines[1].contains("3  ") && lines[1].ends_with("PROBLEM Etunimi is empty"),
        "{shown}"
    );
    assert!(lines[2].contains("Suoritettu is no date"), "{shown}");
    assert!(
        lines[4].starts_with("4 rows, 2 with problems. Nothing was offered."),
        "{shown}"
    );
    assert!(stderr(&dry).contains("rows_with_problems"));
    assert!(stderr(&dry).contains("does not use: Huom"));
    assert!(!Path::new(&course.results).exists());
    assert_eq!(course.offers().len(), 0);
    let unsaid = course.issue(&[]);
    assert_eq!(
        exit_code(&unsaid),
        2,
        "how persons were matched is asked for"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn good_rows_are_offered_and_a_corrected_table_offers_only_what_is_new() {
    let course = Course::new(MIXED);
    let first = course.issue(&["--matched", "demonstration-only", "--valid-for", "60"]);
    assert_eq!(exit_code(&first), 8, "{}", stderr(&first));
    assert!(stdout(&first).contains("4 rows: 2 offered, 0 offered before, 2 with problems."));
    let handed = course.handed();
    assert_eq!(handed.len(), 2);
    assert_private(Path::new(&course.results));
    assert_eq!(
        handed[1]["person"], "'=Koe(), Iida",
        "a spreadsheet must not calculate a name"
    );
    let until: DateTime<Utc> = handed[0]["expires"].parse().unwrap();
    assert!(until > SystemClock.now() + TimeDelta::days(59), "{until}");
    let again = course.issue(&["--matched", "demonstration-only"]);
    assert_eq!(exit_code(&again), 6, "results are not overwritten");

    std::fs::remove_file(&course.results).unwrap();
    std::fs::write(
        &course.csv,
        MIXED
            .replace("Malli;;", "Malli;Eetu;")
            .replace("eilen", "6.3.2026"),
    )
    .unwrap();
    let corrected = course.issue(&["--matched", "demonstration-only"]);
    assert_eq!(exit_code(&corrected), 0, "{}", stderr(&corrected));
    assert!(stdout(&corrected).contains("4 rows: 2 offered, 2 offered before, 0 with problems."));
    let after = course.handed();
    assert_eq!(
        after[0],
        HashMap::from_iter(
            [("state".into(), "offered before".into())]
                .into_iter()
                .chain(
                    handed[0]
                        .clone()
                        .into_iter()
                        .filter(|(name, _)| name != "state")
                )
        )
    );

    // What was offered can be collected, by a server at the place the links name.
    let server = Server::at(&course.institution, &course.address, &[]);
    let key = Es256Key::generate().unwrap().0;
    let (link, code) = (&after[0]["link"], &after[0]["code"]);
    let credential = collect(&server.identifier, link, code, "skill-badge", &key)
        .await
        .unwrap();
    let key = course.institution.entry["jwks"]["keys"][0].clone();
    let jwk: Jwk = serde_json::from_value(key).unwrap();
    let verified = SdJwt::parse(&credential)
        .unwrap()
        .verify(&VerifyingKey::try_from(&jwk).unwrap());
    assert!(verified.unwrap().status().is_some());
    let edition = course.issue(&[
        "--matched",
        "demonstration-only",
        "--edition",
        "2027",
        "--out",
        &course.institution.path("next.jsonl"),
    ]);
    assert_eq!(
        exit_code(&edition),
        0,
        "asked of the running server: {}",
        stderr(&edition)
    );
    let lines = std::fs::read_to_string(course.institution.path("next.jsonl")).unwrap();
    assert_eq!(lines.lines().count(), 4);
    assert!(lines.contains(r#""state":"offered""#));
}

#[cfg(unix)]
#[test]
fn work_that_is_killed_anywhere_and_begun_anew_offers_each_row_once_and_loses_none() {
    const ROWS: usize = 3_000;
    let course = Course::new(&table(ROWS));
    let mut kills = 0;
    // Later and later, from before the first row to after the last.
    for patience in [20, 60, 120, 250, 400, 700, 1_100, 1_600] {
        let mut child = command(&course.arguments())
            .args(["--matched", "demonstration-only"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(patience));
        child.kill().unwrap();
        if !child.wait().unwrap().success() {
            kills += 1;
            assert!(
                !Path::new(&course.results).exists(),
                "half a file of results is none"
            );
        } else {
            break;
        }
    }
    assert!(kills > 1, "the work was too quick to be interrupted");
    let half_way = course.offers().len();
    if !Path::new(&course.results).exists() {
        let last = course.issue(&["--matched", "demonstration-only", "--json"]);
        assert_eq!(exit_code(&last), 0, "{}", stderr(&last));
        let totals: Value = serde_json::from_slice(&last.stdout).unwrap();
        assert_eq!(
            totals["data"]["before"], half_way,
            "what was made before is kept"
        );
        assert_eq!(totals["data"]["offered"], ROWS - half_way);
    }
    let mut handed: Vec<_> = course
        .handed()
        .into_iter()
        .map(|it| it["offer"].clone())
        .collect();
    let mut kept: Vec<_> = course
        .offers()
        .iter()
        .map(|it| it["id"].as_str().unwrap().to_owned())
        .collect();
    handed.sort();
    kept.sort();
    assert_eq!(
        kept.len(),
        ROWS,
        "nothing is offered twice, and nothing is lost"
    );
    assert_eq!(handed, kept);
    assert!(
        course.handed().iter().all(|it| it["code"].len() == 6
            && it["reference"].len() == 9
            && !it["link"].is_empty())
    );
}

#[test]
fn a_template_says_all_its_problems_and_is_listed() {
    let institution = Institution::init(&[]);
    let good = institution.path("good.json");
    support::issuer(&["template", "new", &good]);
    let checked = support::issuer(&["template", "check", &good]);
    assert_eq!(exit_code(&checked), 0, "{}", stderr(&checked));
    assert!(
        stdout(&checked).contains("birthdate from Syntymäaika"),
        "{}",
        stdout(&checked)
    );
    let text = std::fs::read_to_string(&good).unwrap();
    let bad = institution.file(
        "bad.json",
        text.replace("skill-badge\"", "medal\"")
            .replace("\"family_name\"", "\"nickname\""),
    );
    let checked = support::issuer(&["template", "check", &bad]);
    assert_eq!(exit_code(&checked), 8);
    for place in [
        "/credential_type: ",
        "/columns: a required column must fill family_name",
    ] {
        assert!(stderr(&checked).contains(place), "{}", stderr(&checked));
    }
    institution.file("other.json", "{}");
    let listed = support::issuer(&[
        "template",
        "list",
        institution.parent.path().to_str().unwrap(),
    ]);
    assert_eq!(stdout(&listed).lines().count(), 2, "{}", stdout(&listed));
    assert_eq!(
        exit_code(&support::issuer(&["template", "new", &good])),
        6,
        "nothing is overwritten"
    );
}

/// 100,000 rows: `cargo test --release … -- --ignored --nocapture`.
#[cfg(target_os = "linux")]
#[test]
#[ignore = "takes a minute; gives figures for docs/benchmarks.md"]
fn a_hundred_thousand_rows_in_bounded_memory() {
    const ROWS: usize = 100_000;
    let course = Course::new(&table(ROWS));
    let began = std::time::Instant::now();
    let mut child = command(&course.arguments())
        .args(["--matched", "demonstration-only"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let (mut peak, status) = (0_u64, format!("/proc/{}/status", child.id()));
    let done = loop {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let kib = text.lines().find_map(|it| it.strip_prefix("VmHWM:"));
        peak = peak.max(
            kib.and_then(|it| it.trim().trim_end_matches(" kB").parse().ok())
                .unwrap_or(0),
        );
        if let Some(done) = child.try_wait().unwrap() {
            break done;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    assert!(done.success());
    let took = began.elapsed();
    let rate = ROWS as u128 * 1000 / took.as_millis();
    eprintln!(
        "{ROWS} rows in {took:?}: {rate} rows/s, peak {} MiB",
        peak / 1024
    );
    assert_eq!(course.handed().len(), ROWS);
    assert!(peak < 512 * 1024, "{peak} KiB");
}
