//! The way back when the wallet is on another device: the person types the wallet's six digits into the
//! browser that began. Right digits lead to a page with a link, not to a redirect: what a form leads to
//! stays with us (`form-action 'self'`), and the code is made when the link is followed.

use std::sync::Arc;

use aide::transform::TransformOperation;
use axum::{extract::State, http::HeaderMap, response::Response};
use chrono::{DateTime, Utc};
use credential_core::{clock::Clock, consent::digits::Digits, id::RequestId, text::Language};

use super::{
    authorize::{describe_refusals, refused},
    complete,
};
use crate::{
    api::{Describe as _, FormSchema, some_text, text},
    digits::hash,
    error::RouteError,
    extract::{Form, Visitor},
    handles::{CompletionLink, DigitsForm, Handles},
    interaction::{DIGITS_LIFE, INTERACTION_LIFE, InteractionError, Typed},
    keys::BrokerKeys,
    pages::{self, Session, Try},
    state::Issuer,
    storage::Store,
};

/// Where the endpoint stands.
pub const PATH: &str = "/complete";

/// Ties a form to one request and one browser; nobody else can make one.
pub(super) fn form(
    request_id: RequestId,
    session: &Session,
    handles: &Handles,
    now: DateTime<Utc>,
) -> Result<String, RouteError> {
    // The digits may come at the end of the interaction, and then have their own time.
    let exp = (now + INTERACTION_LIFE + DIGITS_LIFE).timestamp();
    let form = DigitsForm {
        request_id,
        session: session.hash(),
        exp,
    };
    Ok(handles.seal(&form)?)
}

#[expect(
    clippy::too_many_arguments,
    reason = "a handler's arguments are the parts of the broker it uses"
)]
pub(crate) async fn post(
    State(store): State<Arc<dyn Store>>,
    State(clock): State<Arc<dyn Clock>>,
    State(handles): State<Handles>,
    State(keys): State<BrokerKeys>,
    State(issuer): State<Issuer>,
    visitor: Result<Visitor, RouteError>,
    headers: HeaderMap,
    parameters: Result<Form, RouteError>,
) -> Response {
    let now = clock.now();
    let wanted = parameters.as_ref().ok().and_then(|p| p.find("ui_locales"));
    let language = pages::language(wanted, &headers);
    let typed = async {
        visitor?;
        pages::refuse_foreign_form(&headers, &issuer)?;
        let parameters = parameters?;
        let (form, session) = known_form(&parameters, &headers, &handles, now)?;
        let Ok(digits) = Digits::typed(parameters.find("digits").unwrap_or_default()) else {
            return again(&parameters, language);
        };
        let hash = hash(&keys.names_key(), form.request_id, &digits)?;
        let outcome = store.type_digits(form.request_id, session.hash(), hash, now);
        match outcome.await? {
            Ok(Typed::Right) => right(form.request_id, &handles, language, now),
            Ok(Typed::Over) => Err(InteractionError::DigitsOver.into()),
            // Whether a wallet has answered yet is not for a guesser to learn.
            Ok(Typed::Wrong) | Err(InteractionError::NotOpened | InteractionError::NotDecided) => {
                again(&parameters, language)
            }
            Err(refused) => Err(refused.into()),
        }
    };
    let answer = typed.await;
    answer.unwrap_or_else(|error| refused(&error, language, &headers))
}

/// The form that this browser was shown, and its cookie.
fn known_form(
    parameters: &Form,
    headers: &HeaderMap,
    handles: &Handles,
    now: DateTime<Utc>,
) -> Result<(DigitsForm, Session), RouteError> {
    let form: DigitsForm = handles
        .open(parameters.require("form")?, now)
        .map_err(|_foreign| InteractionError::Unknown)?;
    let session = Session::find(headers).ok_or(InteractionError::OtherBrowser)?;
    if session.hash() != form.session {
        return Err(InteractionError::OtherBrowser.into());
    }
    Ok((form, session))
}

fn again(parameters: &Form, language: Language) -> Result<Response, RouteError> {
    Ok(pages::digits(
        language,
        parameters.require("form")?,
        Try::Again,
    ))
}

fn right(
    request_id: RequestId,
    handles: &Handles,
    language: Language,
    now: DateTime<Utc>,
) -> Result<Response, RouteError> {
    let exp = (now + DIGITS_LIFE).timestamp();
    let handle = handles.seal(&CompletionLink { request_id, exp })?;
    Ok(pages::way_back(language, &complete::path(&handle)))
}

pub(crate) fn describe(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .called(
            "typeDigits",
            "Type the digits of a wallet on another device.",
        )
        .tag("browser")
        .takes_form(&[FormSchema::default()
            .required("form", "Sealed, from the page.", some_text())
            .required("digits", "Six; spaces do not matter.", some_text())
            .optional("ui_locales", "Languages of the page.", text())])
        .answers(200, "A page with the way back.", "text/html", text())
        .never_answers(413)
        .with(describe_refusals)
}
