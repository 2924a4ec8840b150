//! A proof that stands in a document (Verifiable Credential Data Integrity 1.0 section 2.1), and its older form.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value};

use super::{
    LinkedDataError,
    canonical::canonical,
    multikey::from_multibase,
    statements::statements,
    suite::{DATA_INTEGRITY, Form, Suite},
};
use crate::{canonical::whole_jcs, encoding::sha256};

/// The suite that documents are signed with here.
pub const CRYPTOSUITE: &str = "eddsa-rdfc-2022";
pub(super) const PURPOSE: &str = "assertionMethod";
/// Most proofs of one document.
const MAX_PROOFS: usize = 8;

/// What a new proof says beside its signature.
#[derive(Debug, Clone, Copy)]
pub struct ProofOptions<'o> {
    /// When it is made.
    pub created: DateTime<Utc>,
    /// Where the key is found: the issuer's identifier, `#`, and the key's id.
    pub verification_method: &'o str,
}

impl ProofOptions<'_> {
    /// The proof without its signature (Data Integrity EdDSA Cryptosuites 1.0 section 3.2.5).
    pub(super) fn configuration(&self) -> Map<String, Value> {
        let created = self.created.to_rfc3339_opts(SecondsFormat::Secs, true);
        [
            ("type", DATA_INTEGRITY.to_owned()),
            ("cryptosuite", CRYPTOSUITE.to_owned()),
            ("created", created),
            ("verificationMethod", self.verification_method.to_owned()),
            ("proofPurpose", PURPOSE.to_owned()),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), Value::String(value)))
        .collect()
    }
}

/// A proof as it was read: of a known suite and the right purpose, its signature not checked.
#[derive(Debug, Clone)]
pub(super) struct Proof {
    /// Everything but the signature.
    configuration: Map<String, Value>,
    pub(super) suite: Suite,
    pub(super) verification_method: String,
    pub(super) signature: [u8; 64],
    pub(super) created: Option<DateTime<Utc>>,
    pub(super) expires: Option<DateTime<Utc>>,
}

/// Members that a proof may have; what is not known cannot be respected.
const KNOWN: [&str; 10] = [
    "@context",
    "id",
    "type",
    "cryptosuite",
    "created",
    "expires",
    "verificationMethod",
    "proofPurpose",
    "proofValue",
    "nonce",
];

/// The objects of the member `proof`: one, or a list of them (a proof set).
pub(super) fn several(member: &Value) -> Result<Vec<&Map<String, Value>>, LinkedDataError> {
    let items = match member {
        Value::Array(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    };
    match items.len() {
        0 => Err(LinkedDataError::NoProof),
        1..=MAX_PROOFS => items
            .iter()
            .map(|item| {
                item.as_object()
                    .ok_or(LinkedDataError::MalformedProof("proof"))
            })
            .collect(),
        _ => Err(LinkedDataError::SeveralProofs),
    }
}

impl Proof {
    /// Reads one proof.
    pub(super) fn read(members: &Map<String, Value>) -> Result<Self, LinkedDataError> {
        let suite = Suite::of(members)?;
        // A proof over statements has the contexts of its document.
        let is_known = |name: &str| {
            KNOWN.contains(&name) && (name != "@context" || suite.form() == Form::Text)
        };
        if let Some(other) = members.keys().find(|name| !is_known(name)) {
            let other = LinkedDataError::short(other);
            return Err(LinkedDataError::UnsupportedProof(other));
        }
        if text(members, "proofPurpose") != Some(PURPOSE) {
            return Err(LinkedDataError::WrongPurpose);
        }
        let signature = text(members, "proofValue")
            .and_then(|text| from_multibase(text, 90))
            .and_then(|octets| octets.try_into().ok())
            .ok_or(LinkedDataError::MalformedProof("proofValue"))?;
        let mut configuration = members.clone();
        configuration.remove("proofValue");
        Ok(Self {
            suite,
            verification_method: text(members, "verificationMethod")
                .ok_or(LinkedDataError::MalformedProof("verificationMethod"))?
                .to_owned(),
            signature,
            created: moment(members, "created").map_err(LinkedDataError::MalformedProof)?,
            expires: moment(members, "expires").map_err(LinkedDataError::MalformedProof)?,
            configuration,
        })
    }

    /// The contexts that the proof says it was made with, when it says so and the document begins with them.
    /// Whatever came to the document's contexts later is not covered, so it is taken away (Data Integrity
    /// EdDSA Cryptosuites 1.0 section 3.3.2, step 3).
    pub(super) fn contexts(
        &self,
        document: &Map<String, Value>,
    ) -> Result<Option<Value>, LinkedDataError> {
        let Some(signed) = self.configuration.get("@context") else {
            return Ok(None);
        };
        let of_document = list(document.get("@context"));
        if of_document.starts_with(&list(Some(signed))) {
            Ok(Some(signed.clone()))
        } else {
            Err(LinkedDataError::MalformedProof("@context"))
        }
    }

    /// What this proof signs in a document.
    pub(super) fn signed(&self, document: &Map<String, Value>) -> Result<Vec<u8>, LinkedDataError> {
        hash_data(document, &self.configuration, self.suite)
    }
}

fn list(contexts: Option<&Value>) -> Vec<Value> {
    match contexts {
        Some(Value::Array(several)) => several.clone(),
        one => one.into_iter().cloned().collect(),
    }
}

/// What is signed: the hash of the proof without its signature, then that of the document (sections 3.2.3 to
/// 3.2.5 and 3.3.3 to 3.3.5 of both specifications, the same in the older suite).
pub(super) fn hash_data(
    document: &Map<String, Value>,
    configuration: &Map<String, Value>,
    suite: Suite,
) -> Result<Vec<u8>, LinkedDataError> {
    let of_proof = match suite.form() {
        Form::Text => written(configuration)?,
        Form::Statements => {
            let mut configuration = configuration.clone();
            let contexts = document.get("@context").cloned().unwrap_or_default();
            configuration.insert("@context".to_owned(), contexts);
            canonical(statements(&configuration)?)?
        }
    };
    let of_document = match suite.form() {
        Form::Text => written(document)?,
        Form::Statements => canonical(statements(document)?)?,
    };
    let mut hashes = sha256(of_proof).to_vec();
    hashes.extend(sha256(of_document));
    Ok(hashes)
}

fn written(members: &Map<String, Value>) -> Result<String, LinkedDataError> {
    whole_jcs(&Value::Object(members.clone())).map_err(|_number| LinkedDataError::Number)
}

/// A moment with its zone (XML Schema 1.1 dateTimeStamp).
pub(super) fn moment(
    members: &Map<String, Value>,
    name: &'static str,
) -> Result<Option<DateTime<Utc>>, &'static str> {
    match members.get(name) {
        None => Ok(None),
        Some(value) => value
            .as_str()
            .and_then(|text| DateTime::parse_from_rfc3339(text).ok())
            .map(|moment| Some(moment.to_utc()))
            .ok_or(name),
    }
}

pub(super) fn text<'m>(members: &'m Map<String, Value>, name: &str) -> Option<&'m str> {
    members.get(name)?.as_str()
}
