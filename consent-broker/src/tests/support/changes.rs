//! What a wallet signs and sends about a grant that stands.

use chrono::{DateTime, Utc};
use credential_core::{
    consent::{
        decision::{DecisionClaims, Verdict},
        details::GrantedDetails,
    },
    encoding::sha256_base64url,
    jose::jws::General,
};
use serde_json::{Value, json};

use super::{
    Answer, Grant, World,
    people::{deposit, deposit_header},
};

impl Grant {
    /// A word about this grant, signed with its key.
    pub(crate) fn says(
        &self,
        decision: Verdict,
        change: Option<u32>,
        details: Option<&GrantedDetails>,
        aud: &str,
        now: DateTime<Utc>,
    ) -> DecisionClaims {
        DecisionClaims {
            decision,
            grant_id: self.id,
            request_hash: sha256_base64url(&self.request),
            recipient: self.details.recipient.clone(),
            aud: aud.into(),
            iat: now.timestamp(),
            details: details.cloned(),
            reply_jwk: None,
            change,
        }
    }

    /// The same without one optional claim.
    pub(crate) fn without_grade(&self) -> GrantedDetails {
        let mut less = self.details.clone();
        let claims = &mut less.dcql_query.credentials[0].claims;
        claims.retain(|claim| claim.id != "grade");
        less
    }
}

impl World {
    pub(crate) fn signed_change(
        &self,
        grant: &Grant,
        verdict: Verdict,
        number: u32,
        details: Option<&GrantedDetails>,
    ) -> General {
        grant
            .says(verdict, Some(number), details, &self.origin, self.now())
            .sign(&grant.wallet.grant_key)
            .unwrap()
    }

    /// A deposit under these details, at this place.
    pub(crate) fn sealed(&self, details: &GrantedDetails, seq: u32) -> String {
        let mut header = deposit_header(details, &self.recipient, self.now());
        header.seq = seq;
        deposit(&header, 4096)
    }

    pub(crate) async fn send_change(&self, grant: &Grant, body: &Value) -> Answer {
        let path = format!("/wallet/grants/{}/changes", grant.id);
        let token = self.wallet_token(&grant.wallet).await;
        self.wallet_post(&grant.wallet, &token, &path, body).await
    }

    /// Pauses or resumes.
    pub(crate) async fn hold(&self, grant: &Grant, verdict: Verdict, number: u32) -> Answer {
        let decision = self.signed_change(grant, verdict, number, None);
        self.send_change(grant, &json!({ "decision": decision }))
            .await
    }

    /// Narrows or renews, with a deposit at the next place.
    pub(crate) async fn alter(
        &self,
        grant: &Grant,
        (verdict, number): (Verdict, u32),
        details: &GrantedDetails,
        deposit: &str,
    ) -> Answer {
        let decision = self.signed_change(grant, verdict, number, Some(details));
        let body = json!({ "decision": decision, "deposit": deposit });
        self.send_change(grant, &body).await
    }

    /// One grant as its holder sees it.
    pub(crate) async fn view(&self, grant: &Grant) -> Value {
        let token = self.wallet_token(&grant.wallet).await;
        let path = format!("/wallet/grants/{}", grant.id);
        let answer = self.wallet_get(&grant.wallet, &token, &path).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }
}
