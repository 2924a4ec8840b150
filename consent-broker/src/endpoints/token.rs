//! The recipient's token endpoint: a code once, a refresh token until the grant ends. Each token is for
//! one resource: the mailbox, or the one that is named.

use std::sync::Arc;

use aide::transform::TransformOperation;
use axum::{Extension, Json, extract::State};
use chrono::{DateTime, Utc};
use credential_core::{
    clock::Clock,
    consent::details::GrantedDetails,
    oauth::{pkce, token::TokenResponse},
};

use crate::{
    api::{Describe as _, FormSchema, some_text, text},
    audience::{Aim, Wanted},
    error::RouteError,
    extract::Client,
    grant::Grant,
    handles::{AccessToken, AuthorizationCode, Handles, RefreshToken},
    known_decisions::KnownDecisions,
    limits::Limits,
    notary::Notary,
    state::Issuer,
    storage::{Store, UseToken},
    suspension::refuse_suspended,
    trust::TrustHandle,
};

/// Where the endpoint stands.
pub const PATH: &str = "/token";
/// How long an access token lives, in seconds.
const ACCESS_LIFE_SECONDS: i64 = 300;

#[expect(
    clippy::too_many_arguments,
    reason = "a handler's arguments are the parts of the broker it uses"
)]
pub(crate) async fn post(
    State(store): State<Arc<dyn Store>>,
    State(clock): State<Arc<dyn Clock>>,
    State(handles): State<Handles>,
    State(notary): State<Notary>,
    State(issuer): State<Issuer>,
    State(trust): State<TrustHandle>,
    Extension(limits): Extension<Arc<Limits>>,
    Extension(decisions): Extension<Arc<KnownDecisions>>,
    client: Client,
) -> Result<Json<TokenResponse>, RouteError> {
    let now = clock.now();
    refuse_suspended(&*store, client.id()).await?;
    let kind = client.form().require("grant_type")?;
    let (order, refresh_token) = match kind {
        "authorization_code" => match open_code(&client, &handles, now)? {
            Code::Good(order) => (order, None),
            Code::Misused(order) => {
                store.spend_code(order, &notary, now).await?;
                return Err(RouteError::Grant);
            }
        },
        "refresh_token" => {
            let text = client.form().require("refresh_token")?;
            // Not rotated: it is bound to client and key (FAPI 2.0 section 5.3.2.1).
            let order = open_refresh_token(text, &client, &handles, now)?;
            (order, Some(text.to_owned()))
        }
        _ => return Err(RouteError::GrantType),
    };
    let wanted = Wanted::read(client.form())?;
    limits.grants.admit(&order.grant_id.to_string(), now)?;
    // Before the code is used up: what cannot be had does not cost it.
    let in_force = store.in_force(order.subject_id, order.grant_id).await?;
    let granted = in_force.and_then(|(_grant, decision)| decisions.granted(decision));
    let granted = granted.ok_or(RouteError::Grant)?;
    let aim = permitted(wanted, &granted, (&trust, &issuer), client.id(), now)?;
    let grant = if refresh_token.is_some() {
        store.renew(order, &notary, now).await?
    } else {
        store.redeem_code(order, &notary, now).await?
    };
    let grant = grant.ok_or(RouteError::Grant)?;
    answer(&grant, aim, refresh_token, &client, &handles, now).map(Json)
}

/// A code that its own client brings with its own key.
enum Code {
    /// As it was given out.
    Good(UseToken),
    /// With another redirect address or verifier than it was asked with: it is spent.
    Misused(UseToken),
}

/// Everything a code is bound to (RFC 6749 section 4.1.3, RFC 7636, RFC 9449 section 10). What another
/// client or key brings is refused and costs the code nothing, so that a thief cannot spend it.
fn open_code(client: &Client, handles: &Handles, now: DateTime<Utc>) -> Result<Code, RouteError> {
    let redirect_uri = client.form().require("redirect_uri")?;
    // RFC 7636 section 4.6: none at all does not match either.
    let verifier = client.form().find("code_verifier").unwrap_or_default();
    let code: AuthorizationCode = handles
        .open(client.form().require("code")?, now)
        .map_err(|_foreign| RouteError::Grant)?;
    if code.client_id != client.id() || code.jkt != client.jkt() {
        return Err(RouteError::Grant);
    }
    let order = UseToken {
        subject_id: code.subject_id,
        grant_id: code.grant_id,
        epoch: code.epoch,
    };
    let is_as_asked =
        code.redirect_uri == redirect_uri && pkce::matches(verifier, &code.code_challenge);
    Ok(if is_as_asked {
        Code::Good(order)
    } else {
        Code::Misused(order)
    })
}

