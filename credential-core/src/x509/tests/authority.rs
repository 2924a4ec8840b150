//! An authority that certifies keys, for tests of several crates.

use openssl::{
    asn1::Asn1Time,
    bn::BigNum,
    ec::{EcGroup, EcKey},
    hash::MessageDigest,
    nid::Nid,
    pkey::{PKey, Private},
    stack::Stack,
    x509::{
        X509, X509Builder, X509Name, X509Req,
        extension::{BasicConstraints, KeyUsage, SubjectAlternativeName},
    },
};

/// Somebody whose certificates others may believe.
pub(crate) struct Authority {
    certificate: X509,
    key: PKey<Private>,
}

/// What a certificate says.
#[derive(Clone)]
pub(crate) struct Wanted<'a> {
    pub(crate) dns: &'a [&'a str],
    pub(crate) uris: &'a [&'a str],
    /// `YYYYMMDD`.
    pub(crate) valid: (&'a str, &'a str),
    pub(crate) signs: bool,
    pub(crate) is_authority: bool,
}

impl Default for Wanted<'_> {
    fn default() -> Self {
        Self {
            dns: &["opisto.example"],
            uris: &[],
            valid: ("20200101", "20491231"),
            signs: true,
            is_authority: false,
        }
    }
}

impl Authority {
    /// One that vouches for itself.
    pub(crate) fn root(name: &str) -> Self {
        let key = p256();
        let wanted = Wanted {
            dns: &[],
            signs: false,
            is_authority: true,
            ..Wanted::default()
        };
        let certificate = made(name, &key, (name, &key), &wanted);
        Self { certificate, key }
    }

    /// One that this one vouches for.
    pub(crate) fn below(&self, name: &str) -> Self {
        let key = p256();
        let wanted = Wanted {
            dns: &[],
            signs: false,
            is_authority: true,
            ..Wanted::default()
        };
        Self {
            certificate: self.signed(name, &key, &wanted),
            key,
        }
    }

    /// A certificate of the key in this PKCS #8 document.
    pub(crate) fn certify(&self, pkcs8: &[u8], wanted: &Wanted<'_>) -> X509 {
        let key = PKey::private_key_from_pkcs8(pkcs8).unwrap();
        self.signed("Esimerkin opisto", &key, wanted)
    }

    /// A certificate as a request in PEM asks for it, in names and key.
    pub(crate) fn answer(&self, request: &[u8], wanted: &Wanted<'_>) -> X509 {
        let request = X509Req::from_pem(request).unwrap();
        let key = request.public_key().unwrap();
        assert!(request.verify(&key).unwrap(), "not signed with its own key");
        let mut builder = begun(wanted);
        builder.set_subject_name(request.subject_name()).unwrap();
        builder
            .set_issuer_name(self.certificate.subject_name())
            .unwrap();
        builder.set_pubkey(&key).unwrap();
        for extension in request.extensions().unwrap() {
            builder.append_extension2(&extension).unwrap();
        }
        builder.sign(&self.key, MessageDigest::sha256()).unwrap();
        builder.build()
    }

    pub(crate) fn certificate(&self) -> &X509 {
        &self.certificate
    }

    fn signed(&self, name: &str, key: &PKey<Private>, wanted: &Wanted<'_>) -> X509 {
        let own = self.certificate.subject_name();
        let own = own.entries().next().unwrap().data().to_string().unwrap();
        made(name, key, (&own, &self.key), wanted)
    }
}

/// A certificate of a key that vouches for itself.
pub(crate) fn self_signed(pkcs8: &[u8], wanted: &Wanted<'_>) -> X509 {
    let key = PKey::private_key_from_pkcs8(pkcs8).unwrap();
    made("Esimerkin opisto", &key, ("Esimerkin opisto", &key), wanted)
}

/// Certificates as an `x5c` header has them.
pub(crate) fn x5c(certificates: &[&X509]) -> Vec<String> {
    let one = |it: &&X509| openssl::base64::encode_block(&it.to_der().unwrap());
    certificates.iter().map(one).collect()
}

fn p256() -> PKey<Private> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap()
}

fn begun(wanted: &Wanted<'_>) -> X509Builder {
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    let serial = BigNum::from_u32(7).unwrap().to_asn1_integer().unwrap();
    builder.set_serial_number(&serial).unwrap();
    let moment = |day: &str| Asn1Time::from_str(&format!("{day}000000Z")).unwrap();
    builder.set_not_before(&moment(wanted.valid.0)).unwrap();
    builder.set_not_after(&moment(wanted.valid.1)).unwrap();
    builder
}

fn made(
    name: &str,
    key: &PKey<Private>,
    (issuer, issuer_key): (&str, &PKey<Private>),
    wanted: &Wanted<'_>,
) -> X509 {
    let mut builder = begun(wanted);
    builder.set_subject_name(&called(name)).unwrap();
    builder.set_issuer_name(&called(issuer)).unwrap();
    builder.set_pubkey(key).unwrap();
    extend(&mut builder, wanted);
    builder.sign(issuer_key, MessageDigest::sha256()).unwrap();
    builder.build()
}

fn extend(builder: &mut X509Builder, wanted: &Wanted<'_>) {
    let mut extensions = Stack::new().unwrap();
    let mut constraints = BasicConstraints::new();
    constraints.critical();
    let mut usage = KeyUsage::new();
    usage.critical();
    if wanted.is_authority {
        constraints.ca();
        usage.key_cert_sign();
    }
    if wanted.signs {
        usage.digital_signature();
    } else {
        usage.crl_sign();
    }
    extensions.push(constraints.build().unwrap()).unwrap();
    extensions.push(usage.build().unwrap()).unwrap();
    if !wanted.dns.is_empty() || !wanted.uris.is_empty() {
        let mut names = SubjectAlternativeName::new();
        for dns in wanted.dns {
            names.dns(dns);
        }
        for uri in wanted.uris {
            names.uri(uri);
        }
        let built = names.build(&builder.x509v3_context(None, None)).unwrap();
        extensions.push(built).unwrap();
    }
    for extension in &extensions {
        builder.append_extension2(extension).unwrap();
    }
}

fn called(name: &str) -> X509Name {
    let mut builder = X509Name::builder().unwrap();
    builder.append_entry_by_text("CN", name).unwrap();
    builder.build()
}
