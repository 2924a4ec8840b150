//! The verifier: ordered checks over a credential, a file, or an opened presentation.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use credential_core::{
    clock::Clock,
    dcql::CredentialQuery,
    linked_data::{KnownBy, VerifiedDocument},
    sd_jwt::VerifiedSdJwt,
    trust::TrustList,
};

use crate::{
    Verified, VerifiedCredential,
    checks::{
        Check, Outcome, Reason,
        bitstring::BitstringLists,
        budget::Budget,
        credential::{Genuine, authenticate, without_key_binding},
        grant,
        identity::{DidDocuments, Directory},
        kind::ForeignTypes,
        linked, parts, pdf, query,
        registry::{Members, Registries},
        status::StatusLists,
        verdict,
    },
    fetch::{Fetch, Offline},
    file_form::FileForm,
    open::{GrantExpectation, OpenError, OpenedPresentation},
    report::{Report, ReportedCredential},
};

/// How far ahead of our clock what a person's device dates may be (FAPI 2.0 section 5.3.2.1).
pub(crate) const MAX_AHEAD: TimeDelta = TimeDelta::seconds(10);

/// Checks credentials and presentations against one trust list. Cheap to share; status lists are
/// remembered between checks.
#[derive(Debug)]
pub struct Verifier {
    trust: TrustList,
    fetch: Arc<dyn Fetch>,
    clock: Arc<dyn Clock>,
    pdf_anchors: Vec<Vec<u8>>,
    registries: Registries,
    documents: DidDocuments,
    members: Members,
    types: ForeignTypes,
    statuses: StatusLists,
    bitstrings: BitstringLists,
}

/// Collects what a [`Verifier`] needs.
#[derive(Debug, Default)]
pub struct VerifierBuilder {
    trust: Option<TrustList>,
    fetch: Option<Arc<dyn Fetch>>,
    clock: Option<Arc<dyn Clock>>,
    pdf_anchors: Vec<Vec<u8>>,
    registries: Registries,
}

/// A verifier cannot be built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// There is no trust list, so nobody could be trusted.
    #[error("a verifier needs a trust list")]
    NoTrustList,
    /// There is no clock.
    #[error("a verifier needs a clock")]
    NoClock,
}

/// A check could not even start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The trust list has expired; a newer one is needed.
    #[error("the trust list expired at {expired_at}")]
    TrustListExpired {
        /// When.
        expired_at: DateTime<Utc>,
    },
}

impl VerifyError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::TrustListExpired { .. } => "trust_list_expired",
        }
    }
}

impl VerifierBuilder {
    /// Who is trusted for what. Required.
    #[must_use]
    pub fn trust(mut self, trust: TrustList) -> Self {
        self.trust = Some(trust);
        self
    }

    /// What time it is. Required.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// Where status lists, the documents of strangers (did:web) and the statements of federations come from.
    #[must_use]
    pub fn fetch(mut self, fetch: impl Fetch + 'static) -> Self {
        self.fetch = Some(Arc::new(fetch));
        self
    }

    /// Status lists come over the network, by the guarded client.
    #[cfg(feature = "http")]
    #[must_use]
    pub fn http(self, client: crate::http::HttpClient) -> Self {
        self.fetch(client)
    }

    /// No network: whether a credential was revoked cannot be checked, and the report says so. This
    /// is also what happens when no source is named.
    #[must_use]
    pub fn offline(self) -> Self {
        self.fetch(Offline)
    }

    /// Whose certificates (DER) may stand behind signatures of PDF documents. Without any, who signed one
    /// could not be checked.
    #[must_use]
    pub fn pdf_anchors(mut self, certificates: Vec<Vec<u8>>) -> Self {
        self.pdf_anchors = certificates;
        self
    }

    /// Whom to trust beside the trust list: pinned issuers, federations, certificate authorities. Without any, whoever
    /// is not on the list is a stranger.
    #[must_use]
    pub fn registries(mut self, registries: Registries) -> Self {
        self.registries = registries;
        self
    }

    /// The verifier.
    ///
    /// # Errors
    /// [`BuildError`] when trust list or clock is missing.
    pub fn build(self) -> Result<Verifier, BuildError> {
        Ok(Verifier {
            trust: self.trust.ok_or(BuildError::NoTrustList)?,
            fetch: self.fetch.unwrap_or_else(|| Arc::new(Offline)),
            clock: self.clock.ok_or(BuildError::NoClock)?,
            pdf_anchors: self.pdf_anchors,
            registries: self.registries,
            documents: DidDocuments::default(),
            members: Members::default(),
            types: ForeignTypes::default(),
            statuses: StatusLists::default(),
            bitstrings: BitstringLists::default(),
        })
    }
}

impl Verifier {
    /// Starts a new verifier.
    #[must_use]
    pub fn builder() -> VerifierBuilder {
        VerifierBuilder::default()
    }

    /// The trust list it decides by.
    #[must_use]
    pub fn trust(&self) -> &TrustList {
        &self.trust
    }

