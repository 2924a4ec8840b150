//! Every answer a check can give: its stable code, what it looked at, and what it means.

use serde::{Serialize, Serializer};

use super::{Outcome, Question, What};

macro_rules! reasons {
    ($($name:ident $code:literal $question:ident $what:ident $outcome:ident;)+) => {
        /// Why a check came out as it did. The code is stable; the words stand in the translations.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Reason {
            $(#[doc = concat!("`", $code, "`")] $name,)+
        }

        impl Reason {
            /// Every reason.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The stable code.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// The question it answers.
            #[must_use]
            pub fn question(self) -> Question {
                match self { $(Self::$name => Question::$question,)+ }
            }

            /// What was looked at.
            #[must_use]
            pub fn what(self) -> What {
                match self { $(Self::$name => What::$what,)+ }
            }

            /// What it means.
            #[must_use]
            pub fn outcome(self) -> Outcome {
                match self { $(Self::$name => Outcome::$outcome,)+ }
            }
        }
    };
}

reasons! {
    IssuerTrusted "issuer_trusted" Issuer Issuer Valid;
    IssuerUnknown "issuer_unknown" Issuer Issuer Attention;
    IssuerNotTrustedForType "issuer_not_trusted_for_type" Issuer Issuer Invalid;
    IssuerPinned "issuer_pinned" Issuer Issuer Valid;
    IssuerInFederation "issuer_in_federation" Issuer Issuer Valid;
    IssuerCertified "issuer_certified" Issuer Issuer Valid;
    FederationUnreachable "federation_unreachable" Issuer Issuer CouldNotCheck;
    FederationOffline "federation_offline" Issuer Issuer CouldNotCheck;
    FederationChainInvalid "federation_chain_invalid" Issuer Issuer CouldNotCheck;
    SignerTrusted "signer_trusted" Issuer Issuer Valid;
    SignerUnknown "signer_unknown" Issuer Issuer Attention;
    SignerNotChecked "signer_not_checked" Issuer Issuer CouldNotCheck;

    SignatureValid "signature_valid" Unchanged Signature Valid;
    SignatureInvalid "signature_invalid" Unchanged Signature Invalid;
    CredentialMalformed "credential_malformed" Unchanged Signature Invalid;
    IssuerKeyUnknown "issuer_key_unknown" Unchanged Signature Invalid;
    IssuerKeyNotAvailable "issuer_key_not_available" Unchanged Signature CouldNotCheck;
    IssuerCertificateInvalid "issuer_certificate_invalid" Unchanged Signature Invalid;
    IssuerCertificateNotListed "issuer_certificate_not_listed" Unchanged Signature CouldNotCheck;
    IssuerDocumentUnreachable "issuer_document_unreachable" Unchanged Signature CouldNotCheck;
    IssuerDocumentOffline "issuer_document_offline" Unchanged Signature CouldNotCheck;
    IssuerDocumentInvalid "issuer_document_invalid" Unchanged Signature CouldNotCheck;
    NotSigned "not_signed" Unchanged Signature Invalid;
    TermUndefined "term_undefined" Unchanged Signature Invalid;
    ContextUnknown "context_unknown" Unchanged Signature CouldNotCheck;
    ProofNotSupported "proof_not_supported" Unchanged Signature CouldNotCheck;
    ChangedAfterSigning "changed_after_signing" Unchanged Signature Invalid;
    PagesNotRead "pages_not_read" Unchanged Type Attention;
    PartValid "part_valid" Unchanged Parts Valid;
    PartAttention "part_attention" Unchanged Parts Attention;
    PartInvalid "part_invalid" Unchanged Parts Invalid;
    PartNotChecked "part_not_checked" Unchanged Parts CouldNotCheck;
    PartNotSigned "part_not_signed" Unchanged Parts Attention;
    PartOfAnother "part_of_another" Unchanged Parts Attention;
    PartsTooMany "parts_too_many" Unchanged Parts CouldNotCheck;
    EndorsementValid "endorsement_valid" Unchanged Parts Valid;
    EndorsementAttention "endorsement_attention" Unchanged Parts Attention;
    EndorsementInvalid "endorsement_invalid" Unchanged Parts Invalid;
    EndorsementNotChecked "endorsement_not_checked" Unchanged Parts CouldNotCheck;
    EndorsementNotSigned "endorsement_not_signed" Unchanged Parts Attention;
    TypeKnown "type_known" Unchanged Type Valid;
    TypeDescribed "type_described" Unchanged Type Valid;
    TypeMismatch "type_mismatch" Unchanged Type Invalid;
    TypeDescriptionInvalid "type_description_invalid" Unchanged Type CouldNotCheck;
    TypeUnknown "type_unknown" Unchanged Type Attention;
    TypeIntegrityMissing "type_integrity_missing" Unchanged Type Attention;
    TypeIntegrityMismatch "type_integrity_mismatch" Unchanged Type Invalid;
    TypeDisclosureMismatch "type_disclosure_mismatch" Unchanged Type Invalid;

    InForce "in_force" ValidNow Times Valid;
    ExpiresSoon "expires_soon" ValidNow Times Attention;
    Expired "expired" ValidNow Times Invalid;
    NotYetValid "not_yet_valid" ValidNow Times Invalid;
    NotRevoked "not_revoked" ValidNow Status Valid;
    StatusNotUsed "status_not_used" ValidNow Status Valid;
    Revoked "revoked" ValidNow Status Invalid;
    Suspended "suspended" ValidNow Status Invalid;
    StatusOutOfBounds "status_out_of_bounds" ValidNow Status Invalid;
    StatusUnreachable "status_unreachable" ValidNow Status CouldNotCheck;
    StatusOffline "status_offline" ValidNow Status CouldNotCheck;
    StatusListInvalid "status_list_invalid" ValidNow Status CouldNotCheck;
    StatusTodayNotKnown "status_today_not_known" ValidNow Status Attention;
    KeyAtIssueNotShown "key_at_issue_not_shown" Unchanged Signature Attention;
    EvidenceOfAnother "evidence_of_another" Unchanged Signature Invalid;
    StatusNotUnderstood "status_not_understood" ValidNow Status CouldNotCheck;
    SignerStatusNotChecked "signer_status_not_checked" ValidNow Status CouldNotCheck;
    GrantEnded "grant_ended" ValidNow Decision Invalid;

    HolderBound "holder_bound" MeantForUs HolderBinding Valid;
    HolderBindingMissing "holder_binding_missing" MeantForUs HolderBinding Invalid;
    HolderBindingInvalid "holder_binding_invalid" MeantForUs HolderBinding Invalid;
    MadeForAnotherRecipient "made_for_another_recipient" MeantForUs HolderBinding Invalid;
    MadeForAnotherRequest "made_for_another_request" MeantForUs HolderBinding Invalid;
    MadeAtAnotherTime "made_at_another_time" MeantForUs HolderBinding Invalid;
    HolderNotShown "holder_not_shown" MeantForUs HolderBinding Attention;
    HolderBindingNotChecked "holder_binding_not_checked" MeantForUs HolderBinding CouldNotCheck;
    AboutThisPerson "about_this_person" MeantForUs HolderBinding Valid;
    AboutAnotherPerson "about_another_person" MeantForUs HolderBinding Attention;
    PersonNotSaid "person_not_said" MeantForUs HolderBinding Attention;
    SubjectNotNamed "subject_not_named" MeantForUs HolderBinding Attention;
    DepositMalformed "deposit_malformed" MeantForUs Deposit Invalid;
    DepositMoved "deposit_moved" MeantForUs Deposit Invalid;
    DepositForAnother "deposit_for_another" MeantForUs Deposit Invalid;
    DepositOtherTerms "deposit_other_terms" MeantForUs Deposit Invalid;
    DepositReplayed "deposit_replayed" MeantForUs Deposit Invalid;
    DepositNotYet "deposit_not_yet" ValidNow Deposit Invalid;
    DepositExpired "deposit_expired" ValidNow Deposit Invalid;
    DepositNotOpened "deposit_not_opened" Unchanged Deposit Invalid;
    DecisionSigned "decision_signed" MeantForUs Decision Valid;
    DecisionInvalid "decision_invalid" MeantForUs Decision Invalid;
    DecisionOfAnotherGrant "decision_of_another_grant" MeantForUs Decision Invalid;
    DecisionOtherTerms "decision_other_terms" MeantForUs Decision Invalid;
    QueryAnswered "query_answered" MeantForUs Query Valid;
    CredentialMissing "credential_missing" MeantForUs Query Invalid;
    CredentialOfAnotherType "credential_of_another_type" MeantForUs Query Invalid;
    ClaimMissing "claim_missing" MeantForUs Query Invalid;
    ClaimValueOther "claim_value_other" MeantForUs Query Invalid;
    MoreThanAsked "more_than_asked" MeantForUs Query Attention;
    PersonsDiffer "persons_differ" MeantForUs Query Attention;
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}
