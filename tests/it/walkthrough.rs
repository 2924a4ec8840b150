//! Runs every command of `docs/walkthrough.md`, so that the page cannot go stale.

use std::{
    env, fs,
    net::TcpListener,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

const PAGE: &str = include_str!("../../docs/walkthrough.md");
const PROGRAMS: [&str; 5] = ["issuer", "broker", "wallet", "verify", "registrar"];
/// The whole page, passphrase stretching five or six times included.
const PATIENCE: Duration = Duration::from_secs(180);

#[test]
fn every_command_of_the_walkthrough_works() {
    let folder = tempfile::tempdir().unwrap();
    let script = with_free_ports(&commands(PAGE));
    assert!(script.lines().count() > 40, "the page has its commands");
    fs::write(folder.path().join("page.sh"), script).unwrap();
    let output = fs::File::create(folder.path().join("output")).unwrap();
    let path = format!("{}:{}", programs().display(), env!("PATH"));
    let child = Command::new("bash")
        .args(["-euo", "pipefail", "page.sh"])
        .current_dir(folder.path())
        .env("ROOT", env!("CARGO_MANIFEST_DIR"))
        .env("PATH", path)
        .stdin(Stdio::null())
        .stdout(output.try_clone().unwrap())
        .stderr(output)
        .process_group(0)
        .spawn()
        .unwrap();
    let succeeded = wait(child);
    let said = fs::read_to_string(folder.path().join("output")).unwrap();
    assert!(succeeded, "{said}");
    for sentence in [
        "Lumo Hoiva Ltd asks for your information",
        "All in order: genuine, valid and meant for you",
        "I sin ordning: äkta, giltigt och avsett för er",
        "They can no longer see your information here.",
        "aiemmin nähty on ennallaan",
        "0 damaged",
    ] {
        assert!(
            said.contains(sentence),
            "{sentence:?} is missing in:\n{said}"
        );
    }
    // The recipient read name, title and date, and nothing else that the credential says.
    assert!(!said.contains("Birth"), "{said}");
}

/// The text of all fences marked exactly `sh`, in order.
fn commands(page: &str) -> String {
    let mut script = String::new();
    let mut inside = false;
    for line in page.lines() {
        match line {
            "```sh" => inside = true,
            "```" => inside = false,
            command if inside => {
                script.push_str(command);
                script.push('\n');
            }
            _prose => {}
        }
    }
    script
}

/// The page's ports may be taken on this machine.
fn with_free_ports(script: &str) -> String {
    let held: Vec<TcpListener> = (0..3)
        .map(|_| TcpListener::bind("127.0.0.1:0").unwrap())
        .collect();
    let ports = held
        .iter()
        .map(|listener| listener.local_addr().unwrap().port().to_string());
    ["7101", "7102", "7103"]
        .iter()
        .zip(ports)
        .fold(script.to_owned(), |text, (fixed, free)| {
            assert!(text.contains(fixed), "{fixed}");
            text.replace(fixed, &free)
        })
}

/// Builds the programs beside the test itself and gives their folder.
fn programs() -> PathBuf {
    let test = env::current_exe().unwrap();
    let profile = test.parent().and_then(Path::parent).unwrap();
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--quiet", "--manifest-path"]);
    build.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
    build.arg("--target-dir").arg(profile.parent().unwrap());
    if profile.ends_with("release") {
        build.arg("--release");
    }
    build.args(PROGRAMS.iter().flat_map(|name| ["--bin", name]));
    assert!(build.status().unwrap().success());
    profile.to_owned()
}

fn wait(mut child: Child) -> bool {
    let began = Instant::now();
    let status = loop {
        match child.try_wait().unwrap() {
            Some(status) => break Some(status),
            None if began.elapsed() > PATIENCE => break None,
            None => std::thread::sleep(Duration::from_millis(100)),
        }
    };
    // Servers that the page started and did not stop, because it failed half-way.
    let end = format!("kill -KILL -- -{}", child.id());
    let _gone = Command::new("bash")
        .args(["-c", &end])
        .stderr(Stdio::null())
        .status();
    let _reaped = child.wait();
    status.is_some_and(|status| status.success())
}
