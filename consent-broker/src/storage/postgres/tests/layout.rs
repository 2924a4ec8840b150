use private_postgres::PrivatePostgres;
use proptest::prelude::*;

use super::super::layout::{Extent, Guard, Place, layout};
use crate::storage::{PostgresStore, StorageError, engine::Range};

const PERSON: &[u8] = &[7; 16];

fn key(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

#[test]
fn a_key_divides_into_kind_owner_and_rest() {
    let grant = key(&[b"g", PERSON, b"grant"]);
    let place = Place::of(&grant).unwrap();
    assert_eq!(
        (place.kind, place.owner, place.rest),
        (b'g', PERSON, b"grant".as_slice())
    );
    assert_eq!(place.subject(), Some(PERSON));
    let appointment = Place::of(b"x12345678").unwrap();
    assert_eq!(
        (appointment.owner, appointment.guard),
        (b"".as_slice(), Guard::Elsewhere)
    );
    for damaged in [b"".as_slice(), b"?", b"g1234"] {
        assert_eq!(
            Place::of(damaged),
            Err(StorageError::Damaged),
            "{damaged:?}"
        );
    }
}

#[test]
fn a_range_is_of_one_owner_or_of_a_whole_kind() {
    let all = Range::below(&key(&[b"d", PERSON]), 9);
    let extent = Extent::of(&all).unwrap();
    assert_eq!(
        (extent.owner, extent.from, extent.to),
        (Some(PERSON), b"".as_slice(), None)
    );
    let whole = Range::below(b"h", 9);
    let extent = Extent::of(&whole).unwrap();
    assert_eq!((extent.kind, extent.owner, extent.to), (b'h', None, None));
    let two_persons = Range {
        from: key(&[b"d", &[1; 16]]),
        to: key(&[b"d", &[3; 16]]),
        limit: 9,
    };
    assert_eq!(Extent::of(&two_persons), Err(StorageError::Damaged));
    let after_the_last = Range {
        from: vec![0xff],
        to: Vec::new(),
        limit: 9,
    };
    assert_eq!(Extent::of(&after_the_last), Err(StorageError::Damaged));
}

proptest! {
    #[test]
    fn no_key_or_range_panics(from: Vec<u8>, to: Vec<u8>, limit: usize) {
        let _divided = Place::of(&from);
        let _ranged = Extent::of(&Range { from, to, limit });
    }
}

#[tokio::test]
async fn every_table_has_a_layout_and_the_tables_of_persons_begin_with_subject_id() {
    let Some(server) = PrivatePostgres::shared() else {
        return;
    };
    let url = server.fresh().unwrap();
    PostgresStore::migrate(&url).await.unwrap();
    let schema = url.rsplit("%3D").next().unwrap();
    let tables = server
        .sql(&format!(
            "select kind, name, owner from {schema}.broker_tables()"
        ))
        .unwrap();
    let mut count = 0;
    for table in tables.lines() {
        let [kind, name, owner] = table.split('|').collect::<Vec<_>>()[..] else {
            panic!("{table}");
        };
        let found = layout(kind.as_bytes()[0]).unwrap_or_else(|| panic!("{name} has no layout"));
        let place = [kind.as_bytes(), &[0; 32]].concat();
        let is_personal = Place::of(&place).unwrap().subject().is_some();
        assert_eq!(is_personal, owner == "subject_id", "{name}: {found:?}");
        count += 1;
    }
    let kinds = (0..=u8::MAX).filter(|kind| layout(*kind).is_some()).count();
    assert_eq!(count, kinds);
}

/// So that the tables can be distributed by it: a statement on a person's rows names the person, and one
/// that does not says whose rows it is about.
#[test]
fn every_statement_binds_subject_id_or_says_why_not() {
    let migration = include_str!("../../../../migrations/0001_rows.sql");
    let statements = migration.split(';').map(str::trim).filter(|text| {
        let is_one = |verb: &str| text.to_lowercase().contains(verb);
        ["select ", "insert ", "update ", "delete "]
            .iter()
            .any(|verb| is_one(verb))
    });
    let mut count = 0;
    for statement in statements {
        count += 1;
        let binds = [
            "subject_id",
            "p_subject",
            "%3$I",
            "row.owner",
            "row.subject_id",
        ];
        let says = [
            "broker_tables",
            "unnest(",
            "broker_check_format",
            "-- whole kind:",
        ];
        assert!(
            binds
                .iter()
                .chain(&says)
                .any(|word| statement.contains(word)),
            "neither binds subject_id nor says why not:\n{statement}"
        );
    }
    assert!(count > 10, "{count}");
}
