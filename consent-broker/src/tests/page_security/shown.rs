//! What the page says before anything can be done.

use crate::tests::{
    cross_device::{Begun, begun::between},
    support::World,
};

#[tokio::test(flavor = "multi_thread")]
async fn r53_the_page_says_who_why_how_long_and_how_often_before_anything_can_be_done() {
    let world = World::new().await;
    let begun = Begun::new(&world).await;
    for (language, expected) in [
        (
            "fi",
            [
                "Lumo Hoiva Oy pyytää tietojasi",
                "Työhakemus",
                "Enintään 30 päivää siitä, kun päätät",
                "Enintään 3 kertaa",
            ],
        ),
        (
            "sv",
            [
                "Lumo Vård Ab ber om dina uppgifter",
                "Arbetsansökan",
                "Högst 30 dagar från att du bestämmer dig",
                "Högst 3 gånger",
            ],
        ),
        (
            "en",
            [
                "Lumo Care Ltd asks for your information",
                "Job application",
                "At most 30 days from your decision",
                "At most 3 times",
            ],
        ),
    ] {
        let page = begun.load_in(&world, Some(&begun.cookie), language).await;
        let action = page.body.find("osaamislompakko://").unwrap();
        for words in expected {
            let place = page.body.find(&format!(">{words}<"));
            assert!(place.unwrap_or_else(|| panic!("{words}: {}", page.body)) < action);
        }
        // Nothing to tick, so nothing ticked: what is shared is chosen in the wallet.
        for absent in [
            "checkbox", "radio", "checked=", "selected", "<select", "title\"", "grade",
        ] {
            assert!(!page.body.contains(absent), "{absent}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r53_an_end_that_is_a_day_is_shown_as_that_day() {
    let world = World::new().await;
    let mut details = world.recipient.details();
    details.duration = None;
    details.until = Some("2026-06-15T09:00:00Z".parse().unwrap());
    details.max_reads = None;
    let request = world.recipient.signed(&world.origin, details);
    let uri = world.push(&request).await.text("request_uri");
    let path = format!(
        "/authorize?client_id={}&request_uri={uri}",
        world.recipient.client_id()
    );
    for (language, until, reads) in [
        ("fi", "Enintään 15.6.2026 asti", "Niin kauan kuin sallit"),
        ("sv", "Högst till 15.6.2026", "Så länge du tillåter det"),
        (
            "en",
            "At most until 15 June 2026",
            "For as long as you allow it",
        ),
    ] {
        let page = world
            .get(&format!("{path}&ui_locales={language}"), &[])
            .await;
        assert_eq!(between(&page.body, "<dd>", "<", until), until);
        assert_eq!(between(&page.body, "<dd>", "<", reads), reads);
    }
}
