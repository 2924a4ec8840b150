use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{
    Entry, EntryError, FederationEntity, IntendedUse, IssuerRole, Metadata, RecipientRole,
    Statement, TrustError, TrustList, publish,
};
use crate::{
    consent::details::{LegalBasis, Purpose},
    dcql::Query,
    jose::{
        Es256Key, Jwk, JwkSet, KeyUse, SignError, Signer as _,
        jws::{JwsError, Unverified},
    },
    network::Network,
    text::Text,
};

pub(crate) const REGISTRAR: &str = "https://registrar.example";
pub(crate) const CLIENT: &str = "openid_federation:https://lumohoiva.example";
pub(crate) const REDIRECT: &str = "https://lumohoiva.example/callback";

pub(crate) fn noon() -> DateTime<Utc> {
    "2026-05-29T12:00:00Z".parse().unwrap()
}

pub(crate) fn key() -> Es256Key {
    Es256Key::generate().unwrap().0
}

pub(crate) fn query(claims: &[&str]) -> Query {
    let claims: Vec<Value> = claims
        .iter()
        .map(|c| json!({"id": c, "path": [c]}))
        .collect();
    serde_json::from_value(json!({"credentials": [{
        "id": "degree", "format": "dc+sd-jwt",
        "meta": {"vct_values": ["https://types.example/qualification/1"]}, "claims": claims
    }]}))
    .unwrap()
}

pub(crate) fn purpose() -> Purpose {
    Purpose {
        code: "https://w3id.org/dpv#PersonnelHiring".into(),
        text: Text::new("Rekrytointi", "Rekrytering", "Recruitment"),
    }
}

/// A registrar and one recipient, each with keys of its own.
pub(crate) struct Parties {
    pub(crate) registrar: Es256Key,
    pub(crate) recipient: Es256Key,
    pub(crate) encryption: Jwk,
    pub(crate) legal_basis: LegalBasis,
}

impl Parties {
    pub(crate) fn new() -> Self {
        Self::on_basis(LegalBasis::Consent)
    }

    /// A recipient that registered its one use on this basis.
    pub(crate) fn on_basis(legal_basis: LegalBasis) -> Self {
        let encryption = key()
            .public_jwk()
            .bare()
            .with_thumbprint_kid()
            .with_use(KeyUse::Enc);
        Self {
            registrar: key(),
            recipient: key(),
            encryption,
            legal_basis,
        }
    }

    pub(crate) fn statement(&self) -> Statement {
        let signing = self.recipient.public_jwk().clone().with_use(KeyUse::Sig);
        Statement {
            iss: REGISTRAR.into(),
            sub: "https://lumohoiva.example".into(),
            iat: noon().timestamp(),
            exp: (noon() + TimeDelta::days(30)).timestamp(),
            jwks: JwkSet {
                keys: vec![signing, self.encryption.clone()],
            },
            metadata: Metadata {
                federation_entity: FederationEntity {
                    name_fi: "Lumo Hoiva Oy".into(),
                    name_sv: "Lumo Hoiva Ab".into(),
                    name_en: "Lumo Hoiva Ltd".into(),
                    business_id: Some("0000000-0".into()),
                    organisation_oid: None,
                },
                openid_credential_issuer: None,
                oauth_client: Some(RecipientRole {
                    client_id: CLIENT.into(),
                    redirect_uris: vec![REDIRECT.into()],
                    event_endpoint: None,
                    intended_uses: vec![IntendedUse {
                        purpose: purpose(),
                        legal_basis: self.legal_basis,
                        dcql_query: query(&["title", "grade", "awarded"]),
                        max_duration: "P90D".parse().unwrap(),
                        max_reads: None,
                        retention: "P30D".parse().unwrap(),
                    }],
                }),
                oauth_authorization_server: None,
                oauth_resource: None,
            },
        }
    }

    pub(crate) fn publish(&self, sequence: u64, statements: &[Statement]) -> String {
        let until = noon() + TimeDelta::days(30);
        publish(
            REGISTRAR,
            sequence,
            noon(),
            until,
            statements,
            &self.registrar,
        )
        .unwrap()
    }

