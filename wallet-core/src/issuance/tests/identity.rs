//! Credentials of institutions that sign by a DID, or with a certificate.

#[path = "../../../../credential-core/src/x509/tests/authority.rs"]
#[expect(dead_code, reason = "more than this file needs")]
mod authority;

use std::sync::Arc;

use credential_core::{
    did::WebDid,
    jose::{Es256Key, NamedSigner},
    trust::IssuerRole,
};

use self::authority::{Authority, Wanted, x5c};
use super::{
    institution::{Dress, Institution, IssuerKey},
    *,
};

const DEGREE: &[CredentialType] = &[CredentialType::Qualification];

/// What is in the wallet after an offer was accepted; each time with the description and the status list
/// signed in the same way.
async fn accepted(institution: &Institution) -> Result<Vec<HeldCredential>, Error> {
    let (wallet, _folder) = institution.wallet();
    let offer = institution.offer(DEGREE);
    let open = wallet.open_offer(&offer.link).await?;
    wallet.accept_offer(&open, offer.tx_code.as_deref()).await?;
    wallet.credentials()
}

fn called_by_did(parties: &Arc<Parties>, url: &str, is_listed: bool) -> Dress {
    let did = WebDid::of_address(url).unwrap();
    let kid = parties.issuer.public_jwk().thumbprint();
    let kid = format!("{}#{kid}", did.as_str());
    Dress {
        signer: Arc::new(NamedSigner::under(
            Arc::new(IssuerKey(Arc::clone(parties))),
            kid,
        )),
        role: IssuerRole {
            did: is_listed.then(|| did.as_str().to_owned()),
            ..IssuerRole::default()
        },
        did: Some(did),
    }
}

fn certified(authority: &Authority, listed: &Authority, dns: &str) -> Dress {
    let (key, pkcs8) = Es256Key::generate().unwrap();
    let wanted = Wanted {
        dns: &[dns],
        ..Wanted::default()
    };
    let chain = x5c(&[&authority.certify(&pkcs8, &wanted)]);
    Dress {
        signer: Arc::new(NamedSigner::certified(Arc::new(key), chain)),
        did: None,
        role: IssuerRole {
            certificate_anchors: x5c(&[listed.certificate()]),
            ..IssuerRole::default()
        },
    }
}

#[tokio::test]
async fn c41_a_credential_under_the_listed_did_of_the_issuer_is_kept_and_read_again() {
    let dress = |parties: &_, url: &str| called_by_did(parties, url, true);
    let institution = Institution::dressed(dress).await;
    let held = accepted(&institution).await.unwrap();
    assert_eq!(held.len(), 1);
    let did = WebDid::of_address(&institution.url).unwrap();
    assert_eq!(held[0].issuer(), did.as_str());
}

#[tokio::test]
async fn c20_a_did_that_is_not_listed_is_not_taken_for_the_issuer() {
    let dress = |parties: &_, url: &str| called_by_did(parties, url, false);
    let institution = Institution::dressed(dress).await;
    let refused = accepted(&institution).await.unwrap_err();
    // The description comes first, and its key id is a DID URL of nobody who is listed.
    let unknown = SignedMetadataError::UnknownKey;
    assert_eq!(refused, IssuanceError::SignedMetadata(unknown).into());
}

#[tokio::test]
async fn c41_a_credential_with_a_certificate_of_a_listed_authority_is_kept_and_read_again() {
    let root = Authority::root("Juurivarmentaja");
    let institution = Institution::dressed(|_, _| certified(&root, &root, "localhost")).await;
    let held = accepted(&institution).await.unwrap();
    assert_eq!(held.len(), 1);
    assert_eq!(held[0].issuer(), institution.url);
}

#[tokio::test]
async fn c41_a_certificate_of_another_authority_or_host_is_not_taken_for_the_issuers() {
    let (root, foreign) = (
        Authority::root("Juurivarmentaja"),
        Authority::root("Vieras"),
    );
    for (authority, dns) in [(&foreign, "localhost"), (&root, "vieras.example")] {
        let institution = Institution::dressed(|_, _| certified(authority, &root, dns)).await;
        let refused = accepted(&institution).await.unwrap_err();
        let unknown = SignedMetadataError::UnknownKey;
        assert_eq!(refused, IssuanceError::SignedMetadata(unknown).into());
    }
}
