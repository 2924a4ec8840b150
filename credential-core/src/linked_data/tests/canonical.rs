//! One text for statements, whatever their order and the numbers of their blank nodes.

use oxrdf::{
    BlankNode, Dataset, GraphName, Literal, NamedNode, NamedOrBlankNode, Quad,
    dataset::{CanonicalizationAlgorithm, CanonicalizationHashAlgorithm},
};
use proptest::prelude::*;

use super::super::{
    LinkedDataError,
    canonical::{Statement, Term, canonical},
};

fn says(subject: usize, predicate: &str, object: Term) -> Statement {
    Statement {
        subject: Term::Blank(subject),
        predicate: Term::Text(format!("<https://a.example/{predicate}>").into()),
        object,
        graph: None,
    }
}

/// Each of `count` blank nodes knows every other.
fn everybody_knows_everybody(count: usize) -> Vec<Statement> {
    (0..count)
        .flat_map(|one| (0..count).map(move |other| (one, other)))
        .filter(|(one, other)| one != other)
        .map(|(one, other)| says(one, "knows", Term::Blank(other)))
        .collect()
}

#[test]
fn blank_nodes_are_named_by_what_is_said_of_them() {
    let text = |text: &str| Term::Text(format!("\"{text}\"").into());
    let statements = vec![
        says(7, "name", text("b")),
        says(3, "name", text("a")),
        says(3, "knows", Term::Blank(7)),
    ];
    assert_eq!(
        canonical(statements).unwrap(),
        "_:c14n0 <https://a.example/knows> _:c14n1 .\n\
         _:c14n0 <https://a.example/name> \"a\" .\n\
         _:c14n1 <https://a.example/name> \"b\" .\n"
    );
}

#[test]
fn what_is_said_twice_is_said_once() {
    let once = vec![says(0, "name", Term::Text("\"a\"".into()))];
    let twice = [once.clone(), once.clone()].concat();
    assert_eq!(canonical(once), canonical(twice));
}

#[test]
fn statements_made_to_take_for_ever_are_refused() {
    assert!(canonical(everybody_knows_everybody(4)).is_ok());
    for count in [6, 8, 12, 40] {
        assert_eq!(
            canonical(everybody_knows_everybody(count)),
            Err(LinkedDataError::TooEntangled)
        );
    }
}

fn arbitrary() -> impl Strategy<Value = Vec<Statement>> {
    let object = prop_oneof![
        (0..6_usize).prop_map(Term::Blank),
        (0..3_u8).prop_map(|n| Term::Text(format!("\"{n}\"").into())),
    ];
    let one = (0..6_usize, 0..3_u8, object)
        .prop_map(|(subject, predicate, object)| says(subject, &predicate.to_string(), object));
    proptest::collection::vec(one, 0..16)
}

proptest! {
    #[test]
    fn numbers_and_order_of_the_statements_make_no_difference(
        (statements, shuffled) in arbitrary().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
        names in Just((0..6_usize).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let renamed = |term: &Term| match term {
            Term::Blank(node) => Term::Blank(names[*node]),
            text => text.clone(),
        };
        let other = shuffled
            .iter()
            .map(|statement| Statement {
                subject: renamed(&statement.subject),
                object: renamed(&statement.object),
                ..statement.clone()
            })
            .collect();
        prop_assert_eq!(canonical(statements), canonical(other));
    }

    #[test]
    fn another_implementation_finds_the_same_text(statements in arbitrary()) {
        prop_assert_eq!(canonical(statements.clone()).unwrap(), by_oxrdf(&statements));
    }
}

/// The canonical text by `oxrdf`, which has no budget.
fn by_oxrdf(statements: &[Statement]) -> String {
    let blank = |node: usize| BlankNode::new(format!("n{node}")).unwrap();
    let mut dataset = Dataset::new();
    for statement in statements {
        let (Term::Blank(subject), Term::Text(predicate)) =
            (&statement.subject, &statement.predicate)
        else {
            panic!("not generated")
        };
        let object = match &statement.object {
            Term::Blank(node) => oxrdf::Term::from(blank(*node)),
            Term::Text(text) => Literal::new_simple_literal(text.trim_matches('"')).into(),
        };
        dataset.insert(&Quad::new(
            NamedOrBlankNode::from(blank(*subject)),
            NamedNode::new(predicate.trim_matches(['<', '>'])).unwrap(),
            object,
            GraphName::DefaultGraph,
        ));
    }
    dataset.canonicalize(CanonicalizationAlgorithm::Rdfc10 {
        hash_algorithm: CanonicalizationHashAlgorithm::Sha256,
    });
    let mut lines: Vec<String> = dataset.iter().map(|quad| format!("{quad} .\n")).collect();
    lines.sort_unstable();
    lines.concat()
}
