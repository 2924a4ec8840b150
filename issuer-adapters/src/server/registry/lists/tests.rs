use credential_core::rng::SystemRng;

use super::*;

#[test]
fn when_three_quarters_of_a_list_are_taken_another_one_begins() {
    let (mut lists, rng) = (Lists::empty(), SystemRng::default());
    for place in 0..MOST_TAKEN - 1 {
        lists.take(place, Status::Valid).unwrap();
    }
    let last = lists.draw(1, &rng).unwrap();
    assert_eq!(parts(last[0]).0, 0);
    assert!(
        parts(last[0]).1 >= MOST_TAKEN - 1,
        "only a free place is drawn"
    );
    let next = lists.draw(2, &rng).unwrap();
    assert!(next.iter().all(|index| parts(*index).0 == 1), "{next:?}");
    assert_ne!(next[0], next[1]);
    assert_eq!(lists.list(1), None, "drawing alone takes nothing");
    for index in &next {
        lists.take(*index, Status::Suspended).unwrap();
    }
    assert_eq!(lists.taken(), u64::from(MOST_TAKEN) - 1 + 2);
    let (_version, second) = lists.list(1).unwrap();
    assert_eq!(second.at(parts(next[0]).1), Ok(Status::Suspended));
    let third = lists.draw(1, &rng).unwrap();
    assert_eq!(parts(third[0]).0, 1, "the newest list goes on");
}

#[test]
fn a_change_of_status_is_a_new_version_of_its_list_alone() {
    let mut lists = Lists::empty();
    for index in [3, LIST_CAPACITY + 3] {
        lists.take(index, Status::Valid).unwrap();
    }
    lists.set(LIST_CAPACITY + 3, Status::Invalid).unwrap();
    let version = |number| lists.list(number).unwrap().0;
    assert_eq!((version(0), version(1)), (0, 1));
    assert_eq!(lists.list(0).unwrap().1.at(3), Ok(Status::Valid));
    assert_eq!(lists.list(1).unwrap().1.at(3), Ok(Status::Invalid));
    assert_eq!(
        lists.set(2 * LIST_CAPACITY, Status::Invalid),
        Err(StoreError::Damaged)
    );
}

#[test]
fn a_place_is_counted_once_however_often_it_is_taken() {
    let mut lists = Lists::empty();
    for _again in 0..3 {
        lists.take(7, Status::Valid).unwrap();
    }
    assert_eq!(lists.taken(), 1);
}
