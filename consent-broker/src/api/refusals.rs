//! Refusals in the document: which statuses an extractor or a handler can answer with, all with the
//! same body.

use aide::{
    OperationOutput,
    generate::GenContext,
    openapi::{Operation, Response, StatusCode},
};
use credential_core::oauth::error::ErrorBody;

use super::parts::{answer_header, media, seconds};
use crate::error::RouteError;

/// Statuses with their responses, as the generator collects them.
pub(crate) type Refusals = Vec<(Option<StatusCode>, Response)>;

/// A refusal with the one body of all refusals.
pub(crate) fn refusal(ctx: &mut GenContext, when: &str) -> Response {
    let schema = ctx.schema.subschema_for::<ErrorBody>();
    Response {
        description: when.into(),
        content: [("application/json".to_owned(), media(schema))]
            .into_iter()
            .collect(),
        ..Response::default()
    }
}

/// Several. Whoever comes too often is told when to come again.
pub(crate) fn refusals(ctx: &mut GenContext, of: &[(u16, &str)]) -> Refusals {
    let mut refusals = Vec::new();
    for (status, when) in of {
        let mut refused = refusal(ctx, when);
        if *status == 429 {
            let wait = answer_header("Seconds to wait (RFC 9110 section 10.2.3).", seconds());
            refused.headers.insert("Retry-After".into(), wait);
        }
        refusals.push((Some(StatusCode::Code(*status)), refused));
    }
    refusals
}

/// What every handler with refusals of its own can answer; the rest is said by extractors and endpoints.
const OF_EVERY_HANDLER: [(u16, &str); 2] = [
    (500, "The broker has failed."),
    (503, "The broker cannot answer now."),
];

impl OperationOutput for RouteError {
    type Inner = ErrorBody;

    fn operation_response(ctx: &mut GenContext, _operation: &mut Operation) -> Option<Response> {
        Some(refusal(ctx, "A refusal."))
    }

    fn inferred_responses(ctx: &mut GenContext, _operation: &mut Operation) -> Refusals {
        refusals(ctx, &OF_EVERY_HANDLER)
    }
}