    /// Checks a credential that comes from its issuer, as a wallet does on arrival. Whether it is
    /// bound to the right key is for the wallet to see to.
    ///
    /// The claims come along unless something is invalid or the signature could not be checked.
    ///
    /// # Errors
    /// [`VerifyError`] when the check could not start.
    pub async fn verify_credential(
        &self,
        sd_jwt: &str,
    ) -> Result<(Report, Option<VerifiedCredential>), VerifyError> {
        let now = self.now()?;
        let (reported, credential) = self.examine(sd_jwt, now).await;
        let report = Report::new(now, Vec::new(), None, vec![reported]);
        let verified =
            credential.and_then(|claims| VerifiedCredential::new(claims, report.verdict));
        Ok((report, verified))
    }

    /// Checks a credential of the W3C data model (1.1 or 2.0), such as an Open Badge or a learner record: JSON
    /// with a proof in it, or a compact JWT. What stands in it is checked too.
    ///
    /// The document comes along unless something is invalid or the proof could not be checked.
    ///
    /// # Errors
    /// [`VerifyError`] when the check could not start.
    pub async fn verify_document(
        &self,
        text: &str,
    ) -> Result<(Report, Option<Verified<VerifiedDocument>>), VerifyError> {
        self.document(text, None).await
    }

    async fn document(
        &self,
        text: &str,
        person: Option<&KnownBy>,
    ) -> Result<(Report, Option<Verified<VerifiedDocument>>), VerifyError> {
        let now = self.now()?;
        let budget = self.budget();
        let directory = self.directory(&budget);
        let (reported, document) = match linked::authenticate(text, directory, now).await {
            Ok(mut genuine) => {
                let about = linked::about(&genuine, person);
                genuine
                    .checks
                    .extend(about.map(|reason| Check::new(reason, now)));
                let status = self
                    .bitstrings
                    .check(&genuine.credential, &genuine.issuer, &budget, now)
                    .await;
                genuine.checks.push(status);
                let asking = parts::Asking {
                    directory,
                    lists: &self.bitstrings,
                    now,
                };
                let (within, said) = parts::check(&genuine.credential, asking).await;
                genuine.checks.extend(said);
                let reported = ReportedCredential::linked(&genuine, &within);
                (reported, Some(genuine.credential))
            }
            Err(checks) => (ReportedCredential::unreadable(None, checks), None),
        };
        let report = Report::new(now, Vec::new(), None, vec![reported]);
        let verified = document.and_then(|document| Verified::new(document, report.verdict));
        Ok((report, verified))
    }

    /// Checks a credential that somebody hands over as a file, whatever it is by its content: an SD-JWT VC, a
    /// credential of the W3C data model as JSON, JWT or baked into a picture, or a signed PDF document. It does
    /// not show that the one who hands it over is its holder, and the report says so.
    ///
    /// # Errors
    /// [`VerifyError`] when the check could not start.
    pub async fn verify_file(&self, file: impl AsRef<[u8]>) -> Result<Report, VerifyError> {
        self.file(file.as_ref(), None).await
    }

    /// The same, and whether it is about somebody whom the one who asks knows by a name or an address: badges mostly
    /// hold no more of a person than a hash of that. It does not show that it is this person who hands it over.
    ///
    /// # Errors
    /// [`VerifyError`] when the check could not start.
    pub async fn verify_file_about(
        &self,
        file: impl AsRef<[u8]>,
        person: &KnownBy,
    ) -> Result<Report, VerifyError> {
        self.file(file.as_ref(), Some(person)).await
    }

    async fn file(&self, bytes: &[u8], person: Option<&KnownBy>) -> Result<Report, VerifyError> {
        let now = self.now()?;
        // Only credentials of the data model say it in a way that can be compared.
        let not_said = person.map(|_known_by| Reason::PersonNotSaid);
        let alone = |reason, detail| {
            let checks = vec![Check::detailed(reason, detail, now)];
            ReportedCredential::unreadable(None, checks)
        };
        let reported = match FileForm::of(bytes) {
            FileForm::Linked(text) => {
                let (credential, holder) = of_a_file(&text);
                let (report, _document) = self.document(credential, person).await?;
                return Ok(report.of_a_file(&[holder], now));
            }
            FileForm::SdJwt(text) => {
                let (credential, holder) = of_a_file(&text);
                let (reported, _credential) = self.examine(credential, now).await;
                let report = Report::new(now, Vec::new(), None, vec![reported]);
                let said: Vec<_> = not_said.into_iter().chain([holder]).collect();
                return Ok(report.of_a_file(&said, now));
            }
            FileForm::Pdf => ReportedCredential::pdf(&pdf::check(bytes, &self.pdf_anchors, now)),
            FileForm::NotSupported(code) => alone(Reason::ProofNotSupported, code),
            FileForm::NotSigned(code) => alone(Reason::NotSigned, code),
            FileForm::Malformed(code) => alone(Reason::CredentialMalformed, code),
        };
        let report = Report::new(now, Vec::new(), None, vec![reported]);
        let said: Vec<_> = not_said
            .into_iter()
            .chain([Reason::HolderNotShown])
            .collect();
        Ok(report.of_a_file(&said, now))
    }

