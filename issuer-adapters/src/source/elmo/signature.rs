//! The XML signature (XMLDSig): seen, and not checked.

use credential_core::record::{NotChecked, NoticeKind, SourceSignature};

use crate::source::{
    reading::{Placed as _, Reading},
    xml_node::XmlNode,
};

const XMLDSIG: &str = "http://www.w3.org/2000/09/xmldsig#";

/// Says why a signature was not checked. SHA-1 would not be accepted even if it could be.
pub(super) fn signature(elmo: &XmlNode<'_>, reading: &mut Reading) -> SourceSignature {
    let signature = elmo.child("Signature");
    let Some(signature) = signature.filter(|it| it.namespace() == Some(XMLDSIG)) else {
        return SourceSignature::Absent;
    };
    reading.note(&signature, NoticeKind::SignatureNotChecked);
    let method = signature
        .child("SignedInfo")
        .and_then(|info| info.child("SignatureMethod"))
        .and_then(|method| method.attribute("Algorithm"))
        .and_then(|algorithm| algorithm.text());
    let is_weak = method.is_some_and(|method| method.trim().ends_with("sha1"));
    SourceSignature::NotChecked(if is_weak {
        NotChecked::AlgorithmNotAccepted
    } else {
        NotChecked::KindNotSupported
    })
}
