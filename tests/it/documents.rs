//! The project's words: what its pages claim exists, and its catalogues say the same in each language.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use credential_core::{catalog::Catalog, text::Language};

/// What a newcomer is told to type, and `.ci/run` runs.
const COMMANDS: [&str; 2] = ["cargo run --release -- --once", "cargo test --workspace"];

#[test]
fn every_test_that_a_page_names_exists() {
    let sources: Vec<String> = files("rs").iter().map(|path| text(path)).collect();
    // Or a code that the programs answer with, which may be as long.
    let exists = |name: &str| {
        let (declared, code) = (format!("fn {name}("), format!("\"{name}\""));
        let mut sources = sources.iter();
        sources.any(|source| source.contains(&declared) || source.contains(&code))
    };
    let mut named = 0;
    for page in pages() {
        for name in quoted(&text(&page))
            .into_iter()
            .filter(|it| is_sentence(it))
        {
            named += 1;
            assert!(exists(&name), "{}: {name}", page.display());
        }
    }
    assert!(named > 100, "only {named} names were found");
}

#[test]
fn every_link_between_pages_leads_somewhere() {
    let mut followed = 0;
    for page in pages() {
        for link in links(&text(&page)) {
            if link.contains("://") {
                continue;
            }
            followed += 1;
            let (file, heading) = link.split_once('#').unwrap_or((&link, ""));
            let target = match file {
                "" => page.clone(),
                file => page.parent().unwrap().join(file),
            };
            assert!(target.exists(), "{}: {link}", page.display());
            assert!(
                heading.is_empty() || headings(&text(&target)).contains(heading),
                "{}: {link}",
                page.display()
            );
        }
    }
    assert!(followed > 40, "only {followed} links were found");
}

#[test]
fn the_readme_gives_exactly_the_two_commands_and_ci_runs_them() {
    let readme = text(&root().join("README.md"));
    let section = readme
        .split("\n## ")
        .find(|part| part.starts_with("Two commands\n"));
    let fences: Vec<&str> = section.unwrap().split("```").collect();
    assert_eq!(fences.len(), 3, "one block");
    assert_eq!(fences[1].trim().lines().collect::<Vec<_>>(), COMMANDS);
    let ci = text(&root().join(".ci/run")).replace(" --locked", "");
    for command in COMMANDS {
        assert!(ci.contains(command), "{command}");
    }
}

#[test]
fn every_catalogue_says_the_same_things_with_the_same_values_in_three_languages() {
    let folders: BTreeSet<PathBuf> = files("ftl")
        .iter()
        .map(|path| path.parent().unwrap().to_owned())
        .collect();
    assert!(folders.len() >= 4, "{folders:?}");
    for folder in folders {
        let read = |language: Language| text(&folder.join(format!("{}.ftl", language.tag())));
        let english = read(Language::En);
        let expected = messages(&english);
        assert!(!expected.is_empty(), "{}", folder.display());
        for language in Language::ALL {
            let source = read(language);
            assert_eq!(
                messages(&source),
                expected,
                "{} {language}",
                folder.display()
            );
            let catalog = Catalog::new(language, &source);
            for id in expected.keys() {
                assert!(catalog.has(id), "{} {language} {id}", folder.display());
            }
        }
    }
}

#[test]
fn words_that_the_glossary_rules_out_are_in_no_catalogue() {
    for path in files("ftl") {
        let source = text(&path).to_lowercase();
        for word in [
            "rekisterinpitäj",
            "kredentiaali",
            "myöntäjä",
            "registeransvarig",
        ] {
            assert!(!source.contains(word), "{}: {word}", path.display());
        }
    }
}

#[test]
fn the_conformance_page_has_a_line_for_each_module_and_for_each_of_its_tests() {
    let page = text(&root().join("docs/conformance.md"));
    let lines = page.lines().filter(|line| line.starts_with("| `"));
    let rows: Vec<Vec<&str>> = lines
        .map(|line| line.split('|').map(str::trim).collect())
        .collect();
    assert_eq!(rows.len(), 63);
    let mut named = BTreeSet::new();
    for row in &rows {
        assert_eq!(row.len(), 5, "{row:?}");
        let (module, test) = (row[1].trim_matches('`'), row[2].trim_matches('`'));
        assert_eq!(module.to_lowercase().replace('-', "_"), test);
        assert!(named.insert(test.to_owned()), "{test} is there twice");
    }
    let folder = root().join("consent-broker/src/tests/fapi");
    let files = fs::read_dir(folder).unwrap();
    let sources = files.map(|file| text(&file.unwrap().path()));
    let tests: BTreeSet<String> = sources.flat_map(|source| tests_of(&source)).collect();
    assert_eq!(named, tests);
    // The page counts only what is as the module asks.
    let is_as_asked = |row: &&Vec<&str>| {
        let aside = ["Not ours", "Differs"];
        !aside.iter().any(|begin| row[3].starts_with(begin))
    };
    let passed = rows.iter().filter(is_as_asked).count();
    let claim = format!("passes our own tests for {passed} of 63 module names.");
    assert!(page.contains(&claim), "{claim}");
    assert!(!page.contains("certified"));
}

