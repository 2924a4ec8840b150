//! `verify page`: print the link to the recipient's own page at its broker.

use std::process::ExitCode;

use serde_json::json;

use crate::{args::Page, failure::Failure, output::Output, settings::Settings};

pub(crate) async fn run(
    page: &Page,
    settings: Settings<'_>,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let recipient = settings.recipient(&page.broker).await?;
    let link = recipient.page().await?;
    let minutes = link.expires_in.div_ceil(60).to_string();
    output.tell("page-open-link", &[("minutes", &minutes)]);
    let json = json!({"schema": "verify.page/1", "link": link.page_url,
        "expires_in": link.expires_in});
    output.data(&json, &format!("{}\n", link.page_url))
}