    pub(crate) fn verify(&self, list: &str, known: Option<u64>) -> Result<TrustList, TrustError> {
        TrustList::verify(list, self.registrar.public_jwk(), known, noon())
    }

    pub(crate) fn trust(&self) -> TrustList {
        self.verify(&self.publish(1, &[self.statement()]), None)
            .unwrap()
    }
}

#[test]
fn names_and_roles_come_from_the_registrars_list() {
    let trust = Parties::new().trust();
    let (participant, role) = trust.recipient(CLIENT).unwrap();
    assert_eq!(participant.name.fi.as_deref(), Some("Lumo Hoiva Oy"));
    assert_eq!(role.redirect_uris, [REDIRECT]);
    assert!(
        trust
            .recipient("openid_federation:https://stranger.example")
            .is_none()
    );
    assert!(
        trust.issuer("https://lumohoiva.example").is_none(),
        "a recipient is not an issuer"
    );
}

#[test]
fn an_older_list_is_refused() {
    let parties = Parties::new();
    let list = parties.publish(4, &[parties.statement()]);
    assert_eq!(
        parties.verify(&list, Some(5)).unwrap_err(),
        TrustError::Older { known: 5 }
    );
    assert_eq!(parties.verify(&list, Some(4)).unwrap().sequence(), 4);
}

#[test]
fn a_list_of_another_registrar_is_refused() {
    let (parties, impostor) = (Parties::new(), Parties::new());
    let list = impostor.publish(9, &[impostor.statement()]);
    assert_eq!(
        parties.verify(&list, None).unwrap_err(),
        TrustError::Jws(JwsError::BadSignature)
    );
}

#[test]
fn a_statement_that_the_registrar_did_not_sign_is_refused() {
    let (parties, impostor) = (Parties::new(), Parties::new());
    let foreign = Unverified::parse(&impostor.publish(1, &[impostor.statement()]), super::TYP)
        .unwrap()
        .untrusted_payload::<Value>()
        .unwrap();
    let claims = json!({"iss": REGISTRAR, "seq": 1, "iat": noon().timestamp(),
        "exp": noon().timestamp() + 60, "statements": foreign["statements"]});
    let key_by = crate::jose::jws::KeyReference::Kid;
    let list = crate::jose::jws::sign(super::TYP, &claims, &parties.registrar, key_by).unwrap();
    assert_eq!(
        parties.verify(&list, None).unwrap_err(),
        TrustError::Jws(JwsError::BadSignature)
    );
}

#[test]
fn an_expired_or_too_long_list_is_refused() {
    let parties = Parties::new();
    let sign = |days| {
        let until = noon() + TimeDelta::days(days);
        publish(REGISTRAR, 1, noon(), until, &[], &parties.registrar).unwrap()
    };
    assert_eq!(
        parties.verify(&sign(31), None).unwrap_err(),
        TrustError::NotOfThisMoment
    );
    assert_eq!(
        parties.verify(&sign(0), None).unwrap_err(),
        TrustError::NotOfThisMoment
    );
    assert!(parties.verify(&sign(30), None).is_ok());
}

#[test]
fn a_participant_named_twice_is_refused() {
    let parties = Parties::new();
    let mut second = parties.statement();
    second.sub = "https://other.example".into();
    let list = parties.publish(1, &[parties.statement(), second]);
    assert_eq!(
        parties.verify(&list, None).unwrap_err(),
        TrustError::Ambiguous
    );
}

#[test]
fn a_statement_that_ends_before_its_list_is_refused() {
    let parties = Parties::new();
    let with_end = |end: DateTime<Utc>| {
        let mut statement = parties.statement();
        statement.exp = end.timestamp();
        parties.verify(&parties.publish(1, &[statement]), None)
    };
    let end = noon() + TimeDelta::days(30);
    assert!(with_end(end + TimeDelta::days(1)).is_ok());
    assert_eq!(
        with_end(end - TimeDelta::seconds(1)).unwrap_err(),
        TrustError::ForeignStatement {
            subject: "https://lumohoiva.example".into()
        }
    );
}

