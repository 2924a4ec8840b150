//! Who takes part in the demonstration: invented organisations, as the registrar lists them.

use consent_broker::{BrokerKeys, WitnessAt};
use credential_core::{
    consent::{
        details::{ClaimReason, ClaimRef, LegalBasis, Mode, Purpose},
        period::{NotAPeriod, Period},
    },
    credential::CredentialType,
    dcql::{ClaimPath, ClaimQuery, CredentialQuery, Meta, Query, SD_JWT_VC},
    jose::{Jwk, JwkSet, KeyUse, SignError},
    text::Text,
    transparency::origin_of,
    trust::{BrokerRole, Entry, IntendedUse, IssuerRole, RecipientRole, ResourceRole},
};
use verifier_sdk::recipient::{Identity, RequestTemplate};

/// The registrar's identifier.
pub const REGISTRAR: &str = "https://registrar.osaamislompakko.example";
/// The recipient's entity identifier.
pub const RECIPIENT: &str = "https://lumohoiva.example";
/// The recipient's client id.
pub const RECIPIENT_CLIENT: &str = "openid_federation:https://lumohoiva.example";
/// The one part of the recipient's query.
pub const PART: &str = "certificate";

/// What an employer needs to know of a certificate.
const NEEDED: &str = "title";

/// Why it is needed.
fn why(claim: &str) -> ClaimReason {
    ClaimReason {
        credential_id: PART.into(),
        claim_id: claim.into(),
        text: Text::new(
            "Tarkistamme, että sinulla on tehtävään vaadittu tutkinto.",
            "Vi kontrollerar att du har den examen som uppgiften kräver.",
            "We check that you have the qualification the work requires.",
        ),
    }
}

/// What would help and can be left out, as far as the type has it.
const HELPFUL: [&str; 7] = [
    "given_name",
    "family_name",
    "awarding_date",
    "awarding_body",
    "qualification_titles",
    "credits",
    "grade",
];

/// The issuer's legal name.
#[must_use]
pub fn issuer_name() -> Text {
    Text::new(
        "Lehtorannan ammattiopisto",
        "Yrkesinstitutet i Lehtoranta",
        "Lehtoranta Vocational College",
    )
}

/// The recipient's legal name.
#[must_use]
pub fn recipient_name() -> Text {
    Text::new("Lumo Hoiva Oy", "Lumo Hoiva Ab", "Lumo Hoiva Ltd")
}

pub(super) fn issuer(url: &str, key: Jwk) -> Entry {
    let types = CredentialType::ALL.iter().map(|kind| kind.vct().to_owned());
    Entry {
        issuer: Some(IssuerRole {
            credential_types: types.collect(),
            ..IssuerRole::default()
        }),
        ..listed(url, issuer_name(), JwkSet { keys: vec![key] })
    }
}

pub(super) fn broker(
    url: &str,
    keys: &BrokerKeys,
    witnesses: &[WitnessAt],
) -> Result<Entry, SignError> {
    let name = Text::new(
        "Esimerkkivälittäjä",
        "Exempelförmedlaren",
        "Example Consent Broker",
    );
    let log = keys.log_signer(&origin_of(url))?;
    Ok(Entry {
        broker: Some(BrokerRole {
            log_key: Some(log.verifier().clone()),
            witnesses: witnesses.iter().map(|one| one.key().clone()).collect(),
            ..BrokerRole::new(url)
        }),
        ..listed(url, name, keys.public())
    })
}

pub(super) fn recipient(identity: &Identity) -> Entry {
    let signing = identity
        .signing_key
        .public_jwk()
        .clone()
        .with_use(KeyUse::Sig);
    let keys = vec![signing, identity.encryption_key.public_jwk().clone()];
    let redirect_uri = &identity.redirect_uri;
    hiring_recipient(RECIPIENT, recipient_name(), JwkSet { keys }, redirect_uri)
}

/// An employer that may ask for the same as the recipient of the demonstration. Its client id is
/// `openid_federation:` and its entity id.
#[must_use]
pub fn hiring_recipient(entity: &str, name: Text, keys: JwkSet, redirect_uri: &str) -> Entry {
    Entry {
        recipient: Some(RecipientRole {
            client_id: format!("openid_federation:{entity}"),
            redirect_uris: vec![redirect_uri.into()],
            event_endpoint: None,
            intended_uses: hiring().into_iter().collect(),
        }),
        ..listed(entity, name, keys)
    }
}