/// The names of a source's asynchronous tests.
fn tests_of(source: &str) -> Vec<String> {
    let marked = source.split("#[tokio::test").skip(1);
    let name = |after: &str| {
        let (_, declared) = after.split_once("async fn ")?;
        Some(declared.split_once('(')?.0.to_owned())
    };
    marked.filter_map(name).collect()
}

#[test]
fn no_file_names_the_place_where_it_was_written() {
    // Put together here, so that this file does not name it either.
    let internal = [["/wo", "rk/"], ["shared/", "design"]].map(|halves| halves.concat());
    let mut read = 0;
    for path in files("") {
        let Ok(content) = fs::read_to_string(&path) else {
            continue;
        };
        read += 1;
        for words in &internal {
            assert!(!content.contains(words), "{}: {words}", path.display());
        }
    }
    assert!(read > 400, "only {read} files were read");
}

/// The identifiers in single backticks.
fn quoted(page: &str) -> Vec<String> {
    let inside = page.split('`').skip(1).step_by(2);
    inside.map(str::to_owned).collect()
}

/// Tests have sentences for names: four words or more.
fn is_sentence(name: &str) -> bool {
    let is_word = |word: &str| {
        let mut letters = word.chars();
        !word.is_empty() && letters.all(|it| it.is_ascii_lowercase() || it.is_ascii_digit())
    };
    name.split('_').count() >= 4 && name.split('_').all(is_word)
}

/// The targets of inline links. A link may be broken over two lines; its target is not.
fn links(page: &str) -> Vec<String> {
    let targets = page.split("](").skip(1);
    targets
        .filter_map(|rest| rest.split_once(')'))
        .map(|(target, _)| target.to_owned())
        .collect()
}

/// The anchors of a page's headings, as source hosts make them.
fn headings(page: &str) -> BTreeSet<String> {
    let titles = page.lines().filter(|line| line.starts_with('#'));
    let anchor = |title: &str| {
        let words = title.trim_start_matches('#').trim().to_lowercase();
        let kept = words
            .chars()
            .filter(|it| it.is_alphanumeric() || " -_".contains(*it));
        kept.map(|it| if it == ' ' { '-' } else { it }).collect()
    };
    titles.map(anchor).collect()
}

/// Each message of a catalogue with the names of the values it fills in.
fn messages(source: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut messages = BTreeMap::new();
    let mut current: Option<String> = None;
    for line in source.lines().filter(|line| !line.starts_with('#')) {
        let begins = line.starts_with(|first: char| first.is_ascii_lowercase());
        if let (true, Some((id, _))) = (begins, line.split_once(" =")) {
            current = Some(id.to_owned());
        }
        if let Some(id) = &current {
            let values: &mut BTreeSet<String> = messages.entry(id.clone()).or_default();
            values.extend(line.split('$').skip(1).map(|rest| {
                let is_name = |it: &char| it.is_ascii_alphanumeric() || *it == '_';
                rest.chars().take_while(is_name).collect()
            }));
        }
    }
    messages
}

/// Every page of the project's own.
fn pages() -> Vec<PathBuf> {
    let pages = files("md");
    assert!(pages.len() > 15, "{pages:?}");
    pages
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The project's files whose names end so, in order; build output and the history aside.
fn files(extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    collect(&root(), extension, &mut found);
    found.sort();
    found
}

fn collect(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy();
        // In a work tree `.git` is a file, and says where the work tree is.
        if ["target", ".git", "node_modules"].contains(&&*name) {
            continue;
        }
        if path.is_dir() {
            collect(&path, extension, found);
        } else if extension.is_empty() || path.extension().is_some_and(|it| it == extension) {
            found.push(path);
        }
    }
}
