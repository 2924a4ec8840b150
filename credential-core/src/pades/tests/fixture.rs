//! A small document, written and signed here by an invented institution.

use openssl::{
    asn1::Asn1Time,
    bn::BigNum,
    cms::{CMSOptions, CmsContentInfo},
    ec::{EcGroup, EcKey},
    hash::MessageDigest,
    nid::Nid,
    pkey::{PKey, Private},
    stack::Stack,
    x509::{
        X509, X509Builder, X509Name, X509NameBuilder,
        extension::{AuthorityKeyIdentifier, BasicConstraints, SubjectKeyIdentifier},
    },
};

/// `CMS_CADES` of OpenSSL's `cms.h`, which its Rust interface does not name: signs for the certificate.
const CADES: u32 = 0x10_0000;
/// Hexadecimal digits kept free for the signature.
const ROOM: usize = 8192;
const RANGE: &str = "[0 0000000000 0000000000 0000000000]";

pub(super) struct Identity {
    pub(super) certificate: X509,
    pub(super) key: PKey<Private>,
}

/// What is to be signed, and how.
pub(super) struct Draft {
    pub(super) root: Identity,
    pub(super) signer: Identity,
    pub(super) sub_filter: &'static str,
    /// The level of `DocMDP`.
    pub(super) level: Option<u8>,
    pub(super) flags: CMSOptions,
    /// Entries of the signature dictionary, with `{range}` and `{contents}`.
    pub(super) entries: &'static str,
}

/// The document of most tests.
pub(super) fn signed() -> Vec<u8> {
    Draft::default().signed()
}

impl Identity {
    pub(super) fn root(name: &str) -> Self {
        Self::made(name, elliptic(), None)
    }

    pub(super) fn below(issuer: &Self, name: &str, key: PKey<Private>) -> Self {
        Self::made(name, key, Some(issuer))
    }

    fn made(name: &str, key: PKey<Private>, issuer: Option<&Self>) -> Self {
        let subject = subject(name);
        let mut builder = X509::builder().unwrap();
        builder.set_version(2).unwrap();
        let serial = BigNum::from_u32(if issuer.is_some() { 2 } else { 1 }).unwrap();
        let serial = serial.to_asn1_integer().unwrap();
        builder.set_serial_number(&serial).unwrap();
        builder.set_subject_name(&subject).unwrap();
        let above = issuer.map(|issuer| issuer.certificate.subject_name());
        builder.set_issuer_name(above.unwrap_or(&subject)).unwrap();
        builder.set_pubkey(&key).unwrap();
        let time = |text: &str| Asn1Time::from_str_x509(text).unwrap();
        builder.set_not_before(&time("20250101000000Z")).unwrap();
        builder.set_not_after(&time("20350101000000Z")).unwrap();
        extend(&mut builder, issuer);
        let signing = issuer.map_or(&key, |issuer| &issuer.key);
        builder.sign(signing, MessageDigest::sha256()).unwrap();
        let certificate = builder.build();
        Self { certificate, key }
    }
}

fn extend(builder: &mut X509Builder, issuer: Option<&Identity>) {
    let mut constraints = BasicConstraints::new();
    if issuer.is_none() {
        constraints.critical().ca();
    }
    builder
        .append_extension(constraints.build().unwrap())
        .unwrap();
    let context = builder.x509v3_context(issuer.map(|it| &*it.certificate), None);
    let own = SubjectKeyIdentifier::new().build(&context).unwrap();
    builder.append_extension(own).unwrap();
    if issuer.is_some() {
        let context = builder.x509v3_context(issuer.map(|it| &*it.certificate), None);
        let above = AuthorityKeyIdentifier::new().keyid(true).build(&context);
        builder.append_extension(above.unwrap()).unwrap();
    }
}

fn subject(name: &str) -> X509Name {
    let mut subject = X509NameBuilder::new().unwrap();
    subject.append_entry_by_nid(Nid::COMMONNAME, name).unwrap();
    let organisation = "Example Institution";
    subject
        .append_entry_by_nid(Nid::ORGANIZATIONNAME, organisation)
        .unwrap();
    subject.build()
}

pub(super) fn elliptic() -> PKey<Private> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap()
}

impl Default for Draft {
    fn default() -> Self {
        let root = Identity::root("Test Root");
        let signer = Identity::below(&root, "Test Signer", elliptic());
        Self {
            root,
            signer,
            sub_filter: "ETSI.CAdES.detached",
            level: None,
            flags: CMSOptions::DETACHED | CMSOptions::BINARY | CMSOptions::from_bits_retain(CADES),
            entries: "/Contents {contents} /ByteRange {range}",
        }
    }
}

impl Draft {
    pub(super) fn unsigned(&self) -> Vec<u8> {
        let mut pdf = Written::new();
        self.pages(&mut pdf, "");
        pdf.finished(1, 7)
    }

    /// The document with room for a signature.
    pub(super) fn open(&self) -> Vec<u8> {
        let mut pdf = Written::new();
        self.pages(&mut pdf, "/AcroForm << /Fields [5 0 R] /SigFlags 3 >>");
        pdf.object(5, "<< /FT /Sig /T (Signature1) /V 6 0 R >>");
        let reference = self.level.map(|level| {
            format!("/Reference [<< /TransformMethod /DocMDP /TransformParams << /P {level} >> >>]")
        });
        let entries = self.entries.replace("{range}", RANGE);
        let entries = entries.replace("{contents}", &format!("<{}>", "0".repeat(ROOM)));
        pdf.object(6, &format!(
            "<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /{} /M (D:20260203120000+02'00') {} {entries} >>",
            self.sub_filter,
            reference.unwrap_or_default(),
        ));
        pdf.finished(1, 7)
    }

