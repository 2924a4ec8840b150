//! What an endpoint says of itself beyond its types.

use aide::{
    openapi::{ReferenceOr, Response, Responses, StatusCode},
    transform::TransformOperation,
};
use schemars::Schema;

use super::{
    FormSchema,
    parts::{self, FORM, answer_header, media},
    refusal,
};

/// Words for one operation.
pub(crate) trait Describe: Sized {
    /// Its name in generated clients, and what it does.
    fn called(self, id: &str, summary: &str) -> Self;
    /// The form's parameters beyond those of the extractor, in each of its alternatives.
    fn takes_form(self, alternatives: &[FormSchema]) -> Self;
    /// A parameter in the query.
    fn takes_query(self, name: &str, description: &str, schema: Schema, required: bool) -> Self;
    /// A header.
    fn takes_header(self, name: &str, description: &str, schema: Schema, required: bool) -> Self;
    /// An answer of this media type.
    fn answers(self, status: u16, description: &str, media_type: &str, schema: Schema) -> Self;
    /// An answer without a body.
    fn answers_empty(self, status: u16, description: &str) -> Self;
    /// A header of an answer that was described before.
    fn with_header(self, status: u16, name: &str, description: &str) -> Self;
    /// A header that such an answer has in some cases only.
    fn with_optional_header(self, status: u16, name: &str, description: &str) -> Self;
    /// Not this one, though an extractor says so: the endpoint answers in its own words.
    fn never_answers(self, status: u16) -> Self;
    /// A refusal as JSON.
    fn refuses(self, status: u16, when: &str) -> Self;
}

impl Describe for TransformOperation<'_> {
    fn called(self, id: &str, summary: &str) -> Self {
        self.id(id).summary(summary)
    }

    fn takes_form(mut self, alternatives: &[FormSchema]) -> Self {
        let operation = self.inner_mut();
        let described = match &operation.request_body {
            Some(ReferenceOr::Item(body)) => body.content.get(FORM),
            _ => None,
        };
        let schema = described.and_then(|media| Some(&media.schema.as_ref()?.json_schema));
        let common = FormSchema::of(schema);
        let forms: Vec<_> = alternatives.iter().map(|form| common.and(form)).collect();
        parts::form_body(operation, FormSchema::one_of(&forms));
        self
    }

    fn takes_query(mut self, name: &str, about: &str, schema: Schema, required: bool) -> Self {
        parts::query(self.inner_mut(), name, about, schema, required);
        self
    }

    fn takes_header(mut self, name: &str, about: &str, schema: Schema, required: bool) -> Self {
        parts::header(self.inner_mut(), name, about, schema, required);
        self
    }

    fn answers(self, status: u16, description: &str, kind: &str, schema: Schema) -> Self {
        revise(self, status, |answer| {
            answer.description = description.into();
            answer.content.insert(kind.into(), media(schema));
        })
    }

    fn answers_empty(self, status: u16, description: &str) -> Self {
        revise(self, status, |answer| {
            answer.description = description.into();
        })
    }

    fn with_header(self, status: u16, name: &str, description: &str) -> Self {
        let header = answer_header(description, parts::text());
        revise(self, status, |answer| {
            answer.headers.insert(name.into(), header);
        })
    }

    fn with_optional_header(self, status: u16, name: &str, description: &str) -> Self {
        let mut header = answer_header(description, parts::text());
        if let ReferenceOr::Item(header) = &mut header {
            header.required = false;
        }
        revise(self, status, |answer| {
            answer.headers.insert(name.into(), header);
        })
    }

    fn never_answers(mut self, status: u16) -> Self {
        if let Some(answers) = &mut self.inner_mut().responses {
            answers.responses.shift_remove(&StatusCode::Code(status));
        }
        self
    }

    fn refuses(self, status: u16, when: &str) -> Self {
        let refused = aide::generate::in_context(|ctx| refusal(ctx, when));
        revise(self, status, |answer| {
            answer.description = refused.description;
            answer.content.extend(refused.content);
        })
    }
}

fn revise(
    mut operation: TransformOperation<'_>,
    status: u16,
    change: impl FnOnce(&mut Response),
) -> TransformOperation<'_> {
    let responses = &mut operation
        .inner_mut()
        .responses
        .get_or_insert_with(Responses::default)
        .responses;
    let code = StatusCode::Code(status);
    let mut response = match responses.get(&code) {
        Some(ReferenceOr::Item(known)) => known.clone(),
        _ => Response::default(),
    };
    change(&mut response);
    responses.insert(code, ReferenceOr::Item(response));
    operation
}
