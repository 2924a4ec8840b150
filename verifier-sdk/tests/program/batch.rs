//! Checking many files at once, and the table about them.

use std::{
    fs,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::desk::{Desk, said, text};

/// A credential whose signature is another's.
fn turned(credential: &str) -> String {
    let at = credential.find('~').unwrap() - 10;
    let other = if &credential[at..=at] == "A" {
        "B"
    } else {
        "A"
    };
    format!("{}{other}{}", &credential[..at], &credential[at + 1..])
}

#[test]
fn a_folder_becomes_a_table_with_a_line_for_each_file_and_the_worst_verdict() {
    let desk = Desk::new();
    fs::create_dir(desk.path("in")).unwrap();
    desk.write("in/a.sd-jwt", &desk.credential());
    desk.write("in/b.sd-jwt", &turned(&desk.credential()));
    fs::write(desk.path("in/c.pdf"), [0xff, 0xfe]).unwrap();
    desk.write("in/.hidden", "nothing");
    let (folder, table) = (desk.path("in"), desk.path("table.csv"));
    let ran = desk.batch(&[text(&folder)], &["--summary", text(&table)]);
    let (code, out, err) = said(&ran);
    assert_eq!((code, out.as_str()), (Some(10), ""), "{err}");
    assert!(
        err.contains("Checked 3: 0 in order, 1 to look closer at,"),
        "{err}"
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(&table).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "it has names");
    }
    let table = fs::read_to_string(table).unwrap();
    let lines: Vec<_> = table.lines().collect();
    assert_eq!(
        lines[0],
        "file,verdict,reasons,issuer,type,person,title,issued,expires"
    );
    assert!(lines[1].contains("a.sd-jwt,attention,holder_not_shown,Example College,Qualification,Esimerkki-Lahti,Lähihoitaja,"), "{}", lines[1]);
    assert!(
        lines[2].ends_with("b.sd-jwt,invalid,signature_invalid,,,,,,"),
        "{}",
        lines[2]
    );
    assert!(lines[3].contains("c.pdf,"), "{}", lines[3]);
    assert!(!lines[3].contains(",valid,") && lines.len() == 4);
    assert!(!desk.path("table.csv.part").exists());
}

#[test]
fn lines_are_checked_in_their_order_and_one_that_is_too_long_hinders_no_other() {
    let desk = Desk::new();
    let (one, two) = (
        desk.credential_of("Ensimmäinen"),
        desk.credential_of("Toinen"),
    );
    let long = "x".repeat((1 << 20) + 7);
    desk.write("all.txt", &format!("{one}\n\n{long}\n  {two}  "));
    let lines = desk.path("all.txt");
    let (code, out, err) = said(&desk.batch(&["--lines", text(&lines)], &["--json"]));
    assert_eq!(code, Some(11), "{err}");
    let read: Vec<Value> = out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let of = |name: &str| -> Vec<_> { read.iter().map(|it| it[name].clone()).collect() };
    assert_eq!(of("file"), ["line 1", "line 3", "line 4"]);
    assert_eq!(of("verdict"), ["attention", "could_not_check", "attention"]);
    assert_eq!(read[1]["reasons"], serde_json::json!(["line_too_long"]));
    assert_eq!(
        (&read[0]["person"], &read[2]["person"]),
        (&"Ensimmäinen".into(), &"Toinen".into())
    );
    assert!(of("schema").iter().all(|it| it == "verify.summary/1"));
}

#[test]
fn what_a_stranger_wrote_is_no_formula_in_the_table() {
    let desk = Desk::new();
    desk.write(
        "a.sd-jwt",
        &desk.credential_of("=HYPERLINK(\"https://example.org\")"),
    );
    let file = desk.path("a.sd-jwt");
    let (code, out, err) = said(&desk.batch(&[text(&file)], &[]));
    assert_eq!(code, Some(12), "{err}");
    assert!(
        out.contains("\"'=HYPERLINK(\"\"https://example.org\"\")\""),
        "{out}"
    );
}

#[test]
fn a_missing_file_is_a_line_and_no_end() {
    let desk = Desk::new();
    desk.write("b.sd-jwt", &desk.credential());
    let (missing, there) = (desk.path("a.sd-jwt"), desk.path("b.sd-jwt"));
    let (code, out, _) = said(&desk.batch(&[text(&missing), text(&there)], &[]));
    assert_eq!(code, Some(11));
    assert!(
        out.contains("a.sd-jwt,could_not_check,io,") && out.contains("b.sd-jwt,attention,"),
        "{out}"
    );
    assert_eq!(said(&desk.batch(&[], &[])).0, Some(2));
}

#[test]
#[ignore = "long; gives figures for docs/benchmarks.md"]
fn a_hundred_thousand_credentials_are_checked_in_bounded_memory() {
    const COUNT: usize = 100_000;
    let desk = Desk::new();
    let some: Vec<_> = (0..100)
        .map(|it| desk.credential_of(&format!("Henkilö {it}")))
        .collect();
    let all: Vec<&str> = some
        .iter()
        .cycle()
        .take(COUNT)
        .map(String::as_str)
        .collect();
    desk.write("all.txt", &all.join("\n"));
    let [lines, table, list, key] =
        ["all.txt", "table.csv", "list.jwt", "registrar.jwk"].map(|it| desk.path(it));
    let began = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_verify"))
        .args([
            "batch",
            "--offline",
            "--lines",
            text(&lines),
            "--summary",
            text(&table),
        ])
        .args(["--trust-list", text(&list), "--registrar-key", text(&key)])
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let (mut peak, status) = (0_u64, format!("/proc/{}/status", child.id()));
    while child.try_wait().unwrap().is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let kib = text.lines().find_map(|it| it.strip_prefix("VmHWM:"));
        let kib = kib.and_then(|it| it.trim().trim_end_matches(" kB").parse().ok());
        peak = peak.max(kib.unwrap_or(0));
        std::thread::sleep(Duration::from_millis(20));
    }
    let took = began.elapsed();
    eprintln!(
        "{COUNT} credentials in {took:?}: {} per second, peak {} MiB",
        COUNT as u128 * 1000 / took.as_millis(),
        peak / 1024
    );
    assert_eq!(
        fs::read_to_string(table).unwrap().lines().count(),
        COUNT + 1
    );
    assert!(peak < 128 * 1024, "{peak} KiB");
}
