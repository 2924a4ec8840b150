use credential_core::{
    record::{Attainment, AttainmentKind, LearningRecord, Person},
    text::Text,
};
use serde_json::Value;

use super::round_trip::{occasion, written};
use crate::{
    source::{RecordSource as _, tyomarkkinatori::Tyomarkkinatori},
    writer::{RecordWriter as _, WriteError, tyomarkkinatori::TyomarkkinatoriWriter},
};

const PROFILE: &[u8] = include_bytes!("../../../../tests/fixtures/tyomarkkinatori/profile.json");

#[test]
fn the_experience_of_a_profile_goes_back_to_the_lists_it_came_from() {
    let record = Tyomarkkinatori.read(PROFILE).unwrap();
    let written = written(&TyomarkkinatoriWriter, &record).unwrap();
    let value: Value = serde_json::from_slice(&written.documents[0]).unwrap();
    let names = |list: &str, name: &str| {
        let items = value[list].as_array().unwrap().iter();
        items
            .map(|item| item[name]["fi"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(names("employments", "employer"), ["Salmen konepaja"]);
    assert_eq!(names("businessActivities", "name"), ["Aadan hitsaus"]);
    assert_eq!(value["businessActivities"][0]["businessId"], "1234567-1");
    assert_eq!(value["educations"][0]["degreeCode"], "351101");
    assert_eq!(value["employments"][0]["interval"]["ongoing"], false);
    assert_eq!(value["businessActivities"][0]["interval"]["ongoing"], true);
    let fields: Vec<_> = written
        .unsaid
        .iter()
        .map(|it| it.place.rsplit_once("/attainments/").unwrap().1)
        .collect();
    // Concepts have no names in this interface, and those without address no place.
    assert_eq!(fields, ["0/kind/occupation/label", "0/skills"]);
}

#[test]
fn what_is_more_than_a_list_takes_is_listed() {
    let one = |number: usize| {
        let kind = AttainmentKind::Experience {
            employer: None,
            occupation: None,
            ended: None,
            self_asserted: true,
        };
        let title = Text {
            fi: Some(format!("Projekti {number}")),
            ..Text::default()
        };
        Attainment::new(kind, title, String::new())
    };
    let all = (0..22).map(one).collect();
    let record = LearningRecord::new("elm", Person::default(), all, Vec::new(), b"").unwrap();
    let written = written(&TyomarkkinatoriWriter, &record).unwrap();
    let places: Vec<_> = written.unsaid.iter().map(|it| it.place.as_str()).collect();
    assert_eq!(places, ["/attainments/20", "/attainments/21"]);
    assert!(written.unsaid[0].why.contains("20 in each list"));
}

#[test]
fn a_qualification_of_which_a_profile_can_say_nothing_is_listed() {
    let qualification = |title: &str| {
        let kind = AttainmentKind::Qualification {
            titles: Vec::new(),
            specialisations: Vec::new(),
        };
        let title = Text {
            fi: Some(title.to_owned()).filter(|title| !title.is_empty()),
            ..Text::default()
        };
        Attainment {
            id: Some("https://koulu.example/1".to_owned()),
            ..Attainment::new(kind, title, String::new())
        }
    };
    let record = |all| LearningRecord::new("koski", Person::default(), all, Vec::new(), b"");
    let both = record(vec![qualification(""), qualification("Hitsaaja")]).unwrap();
    let written = written(&TyomarkkinatoriWriter, &both).unwrap();
    let value: Value = serde_json::from_slice(&written.documents[0]).unwrap();
    assert_eq!(
        value["educations"],
        serde_json::json!([{ "customDegreeName": { "fi": "Hitsaaja" } }])
    );
    assert_eq!(written.unsaid[0].place, "/attainments/0");
    assert!(written.unsaid[0].why.contains("can say something"));

    let alone = record(vec![qualification("")]).unwrap();
    let refused = TyomarkkinatoriWriter.write(&alone, &occasion());
    assert_eq!(refused.unwrap_err(), WriteError::NothingToSay);
}
