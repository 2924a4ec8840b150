//! Parts of an operation, in the form the document wants them.

use aide::openapi::{
    Header, HeaderStyle, MediaType, Operation, Parameter, ParameterData, ParameterSchemaOrContent,
    QueryStyle, ReferenceOr, RequestBody, SchemaObject,
};
use schemars::{Schema, json_schema};

/// A compact JWS, by its form alone.
const COMPACT_JWS: &str = "^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$";

/// A schema of a compact JWS.
pub(crate) fn compact_jws() -> Schema {
    json_schema!({ "type": "string", "pattern": COMPACT_JWS })
}

/// A schema of any text.
pub(crate) fn text() -> Schema {
    json_schema!({ "type": "string" })
}

/// A schema of text that says something: a parameter without a value counts as absent.
pub(crate) fn some_text() -> Schema {
    json_schema!({ "type": "string", "minLength": 1 })
}

/// A schema of an identifier.
pub(crate) fn uuid() -> Schema {
    json_schema!({ "type": "string", "format": "uuid" })
}

pub(super) fn object(json_schema: Schema) -> SchemaObject {
    SchemaObject {
        json_schema,
        external_docs: None,
        example: None,
    }
}

pub(super) fn media(schema: Schema) -> MediaType {
    MediaType {
        schema: Some(object(schema)),
        ..MediaType::default()
    }
}

/// A schema of a number of seconds in a header.
pub(super) fn seconds() -> Schema {
    json_schema!({ "type": "integer", "minimum": 1 })
}

/// A header that an answer always has.
pub(crate) fn answer_header(description: &str, schema: Schema) -> ReferenceOr<Header> {
    ReferenceOr::Item(Header {
        description: Some(description.into()),
        style: HeaderStyle::Simple,
        required: true,
        deprecated: None,
        format: ParameterSchemaOrContent::Schema(object(schema)),
        example: None,
        examples: Default::default(),
        extensions: Default::default(),
    })
}

/// A header that a request must or may have.
pub(crate) fn header(
    operation: &mut Operation,
    name: &str,
    description: &str,
    schema: Schema,
    required: bool,
) {
    let parameter = Parameter::Header {
        parameter_data: data(name, description, schema, required),
        style: HeaderStyle::Simple,
    };
    operation.parameters.push(ReferenceOr::Item(parameter));
}

/// A parameter in the query.
pub(super) fn query(
    operation: &mut Operation,
    name: &str,
    description: &str,
    schema: Schema,
    required: bool,
) {
    let parameter = Parameter::Query {
        parameter_data: data(name, description, schema, required),
        allow_reserved: false,
        style: QueryStyle::Form,
        allow_empty_value: None,
    };
    operation.parameters.push(ReferenceOr::Item(parameter));
}

fn data(name: &str, description: &str, schema: Schema, required: bool) -> ParameterData {
    ParameterData {
        name: name.into(),
        description: Some(description.into()),
        required,
        deprecated: None,
        format: ParameterSchemaOrContent::Schema(object(schema)),
        example: None,
        examples: Default::default(),
        explode: None,
        extensions: Default::default(),
    }
}

/// A JSON body.
pub(crate) fn json_body(operation: &mut Operation, schema: Schema) {
    body(operation, "application/json", schema);
}

/// A form.
pub(crate) fn form_body(operation: &mut Operation, schema: Schema) {
    body(operation, FORM, schema);
}

pub(super) const FORM: &str = "application/x-www-form-urlencoded";

fn body(operation: &mut Operation, media_type: &str, schema: Schema) {
    operation.request_body = Some(ReferenceOr::Item(RequestBody {
        content: [(media_type.to_owned(), media(schema))]
            .into_iter()
            .collect(),
        required: true,
        ..RequestBody::default()
    }));
}

/// A DPoP-bound token of the named security scheme, with its proof.
pub(crate) fn require_token(operation: &mut Operation, scheme: &str) {
    let requirement = [(scheme.to_owned(), Vec::new())].into_iter().collect();
    operation.security.push(requirement);
    let proof = "A fresh DPoP proof for this request and token (RFC 9449 section 7.1).";
    header(operation, "DPoP", proof, compact_jws(), true);
}
