//! The recipient's token endpoint: a code once, a refresh token until the grant ends.

use std::sync::Arc;

use axum::{Extension, Json, extract::State};
use chrono::{DateTime, Utc};
use credential_core::{
    clock::Clock,
    oauth::{pkce, token::TokenResponse},
};

use super::mailbox;
use crate::{
    error::RouteError,
    extract::Client,
    grant::{Grant, Papers},
    handles::{AccessToken, AuthorizationCode, Handles, RefreshToken},
    limits::Limits,
    notary::Notary,
    state::Issuer,
    storage::{Store, UseToken},
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
    client: Client,
) -> Result<Json<TokenResponse>, RouteError> {
    let now = clock.now();
    let (granted, refresh_token) = match client.form().require("grant_type")? {
        "authorization_code" => {
            let order = open_code(&client, &handles, now)?;
            limits.grants.admit(&order.grant_id.to_string(), now)?;
            (store.redeem_code(order, &notary, now).await?, None)
        }
        "refresh_token" => {
            let text = client.form().require("refresh_token")?;
            let order = open_refresh_token(text, &client, &handles, now)?;
            limits.grants.admit(&order.grant_id.to_string(), now)?;
            refuse_unregistered(&*store, &trust, &order, client.id(), now).await?;
            // Not rotated: it is bound to client and key (FAPI 2.0 section 5.3.2.1).
            (store.renew(order, &notary, now).await?, Some(text.into()))
        }
        _ => return Err(RouteError::GrantType),
    };
    let (grant, papers) = granted.ok_or(RouteError::Grant)?;
    answer(
        &grant,
        &papers,
        refresh_token,
        &client,
        &handles,
        &issuer,
        now,
    )
    .map(Json)
}

/// Everything a code is bound to (RFC 6749 section 4.1.3, RFC 7636, RFC 9449 section 10).
fn open_code(
    client: &Client,
    handles: &Handles,
    now: DateTime<Utc>,
) -> Result<UseToken, RouteError> {
    let redirect_uri = client.form().require("redirect_uri")?;
    let verifier = client.form().require("code_verifier")?;
    let code: AuthorizationCode = handles
        .open(client.form().require("code")?, now)
        .map_err(|_foreign| RouteError::Grant)?;
    let is_bound = code.client_id == client.id()
        && code.jkt == client.jkt()
        && code.redirect_uri == redirect_uri
        && pkce::matches(verifier, &code.code_challenge);
    if !is_bound {
        return Err(RouteError::Grant);
    }
    Ok(UseToken {
        subject_id: code.subject_id,
        grant_id: code.grant_id,
        epoch: code.epoch,
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

/// What was granted must be registered still: a purpose that the registrar has struck off is not read for
/// any longer, however long the person has allowed it.
async fn refuse_unregistered(
    store: &dyn Store,
    trust: &TrustHandle,
    order: &UseToken,
    client_id: &str,
    now: DateTime<Utc>,
) -> Result<(), RouteError> {
    let found = store.grant(order.subject_id, order.grant_id).await?;
    let (_grant, papers) = found.ok_or(RouteError::Grant)?;
    let granted = papers.granted().ok_or(RouteError::Grant)?;
    let trust = trust.current();
    let list = trust.list(now).ok_or(RouteError::TrustExpired)?;
    match list.recipient(client_id) {
        Some((_, role)) if role.registers(&granted) => Ok(()),
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
    papers: &Papers,
    refresh_token: Option<String>,
    client: &Client,
    handles: &Handles,
    issuer: &Issuer,
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
    let exp = ends_at.min(now.timestamp() + ACCESS_LIFE_SECONDS);
    let access_token = handles.seal(&AccessToken {
        subject_id,
        grant_id,
        epoch,
        client_id: client_id.clone(),
        jkt: jkt.clone(),
        aud: issuer.address(mailbox::RESOURCE),
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
        expires_in: u32::try_from(exp - now.timestamp()).unwrap_or(0),
        refresh_token: Some(refresh_token),
        authorization_details: papers.granted().into_iter().collect(),
        grant_id: Some(grant_id),
    })
}
