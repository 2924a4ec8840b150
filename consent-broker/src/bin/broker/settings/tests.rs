use std::{fs, path::Path};

use super::{
    Environment, Layers, Origin, Problem, StoreSettings, example,
    file::parse,
    table::{Given, rows},
};

const WHOLE: &str = "
[broker]
data = '/srv/broker'
issuer = 'https://broker.example'
[http]
listen = '127.0.0.1:8080'
[trust]
list = 'list.jwt'
registrar_key = 'registrar.jwk'
";

fn given(text: &str) -> Given {
    let given = parse(Path::new("broker.toml"), text).unwrap();
    given.or(Given::defaults())
}

fn refusal(text: &str) -> String {
    parse(Path::new("broker.toml"), text)
        .unwrap_err()
        .to_string()
}

fn problems(text: &str) -> Vec<String> {
    let problems = given(&format!("{WHOLE}{text}")).settings().unwrap_err();
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn the_example_is_read_also_with_every_comment_taken_away() {
    let example = example();
    assert!(given(&example).settings().is_ok());
    let is_setting = |line: &str| line.contains(" = ") && !line.contains(". ");
    let bare: Vec<&str> = example
        .lines()
        .map(|line| {
            line.strip_prefix("# ")
                .filter(|it| is_setting(it))
                .unwrap_or(line)
        })
        .collect();
    let all = parse(Path::new("broker.toml"), &bare.join("\n")).unwrap();
    assert!(all.shown().iter().all(Option::is_some), "{all:?}");
}

#[test]
fn the_operators_page_lists_exactly_the_settings_there_are() {
    let page = include_str!("../../../../../docs/operations.md");
    let listed: Vec<&str> = page
        .lines()
        .filter(|line| line.starts_with("| `") && line.contains("` | `BROKER_"))
        .collect();
    let quoted = |text: &str| format!("`{text}`");
    let known: Vec<String> = rows()
        .iter()
        .map(|row| {
            let option = row.option.map(|option| format!("`--{option}`"));
            format!(
                "| {} | {} | {} | {} | {} |",
                quoted(&row.place()),
                quoted(&row.variable()),
                option.unwrap_or_default(),
                row.default.map(quoted).unwrap_or_default(),
                row.about.trim(),
            )
        })
        .collect();
    assert_eq!(listed, known);
}

#[test]
fn every_default_in_the_table_is_what_an_empty_file_gives() {
    let shown = Given::defaults().shown();
    for (row, value) in rows().iter().zip(shown) {
        let default = row.default.map(|text| text.trim_matches(['"', '[', ']']));
        assert_eq!(value.as_deref(), default, "{}", row.place());
    }
}

#[test]
fn the_command_line_wins_over_the_environment_and_that_over_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("broker.toml");
    fs::write(
        &file,
        "[http]\nshutdown_seconds = 1\n[clock]\njump_seconds = 7\n",
    )
    .unwrap();
    let environment = Environment::of(&[
        ("BROKER_HTTP_SHUTDOWN_SECONDS", "2"),
        ("BROKER_ISSUER", "https://two.example"),
    ]);
    let mut line = Given::default();
    line.broker.issuer = Some("https://three.example".into());
    line.broker.data = Some(folder.path().into());
    let layers = Layers::read(line, None, &environment).unwrap();
    let merged = layers.merged();
    assert_eq!(layers.path.as_deref(), Some(file.as_path()));
    assert_eq!(
        merged.broker.issuer.as_deref(),
        Some("https://three.example")
    );
    assert_eq!(merged.http.shutdown_seconds, Some(2));
    assert_eq!(merged.clock.jump_seconds, Some(7));
    let origins: Vec<_> = layers
        .shown()
        .into_iter()
        .map(|(row, _, at)| (row.place(), at))
        .collect();
    for expected in [
        ("broker.issuer", Origin::CommandLine),
        ("http.shutdown_seconds", Origin::Environment),
        ("clock.jump_seconds", Origin::File),
        ("store.kind", Origin::Default),
        ("http.admin", Origin::Nowhere),
    ] {
        assert!(
            origins.contains(&(expected.0.into(), expected.1)),
            "{expected:?}"
        );
    }
}

#[test]
fn a_relative_path_in_a_file_begins_in_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("settings.toml");
    fs::write(&file, "[trust]\nlist = 'list.jwt'\n").unwrap();
    let layers = Layers::read(Given::default(), Some(&file), &Environment::default()).unwrap();
    let merged = layers.merged();
    assert_eq!(merged.trust_list().unwrap(), folder.path().join("list.jwt"));
    assert_eq!(merged.data().unwrap(), folder.path().join(""));
}

