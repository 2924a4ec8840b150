//! Requests for certificates (PKCS #10, RFC 2986).

use openssl::{
    error::ErrorStack,
    hash::MessageDigest,
    pkey::PKey,
    stack::Stack,
    x509::{
        X509NameBuilder, X509ReqBuilder,
        extension::{KeyUsage, SubjectAlternativeName},
    },
};

use super::X509Error;

/// Whom a certificate is asked for.
#[derive(Debug, Clone, Copy)]
pub struct RequestedNames<'a> {
    /// The legal name; at most 64 characters of it go into the subject (RFC 5280 appendix A.1).
    pub legal_name: &'a str,
    /// The issuer's identifier, as its credentials have it.
    pub uri: &'a str,
    /// The host in it.
    pub dns: Option<&'a str>,
}

/// A request for a certificate of this private key on P-256 (PKCS #8), in PEM. It asks for a key that makes signatures
/// and for the names by which verifiers will know the issuer.
///
/// # Errors
/// [`X509Error::NoRequest`] when the key is damaged or a name does not fit.
pub fn request(pkcs8: &[u8], names: &RequestedNames<'_>) -> Result<Vec<u8>, X509Error> {
    made(pkcs8, names).map_err(|_refused| X509Error::NoRequest)
}

fn made(pkcs8: &[u8], names: &RequestedNames<'_>) -> Result<Vec<u8>, ErrorStack> {
    let key = PKey::private_key_from_pkcs8(pkcs8)?;
    let legal_name: String = names.legal_name.chars().take(64).collect();
    let mut subject = X509NameBuilder::new()?;
    subject.append_entry_by_text("O", &legal_name)?;
    subject.append_entry_by_text("CN", &legal_name)?;
    let mut request = X509ReqBuilder::new()?;
    request.set_subject_name(&subject.build())?;
    request.set_pubkey(&key)?;
    let mut extensions = Stack::new()?;
    extensions.push(KeyUsage::new().critical().digital_signature().build()?)?;
    let mut alternative = SubjectAlternativeName::new();
    alternative.uri(names.uri);
    if let Some(dns) = names.dns {
        alternative.dns(dns);
    }
    extensions.push(alternative.build(&request.x509v3_context(None))?)?;
    request.add_extensions(&extensions)?;
    request.sign(&key, MessageDigest::sha256())?;
    request.build().to_pem()
}