/// An interface of somebody else's that is told about certificates of every kind. Its keys sign its
/// questions to the broker.
#[must_use]
pub fn resource_server(entity: &str, name: Text, keys: JwkSet, resource: &str) -> Entry {
    let types = CredentialType::ALL.iter().map(|kind| kind.vct().to_owned());
    Entry {
        resource: Some(ResourceRole {
            resource: resource.into(),
            credential_types: types.collect(),
        }),
        ..listed(entity, name, keys)
    }
}

fn listed(entity: &str, name: Text, jwks: JwkSet) -> Entry {
    Entry {
        entity_id: entity.into(),
        name,
        business_id: None,
        organisation_oid: None,
        jwks,
        issuer: None,
        recipient: None,
        broker: None,
        resource: None,
    }
}

/// Why the recipient asks.
#[must_use]
pub fn purpose() -> Purpose {
    Purpose {
        code: "https://w3id.org/dpv#PersonnelHiring".into(),
        text: Text::new(
            "Pätevyyden tarkistaminen rekrytoinnissa",
            "Kontroll av behörighet vid rekrytering",
            "Checking qualifications when hiring",
        ),
    }
}

/// The registered intended use: any kind of certificate or minimal proof, and never more than an
/// employer needs.
fn hiring() -> Result<IntendedUse, NotAPeriod> {
    Ok(IntendedUse {
        purpose: purpose(),
        legal_basis: LegalBasis::Consent,
        dcql_query: Query {
            credentials: CredentialType::ALL.into_iter().map(part).collect(),
        },
        max_duration: Period::days(90)?,
        max_reads: None,
        retention: Period::days(30)?,
    })
}

/// The claim of a minimal proof that the employer needs: one fact, whatever else could be proved.
fn fact(kind: CredentialType) -> Option<&'static str> {
    match kind {
        CredentialType::MinimumLevel => Some("eqf_at_least_4"),
        CredentialType::MinimumCredits => Some("credits_at_least_60"),
        CredentialType::EnrolledNow => Some("enrolled"),
        _ => None,
    }
}

/// A standing request for one kind of certificate or minimal proof.
///
/// # Errors
/// Never: the periods are constants.
pub fn request(kind: CredentialType) -> Result<RequestTemplate, NotAPeriod> {
    let part = CredentialQuery {
        id: PART.into(),
        ..part(kind)
    };
    let needed = fact(kind).unwrap_or(NEEDED);
    let optional = part.claims.iter().filter(|claim| claim.id != needed);
    Ok(RequestTemplate {
        optional: optional.map(|claim| claim_ref(&claim.id)).collect(),
        reasons: vec![why(needed)],
        dcql_query: Query {
            credentials: vec![part],
        },
        purpose: purpose(),
        legal_basis: LegalBasis::Consent,
        mode: Mode::Standing,
        until: None,
        duration: Some(Period::days(60)?),
        max_reads: None,
        retention: Period::days(30)?,
    })
}

/// A claim of the request's one part.
#[must_use]
pub fn claim_ref(claim: &str) -> ClaimRef {
    ClaimRef {
        credential_id: PART.into(),
        claim_id: claim.into(),
    }
}

fn part(kind: CredentialType) -> CredentialQuery {
    let has = |name: &&str| kind.metadata().claim(&ClaimPath::claim(name)).is_some();
    let needed = fact(kind).unwrap_or(NEEDED);
    let claims = [needed].into_iter().chain(HELPFUL).filter(has);
    CredentialQuery {
        id: kind.vct().rsplit('/').nth(1).unwrap_or(PART).to_owned(),
        format: SD_JWT_VC.into(),
        meta: Meta {
            vct_values: vec![kind.vct().into()],
        },
        claims: claims
            .map(|name| ClaimQuery {
                id: name.into(),
                path: ClaimPath::claim(name),
                values: None,
            })
            .collect(),
    }
}
