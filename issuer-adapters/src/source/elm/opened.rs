//! Finds the credential in a document.

use crate::source::{
    jws,
    node::Node,
    reading::linked::{each, has_type},
};

/// Where the model and the contexts of its credentials are defined.
const CONTEXTS: [&str; 2] = [
    "http://data.europa.eu/snb/model/",
    "https://ec.europa.eu/credentials/",
];

/// The credential, when the document holds exactly one of this kind.
pub(super) fn credential<'v>(root: &Node<'v>) -> Option<Node<'v>> {
    let matter = jws::subject_matter(root);
    let wrapped = ["credential", "elm"]
        .into_iter()
        .find_map(|name| matter.member(name));
    let wrapped = wrapped.filter(|it| it.member("credentialSubject").is_some());
    if let Some(graph) = matter.member("@graph") {
        return only(each(&graph));
    }
    if has_type(&matter, "VerifiablePresentation") {
        return only(each(&matter.member("verifiableCredential")?));
    }
    let found = wrapped.unwrap_or(matter);
    is_credential(&found).then_some(found)
}

/// The types of a node.
pub(super) fn types<'v>(node: &Node<'v>) -> Vec<&'v str> {
    let types = node.member("type").or_else(|| node.member("@type"));
    let types = types.as_ref().map(each).unwrap_or_default();
    types.iter().filter_map(Node::as_str).collect()
}

fn only<'v>(candidates: Vec<Node<'v>>) -> Option<Node<'v>> {
    let mut found = candidates.into_iter().filter(is_credential);
    found.next().filter(|_| found.next().is_none())
}

/// By its type, by the contexts of the model, or by the claims of its subject.
fn is_credential(node: &Node<'_>) -> bool {
    let Some(subject) = node.member("credentialSubject") else {
        return false;
    };
    let names_model = |context: &Node<'_>| {
        let name = context.as_str().unwrap_or_default();
        CONTEXTS.iter().any(|ours| name.starts_with(ours))
    };
    let contexts = node.member("@context");
    let has_claims = each(&subject)
        .iter()
        .any(|one| one.member("hasClaim").is_some());
    has_type(node, "EuropeanDigitalCredential")
        || has_claims
        || contexts
            .iter()
            .flat_map(each)
            .any(|context| names_model(&context))
}