#[test]
fn a_mistyped_name_is_refused_with_its_line_and_the_likely_one() {
    let said = refusal("[http]\nlisten = '127.0.0.1:1'\nshutdown_second = 3\n");
    assert_eq!(
        said,
        "broker.toml:3: unknown name `shutdown_second`: did you mean `shutdown_seconds`?"
    );
    let said = refusal("\n[htp]\n");
    assert_eq!(
        said,
        "broker.toml:2: unknown name `htp`: did you mean `http`?"
    );
    let said = refusal("zebra = 1");
    assert_eq!(said, "broker.toml:1: unknown name `zebra`");
}

#[test]
fn a_wrong_value_is_refused_with_its_line_and_is_not_repeated() {
    let said = refusal("[store]\nurl = 12345\n");
    assert!(
        said.starts_with("broker.toml:2: expected") && !said.contains("12345"),
        "{said}"
    );
    let said = refusal("[store]\nkind = 'hunter2'\n");
    assert!(
        said.starts_with("broker.toml:2: ") && !said.contains("hunter2"),
        "{said}"
    );
    let environment = Environment::of(&[("BROKER_HTTP_LISTEN", "hunter2")]);
    let said = Layers::read(Given::default(), None, &environment)
        .unwrap_err()
        .to_string();
    assert!(
        said.starts_with("BROKER_HTTP_LISTEN: should be") && !said.contains("hunter2"),
        "{said}"
    );
}

#[test]
fn a_variable_that_only_looks_like_ours_is_told_and_not_refused() {
    let environment = Environment::of(&[
        ("BROKER_PORT", "tcp://10.0.0.1:80"),
        ("BROKER_HTTP_LISTN", "x"),
    ]);
    let layers = Layers::read(Given::default(), None, &environment).unwrap();
    assert_eq!(
        layers.unknown_variables,
        [
            "BROKER_PORT",
            "BROKER_HTTP_LISTN (did you mean BROKER_HTTP_LISTEN?)"
        ]
    );
}

#[test]
fn all_problems_are_told_at_once() {
    let problems = Given::defaults().settings().unwrap_err();
    let places: Vec<String> = problems
        .iter()
        .map(|problem| match problem {
            Problem::Missing(row) | Problem::Wrong { row, .. } => row.place(),
        })
        .collect();
    let expected = [
        "broker.data",
        "broker.issuer",
        "http.listen",
        "trust.list",
        "trust.registrar_key",
        "broker.data",
    ];
    assert_eq!(places, expected);
}

#[test]
fn values_out_of_bounds_are_refused() {
    for (text, said) in [
        (
            "[clock]\njump_seconds = 0",
            "clock.jump_seconds: should be between 5 and 3600",
        ),
        (
            "[store]\nkind = 'postgres'\nurl = 'mysql://x'",
            "store.url: should begin with postgres://",
        ),
        (
            "[store]\nkind = 'postgres'\nurl = 'postgres://x'\nconnections = 0",
            "store.connections: should be between 1 and 1000",
        ),
        (
            "[store]\nkind = 'postgres'\nurl = 'postgres://x'\nurl_file = 'x'",
            "store.url_file: give store.url or store.url_file, not both",
        ),
        (
            "[store]\nkind = 'postgres'",
            "store.url_file is not set: give BROKER_STORE_URL_FILE or the line in the file",
        ),
    ] {
        assert_eq!(problems(text), [said]);
    }
    let public = WHOLE.replace("listen =", "admin = '0.0.0.0:9090'\nlisten =");
    let said = given(&public).settings().unwrap_err();
    assert_eq!(
        said[0].to_string(),
        "http.admin: should be an address of loopback or of a private network"
    );
    let half = WHOLE.replace("listen =", "tls_key = 'key.pem'\nlisten =");
    let said = given(&half).settings().unwrap_err();
    assert!(
        said[0]
            .to_string()
            .starts_with("http.tls_certificate is not set")
    );
}

#[cfg(unix)]
#[test]
fn a_secret_is_read_from_a_file_of_its_owner_only_and_never_shown() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("url");
    fs::write(&secret, "postgres://broker:hunter2@db/broker\n").unwrap();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o644)).unwrap();
    let text = format!(
        "{WHOLE}[store]\nkind = 'postgres'\nurl_file = '{}'",
        secret.display()
    );
    let refused = given(&text).settings().unwrap_err();
    assert!(
        refused[0]
            .to_string()
            .ends_with("can be read by others: set its mode to 0600")
    );
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
    let settings = given(&text).settings().unwrap();
    assert!(!format!("{settings:?}").contains("hunter2"));
    let StoreSettings::Postgres { url, .. } = settings.store else {
        panic!("another store");
    };
    assert_eq!(url.expose(), "postgres://broker:hunter2@db/broker");
    let direct = given(&format!(
        "{WHOLE}[store]\nkind = 'postgres'\nurl = 'postgres://hunter2'"
    ));
    assert!(!format!("{direct:?}").contains("hunter2"));
    assert!(
        !direct
            .shown()
            .into_iter()
            .flatten()
            .any(|it| it.contains("hunter2"))
    );
}
