//! The recipient's own decryption key.

use credential_core::{
    jose::{Es256Key, Jwk, KeyUse, SignError, Signer as _},
    mailbox::DepositHeader,
};
use josekit::jwe::{ECDH_ES, alg::ecdh_es::EcdhEsJweDecrypter};
use zeroize::Zeroizing;

/// A P-256 private key that opens deposits (RFC 7518 section 4.6). The public half is registered
/// with the registrar; the private half never leaves the recipient.
///
/// It is a key of its own: using a signing key here is refused by the registered `use`.
pub struct RecipientKey {
    pkcs8: Zeroizing<Vec<u8>>,
    public: Jwk,
    decrypter: EcdhEsJweDecrypter,
}

impl std::fmt::Debug for RecipientKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RecipientKey")
            .field("kid", &self.public.kid)
            .finish_non_exhaustive()
    }
}

/// A decryption key could not be made or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecipientKeyError {
    /// The system's random generator did not answer.
    #[error("no key could be made")]
    Unavailable,
    /// The octets are no P-256 private key in PKCS #8.
    #[error("the stored decryption key is damaged")]
    Damaged,
}

impl RecipientKeyError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Unavailable => "recipient_key_unavailable",
            Self::Damaged => "recipient_key_damaged",
        }
    }
}

impl RecipientKey {
    /// A new key.
    ///
    /// # Errors
    /// [`RecipientKeyError::Unavailable`] when the system's generator does not answer.
    pub fn generate() -> Result<Self, RecipientKeyError> {
        let (_signer, pkcs8) =
            Es256Key::generate().map_err(|_error| RecipientKeyError::Unavailable)?;
        Self::from_pkcs8(&pkcs8)
    }

    /// The key of a PKCS #8 document (RFC 5208) that [`Self::to_pkcs8`] gave.
    ///
    /// # Errors
    /// [`RecipientKeyError::Damaged`] when the octets are no such key.
    pub fn from_pkcs8(pkcs8: &[u8]) -> Result<Self, RecipientKeyError> {
        let damaged = |_error: SignError| RecipientKeyError::Damaged;
        // Reading it as a P-256 key pair also checks that both halves belong together.
        let point = Es256Key::from_pkcs8(pkcs8).map_err(damaged)?;
        let decrypter = ECDH_ES
            .decrypter_from_der(pkcs8)
            .map_err(|_error| RecipientKeyError::Damaged)?;
        Ok(Self {
            pkcs8: Zeroizing::new(pkcs8.to_vec()),
            public: point.public_jwk().clone().with_use(KeyUse::Enc),
            decrypter,
        })
    }

    /// The private key as PKCS #8, to be stored where only the recipient reads it.
    #[must_use]
    pub fn to_pkcs8(&self) -> Zeroizing<Vec<u8>> {
        self.pkcs8.clone()
    }

    /// The public key, with its thumbprint as `kid` and `use: enc`: what the registrar certifies.
    #[must_use]
    pub fn public_jwk(&self) -> &Jwk {
        &self.public
    }

    /// RFC 7638 thumbprint: the `enc_jwk_thumbprint` of requests.
    #[must_use]
    pub fn thumbprint(&self) -> String {
        self.public.thumbprint()
    }

    /// Whether this key opens a deposit, whatever the header says about key, recipient and time. Nothing of
    /// it is given out: [`SealedDeposit::open`](crate::open::SealedDeposit::open) is the way to read one.
    #[must_use]
    pub fn opens(&self, compact: &str) -> bool {
        DepositHeader::read(compact).is_ok() && self.open(compact).is_some()
    }

    /// Opens a compact JWE whose header was already found to be of the only form accepted.
    pub(crate) fn open(&self, compact: &str) -> Option<Zeroizing<Vec<u8>>> {
        let (plaintext, _header) =
            josekit::jwe::deserialize_compact(compact, &self.decrypter).ok()?;
        Some(Zeroizing::new(plaintext))
    }
}
