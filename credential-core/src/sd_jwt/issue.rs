//! Issuing: claims become a signed part, and one disclosure for each claim the holder may hide.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::{
    IssueError, MAX_DISCLOSURES, MAX_LENGTH, StatusReference, TYP, conceal::Concealer, write,
};
use crate::{
    dcql::{ClaimPath, Step},
    jose::{Jwk, Signer, VerifyingKey},
    rng::Rng,
};

/// Octets in one salt (RFC 9901 section 9.3).
pub(super) const SALT_LENGTH: usize = 16;

/// What a credential is to say.
#[derive(Clone, Copy)]
pub struct Issuance<'a> {
    /// The issuer (`iss`), as the trust list knows it.
    pub issuer: &'a str,
    /// The credential's type (`vct`), an https URL.
    pub vct: &'a str,
    /// Integrity of the type's metadata (`vct#integrity`), as in Subresource Integrity.
    pub vct_integrity: Option<&'a str>,
    /// When it is issued (`iat`), written in whole seconds.
    pub issued_at: DateTime<Utc>,
    /// Until when it is valid (`exp`), written in whole seconds.
    pub expires_at: Option<DateTime<Utc>>,
    /// Where its status stands (`status`).
    pub status: Option<&'a StatusReference>,
    /// The holder's key (`cnf.jwk`); only the members that make the key are written.
    pub holder: &'a Jwk,
    /// All other claims. Numbers are whole, within ±(2^53 − 1).
    pub claims: &'a Map<String, Value>,
    /// Which claims the holder may hide: names and indexes, at any depth, also inside one another.
    pub disclosable: &'a [ClaimPath],
}

impl std::fmt::Debug for Issuance<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Issuance")
            .field("issuer", &self.issuer)
            .field("vct", &self.vct)
            .field("disclosable", &self.disclosable.len())
            .finish_non_exhaustive()
    }
}

/// A signed credential with all its disclosures, for its holder's eyes.
#[derive(Clone, PartialEq, Eq)]
pub struct IssuedCredential(String);

impl std::fmt::Debug for IssuedCredential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "IssuedCredential({} octets)", self.0.len())
    }
}

impl IssuedCredential {
    /// The compact form, `<signed part>~<disclosure>~…~` (RFC 9901 section 4).
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The compact form, owned.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }
}

/// Issues a credential (RFC 9901 section 4, draft-ietf-oauth-sd-jwt-vc section 2).
///
/// The header is `{alg, typ, kid}` with the signer's key id, and `x5c` where the signer has certificates. Digests are sorted, so that their order
/// says nothing about the claims behind them. All salts come from one call of `rng`.
///
/// # Errors
/// [`IssueError`] says what about the issuance, the key or the randomness is wrong.
pub fn issue(
    issuance: &Issuance<'_>,
    signer: &dyn Signer,
    rng: &dyn Rng,
) -> Result<IssuedCredential, IssueError> {
    issuance.check()?;
    let kid = signer.public_jwk().kid.as_deref();
    let kid = kid.ok_or(IssueError::NoKeyId)?;
    let mut salts = vec![0; SALT_LENGTH * issuance.disclosable.len()];
    rng.fill(&mut salts)?;

    let mut concealer = Concealer::new(&salts);
    issuance.write_registered(&mut concealer.payload);
    concealer.claims(issuance.claims, issuance.disclosable)?;
    if concealer.salts_left() {
        return Err(issuance.why_not_all_were_found());
    }
    let Concealer {
        payload,
        disclosures,
        ..
    } = concealer;

    let mut text = String::with_capacity(payload.len() * 4 / 3 + disclosures.len() + 320);
    write::sign(TYP, Some(kid), &payload, signer, &mut text)?;
    text.push('~');
    text.push_str(&disclosures);
    if text.len() > MAX_LENGTH {
        return Err(IssueError::TooLarge);
    }
    Ok(IssuedCredential(text))
}

impl Issuance<'_> {
    fn check(&self) -> Result<(), IssueError> {
        if self.issuer.is_empty() {
            return Err(IssueError::Issuer);
        }
        if !self.vct.starts_with("https://") {
            return Err(IssueError::Type);
        }
        if self.expires_at.is_some_and(|end| end <= self.issued_at) {
            return Err(IssueError::Validity);
        }
        VerifyingKey::try_from(self.holder)?;
        if self.disclosable.len() > MAX_DISCLOSURES {
            return Err(IssueError::TooLarge);
        }
        self.disclosable.iter().try_for_each(check_path)?;
        match self.claims.keys().find(|name| is_registered(name)) {
            Some(name) => Err(IssueError::ReservedName(name.clone())),
            None => Ok(()),
        }
    }

    /// Opens the payload with everything this module itself is responsible for.
    fn write_registered(&self, out: &mut String) {
        out.push('{');
        write::member("iss", self.issuer, out);
        write::integer_member("iat", self.issued_at.timestamp(), out);
        if let Some(end) = self.expires_at {
            write::integer_member("exp", end.timestamp(), out);
        }
        write::member("vct", self.vct, out);
        if let Some(integrity) = self.vct_integrity {
            write::member("vct#integrity", integrity, out);
        }
        if let Some(status) = self.status {
            out.push_str(",\"status\":{\"status_list\":{");
            write::integer_member("idx", status.idx.into(), out);
            write::member("uri", &status.uri, out);
            out.push_str("}}");
        }
        out.push_str(",\"cnf\":{\"jwk\":{");
        write::member("kty", &self.holder.kty, out);
        write::member("crv", &self.holder.crv, out);
        write::member("x", &self.holder.x, out);
        if let Some(y) = &self.holder.y {
            write::member("y", y, out);
        }
        out.push_str("}}");
        write::member("_sd_alg", "sha-256", out);
    }

    /// A salt is left over, so some path led nowhere, or to a claim that another path had named.
    fn why_not_all_were_found(&self) -> IssueError {
        let root = Value::Object(self.claims.clone());
        let nowhere = self.disclosable.iter().find(|p| p.select(&root).is_empty());
        if let Some(path) = nowhere {
            return IssueError::NoSuchClaim(path.clone());
        }
        let mut sorted: Vec<_> = self.disclosable.iter().collect();
        sorted.sort_unstable();
        let twice = sorted.windows(2).find_map(|pair| match pair {
            [one, other] if one == other => Some((*one).clone()),
            _ => None,
        });
        IssueError::NamedTwice(twice.unwrap_or_else(|| ClaimPath::new(Vec::new())))
    }
}

fn check_path(path: &ClaimPath) -> Result<(), IssueError> {
    match path.steps().first() {
        Some(Step::Name(name)) if super::PROTECTED.contains(&name.as_str()) => {
            Err(IssueError::Protected(path.clone()))
        }
        Some(Step::Name(_)) if !path.steps().contains(&Step::All(())) => Ok(()),
        _ => Err(IssueError::NotConcrete(path.clone())),
    }
}

/// Names that only [`Issuance`] itself may give a value at the top.
fn is_registered(name: &str) -> bool {
    name == "iat" || super::PROTECTED.contains(&name)
}
