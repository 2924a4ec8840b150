//! A wallet on another device: six digits, typed into the browser that began.

pub(super) mod begun;

use axum::extract::FromRef as _;
use chrono::TimeDelta;
use credential_core::consent::decision::Verdict;

pub(super) use self::begun::Begun;
use super::{
    races::together,
    support::{Answer, World},
};
use crate::handles::{CompletionLink, Handles};

/// One answer for whatever is over or foreign.
fn assert_refused(answer: &Answer) {
    assert_eq!(answer.status, 400, "{answer:?}");
    assert!(
        answer
            .body
            .contains("This request cannot be opened any more"),
        "{answer:?}"
    );
    assert!(answer.headers.get("location").is_none());
}

fn assert_wrong(answer: &Answer) {
    assert_eq!(answer.status, 400, "{answer:?}");
    assert!(answer.body.contains("The digits were not right"));
}

fn way_back(world: &World, answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.body.contains("The digits were right"));
    world.url(&begun::between(&answer.body, "href=\"", "\"", "/complete/"))
}

/// Other digits than these, by counting on from them.
fn other(digits: &str, by: u32) -> String {
    format!("{:06}", (digits.parse::<u32>().unwrap() + by) % 1_000_000)
}

#[tokio::test(flavor = "multi_thread")]
async fn digits_typed_where_it_began_lead_to_the_code() {
    let world = World::new().await;
    let begun = Begun::new(&world).await;
    let decided = begun.decided(&world, Verdict::Approved).await;
    assert_eq!(decided.answer.status, 201);
    assert!(decided.answer.json().get("complete_url").is_none());
    let digits = decided.digits();
    let spaced = format!("{} {}", &digits[..3], &digits[3..]);
    let right = begun.type_in(&world, &spaced).await;
    assert_eq!(right.header("cache-control"), "no-store");
    let url = way_back(&world, &right);
    // The form again, by a reload, before the link is followed.
    let url_again = way_back(&world, &begun.type_in(&world, &digits).await);
    let back = world.complete(&url, &begun.cookie).await.unwrap();
    assert_eq!(
        (&back["state"], &back["iss"]),
        (&"session 7 & more".into(), &world.origin.clone().into())
    );
    let token = world.redeem(back["code"].as_str().unwrap()).await;
    assert_eq!(token.status, 200, "{token:?}");
    assert_refused(&world.complete(&url_again, &begun.cookie).await.unwrap_err());
    assert_refused(&begun.type_in(&world, &digits).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_goes_the_same_way() {
    let world = World::new().await;
    let begun = Begun::new(&world).await;
    let decided = begun.decided(&world, Verdict::Refused).await;
    let right = begun.type_in(&world, &decided.digits()).await;
    let url = way_back(&world, &right);
    let back = world.complete(&url, &begun.cookie).await.unwrap();
    assert_eq!(back["error"], "access_denied");
    assert_eq!(back["iss"], world.origin);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_decision_again_has_the_same_digits() {
    let world = World::new().await;
    let begun = Begun::new(&world).await;
    let decided = begun.decided(&world, Verdict::Approved).await;
    world.clock.advance(TimeDelta::minutes(9));
    let again = decided.again(&world).await;
    assert_eq!((again.status, again.json()), (201, decided.answer.json()));
}

#[tokio::test(flavor = "multi_thread")]
async fn r55_five_wrong_digits_end_it_also_for_the_right_ones() {
    let world = World::new().await;
    let begun = Begun::new(&world).await;
    let decided = begun.decided(&world, Verdict::Approved).await;
    let digits = decided.digits();
    for by in 1..5 {
        assert_wrong(&begun.type_in(&world, &other(&digits, by)).await);
    }
    assert_refused(&begun.type_in(&world, &other(&digits, 5)).await);
    assert_refused(&begun.type_in(&world, &digits).await);
    assert_refused(&begun.reload(&world).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn r55_fifty_wrong_digits_at_once_are_five_tries() {
    let world = World::new().await;
    let begun = Begun::new(&world).await;
    let digits = begun.decided(&world, Verdict::Approved).await.digits();
    let tries = (1..=50).map(|by| begun.type_in_owned(&world, other(&digits, by)));
    let answers = together(tries).await;
    let wrong = answers
        .iter()
        .filter(|a| a.body.contains("The digits were not right"));
    assert_eq!(wrong.count(), 4);
    assert_refused(&begun.type_in(&world, &digits).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_six_digits_is_no_try() {
    let world = World::new().await;
    let begun = Begun::new(&world).await;
    let digits = begun.decided(&world, Verdict::Approved).await.digits();
    for typed in ["", "12345", "1234567", "١٢٣٤٥٦", "abcdef", "12345\u{0}"] {
        let answer = begun.type_in(&world, typed).await;
        assert_eq!(answer.status, 400, "{typed:?}");
    }
    way_back(&world, &begun.type_in(&world, &digits).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_digits_live_ten_minutes() {
    let world = World::new().await;
    let (early, late) = (Begun::new(&world).await, Begun::new(&world).await);
    let early_digits = early.decided(&world, Verdict::Approved).await.digits();
    let late_digits = late.decided(&world, Verdict::Approved).await.digits();
    world.clock.advance(TimeDelta::seconds(599));
    let url = way_back(&world, &early.type_in(&world, &early_digits).await);
    world.clock.advance(TimeDelta::seconds(1));
    assert_refused(&late.type_in(&world, &late_digits).await);
    assert!(world.complete(&url, &early.cookie).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn another_browser_has_no_use_for_the_digits() {
    let world = World::new().await;
    let begun = Begun::new(&world).await;
    let digits = begun.decided(&world, Verdict::Approved).await.digits();
    let stranger = Begun::new(&world).await;
    for (form, cookie) in [
        (&begun.form, stranger.cookie.as_str()),
        (&begun.form, ""),
        (&begun.form, "__Host-session=guess"),
    ] {
        assert_refused(&begun::post(&world, form, cookie, &digits).await);
    }
    // Its own form belongs to its own request.
    assert_wrong(&begun::post(&world, &stranger.form, &stranger.cookie, &digits).await);
    // None of that was a try, nor does the link help whoever sees it.
    let url = way_back(&world, &begun.type_in(&world, &digits).await);
    assert_refused(&world.complete(&url, &stranger.cookie).await.unwrap_err());
    assert!(world.complete(&url, &begun.cookie).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn r42_the_digits_of_one_request_do_not_finish_another_in_the_same_browser() {
    let world = World::new().await;
    let first = Begun::new(&world).await;
    let second = Begun::in_browser(&world, Some(&first.cookie)).await;
    assert_eq!(first.cookie, second.cookie);
    let first_digits = first.decided(&world, Verdict::Approved).await.digits();
    let second_digits = second.decided(&world, Verdict::Approved).await.digits();
    assert_wrong(&begun::post(&world, &second.form, &second.cookie, &first_digits).await);
    assert_wrong(&begun::post(&world, &first.form, &first.cookie, &second_digits).await);
    way_back(&world, &first.type_in(&world, &first_digits).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn r42_csrf_a_form_of_the_same_request_from_another_browser_is_refused() {
    let world = World::new().await;
    let begun = Begun::new(&world).await;
    let elsewhere = begun::form(&begun.load(&world, None).await.body);
    let digits = begun.decided(&world, Verdict::Approved).await.digits();
    assert_refused(&begun::post(&world, &elsewhere, &begun.cookie, &digits).await);
    way_back(&world, &begun.type_in(&world, &digits).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_two_ways_do_not_mix() {
    let world = World::new().await;
    // Opened where the browser is: no digits, and none help.
    let begun = Begun::new(&world).await;
    let decided = begun
        .decided_with(&world, &begun.same_device_ticket, Verdict::Approved)
        .await;
    assert!(decided.answer.json().get("digits").is_none());
    assert_refused(&begun.type_in(&world, "123456").await);
    assert_refused(&begun.reload(&world).await);
    let url = decided.answer.text("complete_url");
    assert!(world.complete(&url, &begun.cookie).await.is_ok());

    // Opened elsewhere: no link, and even one of the broker's own does not replace the digits.
    let begun = Begun::new(&world).await;
    let decided = begun.decided(&world, Verdict::Approved).await;
    let link = CompletionLink {
        request_id: decided.request_id,
        exp: world.now().timestamp() + 60,
    };
    let handle = Handles::from_ref(&world.state).seal(&link).unwrap();
    let url = world.url(&format!("/complete/{handle}"));
    assert_refused(&world.complete(&url, &begun.cookie).await.unwrap_err());
    way_back(&world, &begun.type_in(&world, &decided.digits()).await);
    assert!(world.complete(&url, &begun.cookie).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_ticket_that_is_opened_decides_the_way() {
    let world = World::new().await;
    for here_first in [true, false] {
        let begun = Begun::new(&world).await;
        let (first, second) = if here_first {
            (&begun.same_device_ticket, &begun.cross_device_ticket)
        } else {
            (&begun.cross_device_ticket, &begun.same_device_ticket)
        };
        let wallet = begun::Opening::new(&world).await;
        assert_eq!(wallet.open(&world, first).await.status, 200);
        assert_eq!(wallet.open(&world, first).await.status, 200);
        assert_eq!(
            wallet.open(&world, second).await.refusal(),
            "400 invalid_request request_taken"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_loaded_again_keeps_the_way_for_digits() {
    let world = World::new().await;
    let mut begun = Begun::new(&world).await;
    let digits = begun.decided(&world, Verdict::Approved).await.digits();
    assert_refused(&begun.load(&world, None).await);
    let page = begun.reload(&world).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("Type the digits that your wallet shows"));
    assert!(
        !page.body.contains("osaamislompakko://"),
        "no second wallet"
    );
    begun.form = begun::form(&page.body);
    let url = way_back(&world, &begun.type_in(&world, &digits).await);
    assert_eq!(begun.reload(&world).await.status, 200);
    world.complete(&url, &begun.cookie).await.unwrap();
    assert_refused(&begun.reload(&world).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guesser_does_not_learn_whether_a_wallet_has_answered() {
    let world = World::new().await;
    let begun = Begun::new(&world).await;
    let mut seen = Vec::new();
    for _ in 0..9 {
        seen.push(begun.type_in(&world, "000000").await.body);
    }
    let wallet = begun::Opening::new(&world).await;
    wallet.open(&world, &begun.cross_device_ticket).await;
    seen.push(begun.type_in(&world, "000000").await.body);
    let decided = begun.decide(&world, wallet, Verdict::Approved).await;
    let digits = decided.digits();
    seen.push(begun.type_in(&world, &other(&digits, 1)).await.body);
    assert!(seen[0].contains("The digits were not right"));
    assert!(seen.iter().all(|body| *body == seen[0]));
    way_back(&world, &begun.type_in(&world, &digits).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_broker_keeps_does_not_tell_the_digits() {
    let world = World::new().await;
    let begun = Begun::new(&world).await;
    let decided = begun.decided(&world, Verdict::Approved).await;
    let digits = decided.digits();
    let kept = world.stored_text();
    assert!(kept.contains(&decided.request_id.to_string()));
    assert!(!kept.contains(&digits), "{digits}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_speaks_the_same_language_to_the_end() {
    let world = World::new().await;
    let begun = Begun::new(&world).await;
    let digits = begun.decided(&world, Verdict::Approved).await.digits();
    for (language, words) in [
        ("fi", "Numerot eivät olleet oikein"),
        ("sv", "Siffrorna var inte rätt"),
        ("en", "The digits were not right"),
    ] {
        let page = begun.load_in(&world, Some(&begun.cookie), language).await;
        assert!(page.body.contains(&format!("<html lang=\"{language}\">")));
        let named = format!("name=\"ui_locales\" value=\"{language}\"");
        assert!(page.body.contains(&named));
        let form = [
            ("form", begun.form.as_str()),
            ("digits", &other(&digits, 1)),
            ("ui_locales", language),
        ];
        let headers = [("cookie", begun.cookie.as_str()), ("origin", &world.origin)];
        let answer = world.post_form("/complete", &form, &headers).await;
        assert!(answer.body.contains(words), "{language}");
    }
}
