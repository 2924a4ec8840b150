//! Demonstrating proof of possession (RFC 9449) at this server, which is authorization server and resource
//! in one: each side has nonces of its own, so that a proof made for one is none for the other.
//!
//! nonce = base64url(time ‖ HMAC-SHA-256(key of the side, time)), where `time` is the begin of the present
//! minute. Nothing is kept of nonces; the keys are new at every start, so that no proof that was used
//! before a restart works after it.

use std::{
    collections::{BTreeMap, HashSet},
    sync::{Mutex, PoisonError},
};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode},
    middleware::Next,
    response::Response,
};
use chrono::{DateTime, Utc};
use credential_core::{
    encoding::{base64url, from_base64url, sha256},
    jose::dpop,
    rng::{NoRandomness, Rng, random},
};
use zeroize::Zeroizing;

use super::{IssuerState, answer::Refusal, attestation::ATTESTATION, seal::TagKey};

const NONCE_HEADER: HeaderName = HeaderName::from_static("dpop-nonce");
const CHALLENGE_HEADER: HeaderName = HeaderName::from_static("oauth-client-attestation-challenge");
/// How often a nonce changes, in milliseconds; the present and the last one are taken.
const STEP: i64 = 60_000;
/// Most used proofs remembered at once; beyond that none is accepted until some are too old anyway.
const MAX_USED: usize = 100_000;

/// For which side of this server a proof is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// The endpoints that give tokens.
    Authorization,
    /// The endpoints that take them.
    Resource,
    /// Proofs of attested clients: not DPoP, but recognised by the same means.
    Attestation,
}

impl Side {
    const fn refusal(
        self,
        error: &'static str,
        reason: &'static str,
        description: &'static str,
    ) -> Refusal {
        Refusal {
            status: match self {
                Self::Authorization | Self::Attestation => StatusCode::BAD_REQUEST,
                Self::Resource => StatusCode::UNAUTHORIZED,
            },
            error,
            reason,
            description,
        }
    }
}

/// The thumbprint of the key that the request's one proof shows, if it has a proof; with `access_token`,
/// a proof that belongs to it. The proof is used up.
pub(super) fn proven(
    state: &IssuerState,
    side: Side,
    path: &str,
    headers: &HeaderMap,
    access_token: Option<&str>,
) -> Result<Option<String>, Refusal> {
    let mut sent = headers.get_all("dpop").iter();
    let proof = match (sent.next(), sent.next()) {
        (None, _) => return Ok(None),
        (Some(one), None) => one.to_str().unwrap_or_default(),
        _ => return Err(refused(side, "dpop_not_exactly_one")),
    };
    // The address is our own idea of it: a proxy or a Host header has no say.
    let address = state.profile().address(path);
    let now = state.now();
    let proof = dpop::check(proof, "POST", &address, access_token, now)
        .map_err(|error| refused(side, error.reason()))?;
    let possession = state.possession();
    if !proof
        .nonce()
        .is_some_and(|nonce| possession.accepts(side, nonce, now))
    {
        return Err(side.refusal(
            "use_dpop_nonce",
            "dpop_nonce",
            "The proof must carry the nonce of this answer.",
        ));
    }
    let id = (proof.thumbprint(), proof.id());
    if !possession.remember(id, proof.remember_until(), now)? {
        return Err(refused(side, "dpop_used_before"));
    }
    Ok(Some(proof.thumbprint().to_owned()))
}

const fn refused(side: Side, reason: &'static str) -> Refusal {
    side.refusal(
        "invalid_dpop_proof",
        reason,
        "The DPoP proof of the request is not valid.",
    )
}

/// What must be known to recognise nonces, and proofs that were used before.
#[derive(Debug)]
pub(super) struct Possession {
    authorization: TagKey,
    resource: TagKey,
    attestation: TagKey,
    used: Mutex<Used>,
}

/// Half of a SHA-256: whoever makes two proofs alike gains a refusal.
type Digest = [u8; 16];

#[derive(Debug, Default)]
struct Used {
    all: HashSet<Digest>,
    by_end: BTreeMap<DateTime<Utc>, Vec<Digest>>,
}