fn open_refresh_token(
    text: &str,
    client: &Client,
    handles: &Handles,
    now: DateTime<Utc>,
) -> Result<UseToken, RouteError> {
    let token: RefreshToken = handles
        .open(text, now)
        .map_err(|_foreign| RouteError::Grant)?;
    if token.client_id != client.id() || token.jkt != client.jkt() {
        return Err(RouteError::Grant);
    }
    Ok(UseToken {
        subject_id: token.subject_id,
        grant_id: token.grant_id,
        epoch: token.epoch,
    })
}

/// What the token may be for. What was granted must be registered still: a purpose that the registrar has
/// struck off is not read for any longer, however long the person has allowed it.
fn permitted(
    wanted: Wanted,
    granted: &GrantedDetails,
    (trust, issuer): (&TrustHandle, &Issuer),
    client_id: &str,
    now: DateTime<Utc>,
) -> Result<Aim, RouteError> {
    let trust = trust.current();
    let list = trust.list(now).ok_or(RouteError::TrustExpired)?;
    match list.recipient(client_id) {
        Some((_, role)) if role.registers(granted) => wanted.aim(granted, issuer, list),
        _ => Err(RouteError::Grant),
    }
}

/// A grant that was renewed outlives the refresh token it began with.
fn lasts_until(refresh_token: &str, ends_at: i64, handles: &Handles, now: DateTime<Utc>) -> bool {
    let token = handles.open::<RefreshToken>(refresh_token, now);
    token.is_ok_and(|token| token.exp >= ends_at)
}

fn answer(
    grant: &Grant,
    aim: Aim,
    refresh_token: Option<String>,
    client: &Client,
    handles: &Handles,
    now: DateTime<Utc>,
) -> Result<TokenResponse, RouteError> {
    let &Grant {
        subject_id,
        grant_id,
        epoch,
        ..
    } = grant;
    let (client_id, jkt) = (client.id().to_owned(), client.jkt().to_owned());
    let ends_at = grant.until.timestamp();
    let iat = now.timestamp();
    let exp = ends_at.min(iat + ACCESS_LIFE_SECONDS);
    let access_token = handles.seal(&AccessToken {
        subject_id,
        grant_id,
        epoch,
        client_id: client_id.clone(),
        jkt: jkt.clone(),
        aud: aim.audience,
        iat,
        narrowing: aim.narrowing,
        exp,
    })?;
    let refresh_token = match refresh_token {
        Some(same) if lasts_until(&same, ends_at, handles, now) => same,
        _ => handles.seal(&RefreshToken {
            subject_id,
            grant_id,
            epoch,
            client_id,
            jkt,
            exp: ends_at,
        })?,
    };
    Ok(TokenResponse {
        access_token,
        token_type: "DPoP".into(),
        expires_in: u32::try_from(exp - iat).unwrap_or(0),
        refresh_token: Some(refresh_token),
        authorization_details: vec![aim.details],
        grant_id: Some(grant_id),
    })
}

fn aimed() -> FormSchema {
    FormSchema::default()
        .optional(
            "resource",
            "What the token is for (RFC 8707); the mailbox when nothing is said.",
            text(),
        )
        .optional(
            "authorization_details",
            "What was granted, with credentials or claims left out (RFC 9396 section 6), as JSON.",
            text(),
        )
}

pub(crate) fn describe(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .called("token", "Exchange a code, or renew an access token.")
        .tag("recipient")
        .takes_form(&[
            aimed()
                .constant("grant_type", "authorization_code")
                .required("code", "Lives 60 seconds, works once.", some_text())
                .required("redirect_uri", "As it was pushed.", some_text())
                .required("code_verifier", "RFC 7636 section 4.1.", some_text()),
            aimed().constant("grant_type", "refresh_token").required(
                "refresh_token",
                "Not rotated.",
                some_text(),
            ),
        ])
}
