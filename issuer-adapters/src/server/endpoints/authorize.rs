//! `GET` and `POST /authorize`: the institution's own page, where a person shows by the code that the
//! institution gave them that a wallet may collect their offer (RFC 6749 section 4.1.1).
//!
//! What is wrong before it is known who asks stays on our own page; no redirect is made from there.

use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use chrono::{DateTime, Utc};
use credential_core::{encoding::base64url, id::OfferId, rng::random, text::Language};

use crate::server::{
    IssuerState, RegistryError,
    answer::{Refusal, off_the_loop},
    authorization::{Asked, CODE_LIFE, Code, Pushed, REQUEST_LIFE, REQUEST_URI_PREFIX, Shown},
    form::Form,
    issuance::configuration_id,
    pages::{self, Needed, Try},
    reference::beginning,
    registry::{OpenOffer, Redemption},
    session::{Session, is_own_form},
};

pub(in crate::server) async fn get(
    State(state): State<IssuerState>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let form = Form::read(query.unwrap_or_default().as_bytes());
    let wanted = form.as_ref().ok().and_then(|form| form.value("ui_locales"));
    let language = pages::language(wanted, &headers);
    let shown = async {
        let asked = pushed(&state, &form?)?;
        let session = Session::of(&headers, state.profile().network(), state.rng())?;
        let mut response = show(&state, language, asked, &session, Try::First).await?;
        let cookie = session.cookie(state.profile().network());
        response.headers_mut().insert(header::SET_COOKIE, cookie);
        Ok(response)
    };
    let shown: Result<Response, Refusal> = shown.await;
    shown.unwrap_or_else(|refusal| refused(&state, language, refusal))
}

pub(in crate::server) async fn post(
    State(state): State<IssuerState>,
    headers: HeaderMap,
    form: Result<Form, Refusal>,
) -> Response {
    let wanted = form.as_ref().ok().and_then(|form| form.value("ui_locales"));
    let language = pages::language(wanted, &headers);
    let decided = async { decide(&state, language, &headers, &form?).await };
    let decided: Result<Response, Refusal> = decided.await;
    decided.unwrap_or_else(|refusal| refused(&state, language, refusal))
}

/// What this client pushed under the `request_uri`.
fn pushed(state: &IssuerState, form: &Form) -> Result<Asked, Refusal> {
    let handle = form
        .value("request_uri")
        .and_then(|uri| uri.strip_prefix(REQUEST_URI_PREFIX))
        .ok_or(UNUSABLE)?;
    let Pushed { asked } = state.handles().open(handle, state.now()).ok_or(UNUSABLE)?;
    if form.value("client_id") != Some(&asked.client_id) {
        return Err(UNUSABLE);
    }
    Ok(asked)
}

async fn show(
    state: &IssuerState,
    language: Language,
    asked: Asked,
    session: &Session,
    tried: Try,
) -> Result<Response, Refusal> {
    let needed = match asked.offer {
        None => Needed {
            reference: true,
            code: true,
        },
        Some(offer) => match open(state, offer).await? {
            Some(open) => Needed {
                reference: false,
                code: open.needs_tx_code,
            },
            None => return Ok(dead(state, language, &asked)),
        },
    };
    let form = Shown {
        asked: asked.clone(),
        session: session.hash(),
    };
    let sealed = state.handles().seal(form, state.now() + REQUEST_LIFE)?;
    Ok(pages::request(
        state,
        language,
        (&asked, &sealed),
        needed,
        tried,
    ))
}

async fn decide(
    state: &IssuerState,
    language: Language,
    headers: &HeaderMap,
    form: &Form,
) -> Result<Response, Refusal> {
    let network = state.profile().network();
    let session = Session::find(headers, network).ok_or(UNUSABLE)?;
    let sealed = form.value("form").ok_or(UNUSABLE)?;
    let shown: Shown = state.handles().open(sealed, state.now()).ok_or(UNUSABLE)?;
    if shown.session != session.hash() || !is_own_form(headers, state.profile()) {
        return Err(UNUSABLE);
    }
    let asked = shown.asked;
    if form.value("decision") == Some("cancel") {
        return back(state, &asked, &[("error", "access_denied")]);
    }
    let typed = Typed {
        reference: form.value("reference").map(str::to_owned),
        code: form.value("code").map(|code| code.replace([' ', '-'], "")),
    };
    let outcome = confirmed(state, &asked, typed).await?;
    match outcome {
        Confirmed::Offer(offer) => {
            let now = state.now();
            let id = base64url(random::<16>(state.rng())?);
            let code = Code {
                asked: asked.clone(),
                offer,
                id,
            };
            let code = state.handles().seal(code, now + CODE_LIFE)?;
            tracing::info!(offer.id = %offer, "an authorization code was given");
            back(state, &asked, &[("code", &code)])
        }
        Confirmed::NotRight => show(state, language, asked, &session, Try::Again).await,
        Confirmed::Lacks => back(state, &asked, &LACKS),
        Confirmed::Dead => Ok(dead(state, language, &asked)),
    }
}

