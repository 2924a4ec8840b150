//! The published schema of `authorization_details` and the broker's own reading of them agree.

use credential_core::consent::details::{DetailsError, RequestedDetails};
use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::support::{
    World,
    forging::{header, jws},
    people,
};

async fn schema(world: &World) -> Validator {
    let path = "/.well-known/authorization-details-types";
    let answer = world.get(path, &[]).await;
    assert_eq!(answer.status, 200);
    let schema = answer.json()["learning_credentials"]["schema"].clone();
    assert!(jsonschema::meta::is_valid(&schema));
    jsonschema::validator_for(&schema).unwrap()
}

/// Details that use every member and every kind of path and value.
fn full(world: &World) -> Value {
    let mut details = world.recipient.details();
    details.dcql_query.credentials[0].claims[0].values =
        Some(vec![json!("x"), json!(1), json!(true)]);
    let mut details = serde_json::to_value(details).unwrap();
    details["dcql_query"]["credentials"][0]["claims"][1]["path"] = json!(["grade", 0, null]);
    details
}

/// Every place of a document, the document itself first.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(members) => members
            .iter()
            .for_each(|(name, value)| places(value, &format!("{at}/{name}"), found)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(number, value)| places(value, &format!("{at}/{number}"), found)),
        _ => {}
    }
}

/// The document with something wrong at this place: a member more, a member less, or another type.
fn spoilt(document: &Value, place: &str) -> Vec<(String, Value)> {
    let mut wrong = Vec::new();
    let mut changed = document.clone();
    if let Some(members) = changed.pointer_mut(place).and_then(Value::as_object_mut) {
        members.insert("surprise".into(), json!(true));
        wrong.push((format!("{place} + surprise"), changed));
    }
    let mut changed = document.clone();
    let (parent, name) = place.rsplit_once('/').unwrap_or_default();
    let parent = changed.pointer_mut(parent).and_then(Value::as_object_mut);
    if let Some(members) = parent.filter(|members| members.contains_key(name)) {
        members.remove(name);
        wrong.push((format!("{place} - itself"), changed));
    }
    let found = document.pointer(place).unwrap();
    for other in [
        json!(1.5),
        json!("other type"),
        json!([{}]),
        json!({ "a": 1 }),
        json!(false),
    ] {
        if std::mem::discriminant(&other) == std::mem::discriminant(found) {
            continue;
        }
        let mut changed = document.clone();
        *changed.pointer_mut(place).unwrap() = other.clone();
        wrong.push((format!("{place} = {other}"), changed));
    }
    wrong
}

#[tokio::test(flavor = "multi_thread")]
async fn r26_schema_and_broker_refuse_the_same_members_and_types() {
    let world = World::new().await;
    let schema = schema(&world).await;
    let sound = full(&world);
    assert!(schema.is_valid(&sound), "{:?}", schema.validate(&sound));
    let mut found = Vec::new();
    places(&sound, "", &mut found);
    let wrong = found.iter().flat_map(|place| spoilt(&sound, place));
    let object = world
        .recipient
        .object(&world.origin, world.recipient.details());
    let mut claims = serde_json::to_value(object).unwrap();
    let (mut refused, mut accepted) = (0, 0);
    for (what, details) in wrong {
        let by_schema = schema.is_valid(&details);
        let read = serde_json::from_value::<RequestedDetails>(details.clone());
        let by_type = match read.map(|details| details.check(people::noon())) {
            // Which claims `optional` names is beyond a schema.
            Ok(Err(DetailsError::UnknownOptional)) => continue,
            checked => checked.is_ok_and(|checked| checked.is_ok()),
        };
        assert_eq!(by_schema, by_type, "{what}");
        if by_schema {
            accepted += 1;
            continue;
        }
        refused += 1;
        // A sample over the wire: each of them costs the broker signatures.
        if refused % 4 != 0 {
            continue;
        }
        claims["authorization_details"] = json!([details]);
        let request = jws(
            &header("oauth-authz-req+jwt", &world.recipient.signing),
            &claims,
            &world.recipient.signing,
        );
        let answer = world.push(&request).await;
        assert_eq!(
            answer.refusal(),
            "400 invalid_authorization_details request_details_invalid",
            "{what}"
        );
    }
    assert!(refused > 150 && accepted > 3, "{refused} {accepted}");
}

fn periods() -> impl Strategy<Value = String> {
    prop_oneof![
        (1_u32..300).prop_map(|days| format!("P{days}D")),
        (1_u32..50).prop_map(|weeks| format!("P{weeks}W")),
        (1_u32..50, 1_u32..24).prop_map(|(days, hours)| format!("P{days}DT{hours}H")),
        (1_u32..300).prop_map(|hours| format!("PT{hours}H")),
    ]
}

fn paths() -> impl Strategy<Value = Value> {
    let step = prop_oneof![
        "[a-z_]{0,12}".prop_map(Value::from),
        any::<u32>().prop_map(Value::from),
        Just(Value::Null)
    ];
    ("[a-z_]{1,12}", prop::collection::vec(step, 0..8)).prop_map(|(first, mut rest)| {
        rest.insert(0, Value::from(first));
        Value::from(rest)
    })
}

fn details() -> impl Strategy<Value = Value> {
    let values = prop_oneof![
        "\\PC{0,12}".prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from)
    ];
    let claims = prop::collection::vec((paths(), prop::collection::vec(values, 0..4)), 0..6);
    let credentials = prop::collection::vec(claims, 0..4);
    let end = prop_oneof![
        periods().prop_map(|period| ("duration", period)),
        Just(("until", "2026-06-29T12:00:00Z".to_owned()))
    ];
    let rest = (
        "[A-Za-z0-9_-]{20,130}",
        prop::option::of(0_u32..5),
        periods(),
    );
    (credentials, end, rest).prop_map(|(credentials, (name, end), (nonce, reads, retention))| {
        let credentials = credentials.into_iter().enumerate().map(|(number, claims)| {
            let claims = claims.into_iter().enumerate().map(|(number, (path, values))| {
                json!({ "id": format!("c{number}"), "path": path, "values": values })
            });
            json!({ "id": format!("q{number}"), "format": "dc+sd-jwt",
                "meta": { "vct_values": ["https://opisto.example/types/degree/1"] },
                "claims": claims.collect::<Vec<_>>() })
        });
        json!({
            "type": "learning_credentials",
            "dcql_query": { "credentials": credentials.collect::<Vec<_>>() },
            "purpose": { "code": "https://w3id.org/dpv#X", "text": { "fi": "Miksi" } },
            "legal_basis": "consent", "mode": "standing", name: end, "max_reads": reads,
            "retention": retention, "nonce": nonce, "enc_jwk_thumbprint": "t",
        })
    })
}

proptest! {
    #[test]
    fn r26_whatever_the_broker_reads_the_schema_allows(details in details()) {
        let schema = credential_core::consent::schema::requested_details();
        let schema = jsonschema::validator_for(&schema).unwrap();
        let read = serde_json::from_value::<RequestedDetails>(details.clone());
        if read.is_ok_and(|read| read.check(people::noon()).is_ok()) {
            prop_assert!(schema.is_valid(&details), "{:?}", schema.validate(&details));
        }
    }
}
