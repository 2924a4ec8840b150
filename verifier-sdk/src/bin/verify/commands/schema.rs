//! `verify schema`: the JSON Schema of what `--json` prints.

use std::process::ExitCode;

use anyhow::Context as _;
use verifier_sdk::report::report_schema;

use crate::{failure::Failure, output::Output};

pub(crate) fn run(output: &Output) -> Result<ExitCode, Failure> {
    let schema = report_schema();
    let mut text = serde_json::to_string_pretty(&schema).context("our own schema")?;
    text.push('\n');
    output.data(&schema, &text)
}