#[test]
fn a_list_longer_than_one_mebibyte_is_read_and_one_that_nobody_would_read_is_not_made() {
    let parties = Parties::new();
    let statements: Vec<Statement> = (0..700)
        .map(|number| {
            let mut statement = parties.statement();
            statement.sub = format!("https://school-{number}.example");
            statement.metadata.oauth_client = None;
            statement
        })
        .collect();
    let list = parties.publish(1, &statements);
    assert!(list.len() > crate::jose::jws::MAX_LENGTH, "{}", list.len());
    assert_eq!(
        parties.verify(&list, None).unwrap().participants().len(),
        700
    );

    let endless = vec![parties.statement(); super::MAX_STATEMENTS + 1];
    let until = noon() + TimeDelta::days(30);
    let refused = publish(REGISTRAR, 1, noon(), until, &endless, &parties.registrar);
    assert_eq!(refused.unwrap_err(), SignError::TooLong);
}

#[test]
fn a_name_that_would_look_like_another_is_not_listed() {
    let parties = Parties::new();
    let entry = |fi: &str, redirect: &str| {
        let mut role = parties.statement().metadata.oauth_client.unwrap();
        role.redirect_uris = vec![redirect.into()];
        Entry {
            entity_id: "https://lumohoiva.example".into(),
            name: Text::new(fi, "Lumo Hoiva Ab", "Lumo Hoiva Ltd"),
            business_id: None,
            organisation_oid: None,
            jwks: parties.statement().jwks,
            issuer: None,
            recipient: Some(role),
            broker: None,
            resource: None,
        }
        .check(Network::Public)
    };
    assert_eq!(entry("Lumo Hoiva Oy", REDIRECT), Ok(()));
    for name in [
        "Lumo\u{202e}yO aviohH",
        "Lumo\nKansaneläkelaitos",
        "Lumo\u{1b}[2K",
        " ",
    ] {
        assert_eq!(entry(name, REDIRECT), Err(EntryError::Name), "{name:?}");
    }
    let endless = format!("{REDIRECT}?{}", "x".repeat(1024));
    for address in [endless.as_str(), "https://lumohoiva.example/ä"] {
        let refused = entry("Lumo Hoiva Oy", address);
        assert_eq!(refused, Err(EntryError::Redirect(address.into())));
    }
}

/// An issuer with a DID, and whatever stands for the certificate of its authority.
fn issuer(did: &str, anchors: &[&str]) -> Entry {
    let parties = Parties::new();
    Entry {
        entity_id: "https://opisto.example".into(),
        name: Text::new("Opisto", "Institutet", "College"),
        business_id: None,
        organisation_oid: None,
        jwks: parties.statement().jwks,
        issuer: Some(IssuerRole {
            credential_types: vec!["https://types.example/qualification/1".into()],
            did: Some(did.into()),
            certificate_anchors: anchors.iter().map(|it| (*it).to_owned()).collect(),
            foreign_keys: Vec::new(),
        }),
        recipient: None,
        broker: None,
        resource: None,
    }
}

/// The outer form of a certificate: three values in a sequence.
const ANCHOR: &str = "MAcwADAAAwEA";

