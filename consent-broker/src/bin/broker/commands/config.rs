//! `broker config`.

use serde_json::{Value, json};

use crate::{
    config::{ConfigCheck, ConfigShow, Serving},
    failure::Failure,
    output,
    settings::{Layers, Origin, Problem, example},
    store::configured,
};

pub(crate) fn check(arguments: &ConfigCheck) -> Result<(), Failure> {
    let layers = read(&arguments.serving)?;
    let problems = layers.merged().settings().err().unwrap_or_default();
    let variables = &layers.unknown_variables;
    if arguments.json {
        let problems: Vec<String> = problems.iter().map(Problem::to_string).collect();
        output::json(&json!({
            "schema": "broker.config-check/1",
            "file": layers.path,
            "settings": settings(&layers),
            "problems": problems,
            "unknown_variables": variables,
        }))?;
    } else {
        print(&layers)?;
        for problem in &problems {
            output::line(&format!("wrong: {problem}"))?;
        }
        for variable in variables {
            output::line(&format!("not known: the variable {variable}"))?;
        }
    }
    match problems.len() {
        0 => Ok(()),
        1 => Err(wrong("something is wrong or missing".into())),
        count => Err(wrong(format!("{count} things are wrong or missing"))),
    }
}

pub(crate) fn show(arguments: &ConfigShow) -> Result<(), Failure> {
    if arguments.example {
        return output::line(example().trim_end());
    }
    print(&read(&arguments.serving)?)
}

fn wrong(what: String) -> Failure {
    Failure::new(Failure::USAGE, anyhow::anyhow!(what))
}

fn read(serving: &Serving) -> Result<Layers, Failure> {
    configured(&serving.place, serving.given())
}

fn print(layers: &Layers) -> Result<(), Failure> {
    for (row, value, origin) in layers.shown() {
        let value = match origin {
            Origin::Nowhere => "-",
            _ => value.as_str(),
        };
        output::line(&format!("{}\t{value}\t{}", row.place(), origin.name()))?;
    }
    Ok(())
}

fn settings(layers: &Layers) -> Value {
    let shown = layers.shown().into_iter();
    shown
        .map(|(row, value, origin)| {
            let value = (origin != Origin::Nowhere).then_some(value);
            json!({"name": row.place(), "value": value, "from": origin.name()})
        })
        .collect()
}