impl Possession {
    pub(super) fn new(rng: &dyn Rng) -> Result<Self, NoRandomness> {
        let key = || {
            let secret = Zeroizing::new(random::<32>(rng)?);
            Ok(TagKey::new(secret.as_slice()))
        };
        Ok(Self {
            authorization: key()?,
            resource: key()?,
            attestation: key()?,
            used: Mutex::default(),
        })
    }

    /// The nonce that proofs for a side should carry now.
    pub(super) fn nonce(&self, side: Side, now: DateTime<Utc>) -> String {
        let now = now.timestamp_millis();
        let step = (now - now.rem_euclid(STEP)).to_be_bytes();
        base64url([step.as_slice(), &self.key(side).tag(&step)].concat())
    }

    pub(super) fn accepts(&self, side: Side, nonce: &str, now: DateTime<Utc>) -> bool {
        const LENGTH: usize = ((8 + TagKey::TAG) * 4).div_ceil(3);
        if nonce.len() > LENGTH {
            return false;
        }
        let Ok(octets) = from_base64url(nonce) else {
            return false;
        };
        let Some((step, tag)) = octets.split_first_chunk::<8>() else {
            return false;
        };
        let age = now.timestamp_millis() - i64::from_be_bytes(*step);
        self.key(side).matches(step, tag) && (0..2 * STEP).contains(&age)
    }

    /// Remembers the proof of this owner and id; false when it was used before.
    pub(super) fn remember(
        &self,
        (owner, id): (&str, &str),
        until: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<bool, Refusal> {
        // Hashed apart, so that no pair can be written to look like another.
        let whole = sha256([sha256(owner), sha256(id)].concat());
        let digest = whole.first_chunk().copied().unwrap_or_default();
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.forget(now);
        if used.all.contains(&digest) {
            return Ok(false);
        }
        if used.all.len() >= MAX_USED {
            tracing::error!("more proofs are in use than can be remembered");
            return Err(Refusal::UNAVAILABLE);
        }
        used.all.insert(digest);
        used.by_end.entry(until).or_default().push(digest);
        Ok(true)
    }

    fn key(&self, side: Side) -> &TagKey {
        match side {
            Side::Authorization => &self.authorization,
            Side::Resource => &self.resource,
            Side::Attestation => &self.attestation,
        }
    }
}

impl Used {
    /// Those that would be too old anyway.
    fn forget(&mut self, now: DateTime<Utc>) {
        while let Some(first) = self.by_end.first_entry() {
            if *first.key() >= now {
                break;
            }
            for digest in first.remove() {
                self.all.remove(&digest);
            }
        }
    }
}

/// Tells the nonce for the next proof of a request to the token and PAR endpoints (section 8.2), and the
/// challenge for the next proof of an attested client.
pub(super) async fn authorization_nonce(
    State(state): State<IssuerState>,
    request: Request,
    next: Next,
) -> Response {
    let (proven, attested) = (has(&request, "dpop"), has(&request, ATTESTATION));
    let response = next.run(request).await;
    let response = told(
        &state,
        (NONCE_HEADER, Side::Authorization),
        proven,
        response,
    );
    told(
        &state,
        (CHALLENGE_HEADER, Side::Attestation),
        attested,
        response,
    )
}

/// The same for the endpoints that take access tokens (section 9).
pub(super) async fn resource_nonce(
    State(state): State<IssuerState>,
    request: Request,
    next: Next,
) -> Response {
    let proven = has(&request, "dpop");
    let response = next.run(request).await;
    told(&state, (NONCE_HEADER, Side::Resource), proven, response)
}

fn has(request: &Request, name: &str) -> bool {
    request.headers().contains_key(name)
}

/// Whoever came without a proof and got what was asked for needs no nonce: some clients would take it for
/// a demand.
fn told(
    state: &IssuerState,
    (header, side): (HeaderName, Side),
    is_used: bool,
    mut response: Response,
) -> Response {
    let nonce = state.possession().nonce(side, state.now());
    if let (true, Ok(nonce)) = (
        is_used || !response.status().is_success(),
        HeaderValue::from_str(&nonce),
    ) {
        response.headers_mut().insert(header, nonce);
    }
    response
}