#[test]
fn an_issuers_did_and_authorities_are_kept_from_the_entry_to_the_list() {
    let entry = issuer("did:web:opisto.example", &[ANCHOR]);
    assert_eq!(entry.check(Network::Public), Ok(()));
    let written = serde_json::to_string(&entry).unwrap();
    assert_eq!(serde_json::from_str::<Entry>(&written).unwrap(), entry);
    let parties = Parties::new();
    let until = noon() + TimeDelta::days(30);
    let statement = entry.statement(REGISTRAR, noon(), until);
    let trust = parties
        .verify(&parties.publish(1, &[statement]), None)
        .unwrap();
    let (participant, role) = trust.issuer("did:web:opisto.example").unwrap();
    assert_eq!(Some(role), entry.issuer.as_ref());
    assert_eq!(role.anchors().len(), 1);
    assert_eq!(trust.issuer(&entry.entity_id).unwrap().0, participant);

    let kid = entry.jwks.keys[0].kid.as_deref().unwrap();
    let url = format!("did:web:opisto.example#{kid}");
    let signs = |name: &str, kid: &str| participant.signing_key(name, kid).is_some();
    assert!(signs("https://opisto.example", kid));
    assert!(signs("did:web:opisto.example", &url));
    assert!(signs("did:web:opisto.example", &format!("#{kid}")));
    // Each name has its own way to write a key id, and no other name has any.
    assert!(!signs("https://opisto.example", &url));
    assert!(!signs("did:web:opisto.example", kid));
    assert!(!signs(
        "did:web:opisto.example",
        &format!("did:web:toinen.example#{kid}")
    ));
    assert!(!signs("did:web:toinen.example", &format!("#{kid}")));
}

#[test]
fn an_entry_with_a_did_or_an_authority_that_is_none_is_refused_with_its_own_reason() {
    let check = |did: &str, anchors: &[&str]| issuer(did, anchors).check(Network::Public);
    for did in [
        "did:key:z6Mk",
        "https://opisto.example",
        "did:web:127.0.0.1",
        "did:web:vieras.example",
        "did:web:opisto.example%3A8443",
        "",
    ] {
        let refused = check(did, &[]).unwrap_err();
        assert_eq!(
            (&refused, refused.reason()),
            (&EntryError::Did, "entry_did")
        );
    }
    let large = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, [0; 9000]);
    let several = ["MAcwADAAAwEA"; 2];
    for anchors in [
        &["MII="][..],
        &["not base64"],
        &["MAcwADAAAwEB\n"],
        &["MAcwADAAAwEAAA=="],
        &[&large],
        &several,
        &[""],
    ] {
        let refused = check("did:web:opisto.example", anchors).unwrap_err();
        assert_eq!(refused.reason(), "entry_certificate_anchors", "{anchors:?}");
    }
}

#[test]
fn a_foreign_key_is_listed_under_an_id_of_its_own_and_only_where_it_is_of_use() {
    let rsa = |kid: Option<&str>, octets: usize| crate::jose::ForeignJwk {
        kty: "RSA".into(),
        n: Some(crate::encoding::base64url(vec![0xc5; octets])),
        e: Some("AQAB".into()),
        crv: None,
        x: None,
        y: None,
        kid: kid.map(str::to_owned),
        key_use: None,
        alg: None,
    };
    let listed = issuer("did:web:opisto.example", &[]);
    let check = |keys: Vec<_>| {
        let mut entry = listed.clone();
        entry.issuer.as_mut().unwrap().foreign_keys = keys;
        entry.check(Network::Public).map_err(|error| error.reason())
    };
    let own = listed.jwks.keys[0].kid.as_deref();
    assert_eq!(
        check(vec![rsa(Some("rsa-1"), 256), rsa(Some("rsa-2"), 512)]),
        Ok(())
    );
    let many = (0..9).map(|number| rsa(Some(&format!("rsa-{number}")), 256));
    for keys in [
        vec![rsa(None, 256)],
        vec![rsa(Some("rsa-1"), 128)],
        vec![rsa(own, 256)],
        vec![rsa(Some("rsa-1"), 256), rsa(Some("rsa-1"), 257)],
        many.collect(),
    ] {
        assert_eq!(check(keys), Err("entry_foreign_keys"));
    }
}

#[test]
fn two_participants_with_one_did_are_refused() {
    let parties = Parties::new();
    let until = noon() + TimeDelta::days(30);
    let one = issuer("did:web:opisto.example", &[]);
    let two = Entry {
        entity_id: "https://toinen.example".into(),
        ..one.clone()
    };
    let statements = [one, two].map(|entry| entry.statement(REGISTRAR, noon(), until));
    let refused = parties.verify(&parties.publish(1, &statements), None);
    assert_eq!(refused.unwrap_err(), TrustError::Ambiguous);
}