    /// Checks an opened deposit against the grant it was read under: every credential, the holder's
    /// binding to us and to this grant, the holder's decision, and the granted query run again.
    ///
    /// # Errors
    /// [`VerifyError`] when the check could not start.
    pub async fn verify_presentation(
        &self,
        opened: &OpenedPresentation,
        expected: &GrantExpectation<'_>,
    ) -> Result<Report, VerifyError> {
        let now = self.now()?;
        let mut checks = grant::check(opened, expected, now);
        let (mut reported, mut genuine) = (Vec::new(), Vec::new());
        for part in &expected.details.dcql_query.credentials {
            match opened.presentations(&part.id) {
                [text] => {
                    let (credential, found) = self.answer(part, text, opened, expected, now).await;
                    reported.push(credential);
                    genuine.extend(found);
                }
                _ => checks.push(Check::new(Reason::CredentialMissing, now)),
            }
        }
        let asked = &expected.details.dcql_query;
        if opened
            .credential_ids()
            .any(|id| asked.credential(id).is_none())
        {
            checks.push(Check::new(Reason::MoreThanAsked, now));
        }
        if query::persons_differ(genuine.iter()) {
            checks.push(Check::new(Reason::PersonsDiffer, now));
        }
        Ok(Report::new(now, checks, Some((opened, expected)), reported))
    }

    /// The report about a deposit that could not be opened.
    ///
    /// # Errors
    /// [`VerifyError`] when the check could not start.
    pub fn refuse(&self, error: OpenError) -> Result<Report, VerifyError> {
        let now = self.now()?;
        Ok(Report::new(
            now,
            vec![grant::not_opened(error, now)],
            None,
            Vec::new(),
        ))
    }

    fn now(&self) -> Result<DateTime<Utc>, VerifyError> {
        let (now, expired_at) = (self.clock.now(), self.trust.expires_at());
        if expired_at <= now {
            return Err(VerifyError::TrustListExpired { expired_at });
        }
        Ok(now)
    }

    /// For one credential and everything in it.
    fn budget(&self) -> Budget<'_> {
        Budget::new(&*self.fetch, &*self.clock)
    }

    fn directory<'v>(&'v self, budget: &'v Budget<'v>) -> Directory<'v> {
        Directory {
            trust: &self.trust,
            registries: &self.registries,
            documents: &self.documents,
            members: &self.members,
            fetch: budget,
            clock: &*self.clock,
        }
    }

    async fn examine(
        &self,
        sd_jwt: &str,
        now: DateTime<Utc>,
    ) -> (ReportedCredential, Option<VerifiedSdJwt>) {
        let budget = self.budget();
        match authenticate(sd_jwt, None, self.directory(&budget), now).await {
            Ok(genuine) => {
                self.conclude(None, genuine, Vec::new(), (&budget, now))
                    .await
            }
            Err(checks) => (ReportedCredential::unreadable(None, checks), None),
        }
    }

    async fn answer(
        &self,
        part: &CredentialQuery,
        text: &str,
        opened: &OpenedPresentation,
        expected: &GrantExpectation<'_>,
        now: DateTime<Utc>,
    ) -> (ReportedCredential, Option<VerifiedSdJwt>) {
        let nonce = grant::nonce(opened, expected);
        let binding = grant::key_binding(opened, expected, &nonce, now);
        let budget = self.budget();
        match authenticate(text, Some(&binding), self.directory(&budget), now).await {
            Ok(genuine) => {
                let answered = query::check(part, &genuine.credential, now);
                self.conclude(Some(&part.id), genuine, vec![answered], (&budget, now))
                    .await
            }
            Err(checks) => (ReportedCredential::unreadable(Some(&part.id), checks), None),
        }
    }

    /// Asks what kind it is and for its status, which only a genuine credential is worth, and sums up.
    async fn conclude(
        &self,
        id: Option<&str>,
        genuine: Genuine<'_>,
        more: Vec<Check>,
        (budget, now): (&Budget<'_>, DateTime<Utc>),
    ) -> (ReportedCredential, Option<VerifiedSdJwt>) {
        let Genuine {
            credential,
            issuer,
            mut checks,
        } = genuine;
        let (kind, as_described) = self.types.check(&credential, &issuer, budget, now).await;
        let status = self
            .statuses
            .check(credential.status(), &issuer, budget, now)
            .await;
        checks.extend([as_described, status]);
        checks.extend(more);
        let invalid = verdict(checks.iter().map(|check| check.outcome)) == Outcome::Invalid;
        let reported = ReportedCredential::new(id, &credential, (&issuer, &kind), checks);
        (reported, (!invalid).then_some(credential))
    }
}

#[cfg(test)]
pub(crate) mod tests;

/// The credential in a file, and what is said of its holder: nobody asked for a key binding that came along, so it
/// shows nothing.
fn of_a_file(text: &str) -> (&str, Reason) {
    let credential = match text.starts_with('{') {
        true => text,
        false => without_key_binding(text),
    };
    match credential.len() == text.len() {
        true => (credential, Reason::HolderNotShown),
        false => (credential, Reason::HolderBindingNotChecked),
    }
}