    fn pages(&self, pdf: &mut Written, form: &str) {
        pdf.object(1, &format!("<< /Type /Catalog /Pages 2 0 R {form} >>"));
        pdf.object(2, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>");
        pdf.object(
            3,
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
        );
        let page = "BT /F0 12 Tf (Lahihoitaja, arvosana 5) Tj ET";
        let page = format!("<< /Length {} >>\nstream\n{page}\nendstream", page.len());
        pdf.object(4, &page);
    }

    pub(super) fn signed(&self) -> Vec<u8> {
        let open = self.open();
        let end = open.len();
        self.signed_to(open, end)
    }

    /// Signs the octets up to an end.
    pub(super) fn signed_to(&self, mut pdf: Vec<u8>, end: usize) -> Vec<u8> {
        let gap = super::place(&pdf, &"0".repeat(ROOM)) - 1;
        let after = gap + ROOM + 2;
        let range = super::place(&pdf, RANGE);
        let words = format!("[0 {gap:010} {after:010} {:010}]", end - after);
        pdf[range..range + RANGE.len()].copy_from_slice(words.as_bytes());
        let document = [&pdf[..gap], &pdf[after..end]].concat();
        let digits = hex(&self.signature(&document));
        pdf[gap + 1..gap + 1 + digits.len()].copy_from_slice(digits.as_bytes());
        pdf
    }

    fn signature(&self, document: &[u8]) -> Vec<u8> {
        let mut others = Stack::new().unwrap();
        others.push(self.root.certificate.clone()).unwrap();
        let signed = CmsContentInfo::sign(
            Some(&self.signer.certificate),
            Some(&self.signer.key),
            Some(&others),
            Some(document),
            self.flags,
        );
        signed.unwrap().to_der().unwrap()
    }
}

/// A document, or an update of one, as it is written.
pub(super) struct Written {
    pub(super) pdf: Vec<u8>,
    listed: Vec<(u32, usize)>,
}

impl Written {
    fn new() -> Self {
        let pdf = b"%PDF-1.7\n".to_vec();
        let listed = Vec::new();
        Self { pdf, listed }
    }

    /// Appends to a document.
    pub(super) fn after(pdf: &[u8]) -> Self {
        let pdf = pdf.to_vec();
        let listed = Vec::new();
        Self { pdf, listed }
    }

    pub(super) fn object(&mut self, number: u32, body: &str) {
        self.listed.push((number, self.pdf.len()));
        self.pdf
            .extend(format!("{number} 0 obj\n{body}\nendobj\n").bytes());
    }

    /// Points a number at a place of the document.
    pub(super) fn list(&mut self, number: u32, offset: usize) {
        self.listed.push((number, offset));
    }

    pub(super) fn finished(self, root: u32, size: u32) -> Vec<u8> {
        self.finished_with(&format!("/Size {size} /Root {root} 0 R"))
    }

    /// An update, whose section names the one before.
    pub(super) fn updated(self, size: u32) -> Vec<u8> {
        let previous = self.previous();
        self.finished_with(&format!("/Size {size} /Root 1 0 R /Prev {previous}"))
    }

    /// The same with a section that is a stream, with this number.
    pub(super) fn streamed(mut self, number: u32, size: u32) -> Vec<u8> {
        let (previous, section) = (self.previous(), self.pdf.len());
        let mut index = "0 1".to_owned();
        let mut rows = vec![0; 5];
        for (number, offset) in &self.listed {
            index.push_str(&format!(" {number} 1"));
            rows.push(1);
            rows.extend(u32::try_from(*offset).unwrap().to_be_bytes());
        }
        let head = format!(
            "{number} 0 obj\n<< /Type /XRef /W [1 4 0] /Index [{index}] /Size {size} /Root 1 0 R /Prev {previous} /Length {} >>\nstream\n",
            rows.len()
        );
        self.pdf.extend(head.bytes());
        self.pdf.extend(rows);
        let tail = format!("\nendstream\nendobj\nstartxref\n{section}\n%%EOF\n");
        self.pdf.extend(tail.bytes());
        self.pdf
    }

    /// Where the section before stands.
    fn previous(&self) -> String {
        let before = self.pdf.windows(9).rposition(|it| it == b"startxref");
        let digits = &self.pdf[before.unwrap() + 10..];
        let end = digits.iter().position(|b| *b == b'\n').unwrap();
        String::from_utf8(digits[..end].to_vec()).unwrap()
    }

    pub(super) fn finished_with(mut self, trailer: &str) -> Vec<u8> {
        let section = self.pdf.len();
        let mut words = "xref\n0 1\n0000000000 65535 f \n".to_owned();
        for (number, offset) in &self.listed {
            words.push_str(&format!("{number} 1\n{offset:010} 00000 n \n"));
        }
        words.push_str(&format!(
            "trailer\n<< {trailer} >>\nstartxref\n{section}\n%%EOF\n"
        ));
        self.pdf.extend(words.bytes());
        self.pdf
    }
}

pub(super) fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}