/// What the person typed.
struct Typed {
    reference: Option<String>,
    code: Option<String>,
}

enum Confirmed {
    Offer(OfferId),
    /// The person may try again.
    NotRight,
    /// The offer does not have everything that the wallet asked for.
    Lacks,
    Dead,
}

/// Which offer the person may have. An unknown reference is answered like a wrong code.
async fn confirmed(state: &IssuerState, asked: &Asked, typed: Typed) -> Result<Confirmed, Refusal> {
    let (named, wanted) = (asked.offer, asked.configurations.clone());
    off_the_loop(state.clone(), move |state| {
        let code = typed.code.as_deref();
        let offer = match (named, &typed.reference) {
            (Some(offer), _) => Some(offer),
            // Without its code, a reference opens nothing.
            (None, Some(reference)) if code.is_some() => by_reference(state, reference)?,
            _ => None,
        };
        let Some(offer) = offer else {
            return Ok(Confirmed::NotRight);
        };
        confirm(state, offer, (code, named.is_some()), &wanted, state.now())
    })
    .await
}

fn confirm(
    state: &IssuerState,
    offer: OfferId,
    (code, is_named): (Option<&str>, bool),
    wanted: &[String],
    now: DateTime<Utc>,
) -> Result<Confirmed, RegistryError> {
    let registry = state.registry();
    let outcome = registry.confirm(&offer, code, now)?;
    tracing::info!(offer.id = %offer, ?outcome, "a code was typed on the page");
    Ok(match outcome {
        Redemption::Granted => match registry.open_offer(&offer, now)? {
            Some(open) if has_all(&open, wanted) => Confirmed::Offer(offer),
            Some(_) => Confirmed::Lacks,
            None => Confirmed::Dead,
        },
        Redemption::Dead if is_named => Confirmed::Dead,
        Redemption::Dead
        | Redemption::CodeWrong
        | Redemption::CodeMissing
        | Redemption::CodeNotExpected => Confirmed::NotRight,
    })
}

fn has_all(open: &OpenOffer, wanted: &[String]) -> bool {
    let is_offered = |id: &String| open.types.iter().any(|kind| configuration_id(*kind) == id);
    wanted.iter().all(is_offered)
}

fn by_reference(state: &IssuerState, typed: &str) -> Result<Option<OfferId>, RegistryError> {
    match beginning(typed) {
        Some(octets) => state.registry().offer_beginning(&octets),
        None => Ok(None),
    }
}

async fn open(state: &IssuerState, offer: OfferId) -> Result<Option<OpenOffer>, Refusal> {
    off_the_loop(state.clone(), move |state| {
        state.registry().open_offer(&offer, state.now())
    })
    .await
}

fn dead(state: &IssuerState, language: Language, asked: &Asked) -> Response {
    let issuer = state.profile().identifier();
    let back = asked.answered(issuer, &[("error", "access_denied")]);
    pages::dead(state, language, back.as_deref())
}

/// Sends the browser back to the wallet. 303, so that what was typed does not go along.
fn back(state: &IssuerState, asked: &Asked, answer: &[(&str, &str)]) -> Result<Response, Refusal> {
    let address = asked.answered(state.profile().identifier(), answer);
    let address = address
        .and_then(|address| HeaderValue::from_str(&address).ok())
        .ok_or(UNUSABLE)?;
    let headers = [
        (header::LOCATION, address),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (
            header::REFERRER_POLICY,
            HeaderValue::from_static("no-referrer"),
        ),
    ];
    Ok((StatusCode::SEE_OTHER, headers).into_response())
}

fn refused(state: &IssuerState, language: Language, refusal: Refusal) -> Response {
    tracing::debug!(reason = refusal.reason, "a browser was refused");
    let status = if refusal.status.is_client_error() {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    pages::refusal(state, language, status)
}

const LACKS: [(&str, &str); 2] = [
    ("error", "access_denied"),
    (
        "error_description",
        "The offer does not have what was asked for.",
    ),
];
const UNUSABLE: Refusal = Refusal::bad_request(
    "invalid_request",
    "request_not_usable",
    "This request cannot be used, or no longer.",
);
