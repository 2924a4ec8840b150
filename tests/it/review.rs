//! What a person is shown before anything can leave.

use credential_core::{credential::CredentialType, text::Language};
use osaamislompakko::world::parties;
use verifier_sdk::recipient::RequestTemplate;
use wallet_core::{disclosure::Selection, words::Words};

use crate::support::{SAMPLE, Scene};

#[tokio::test(flavor = "multi_thread")]
async fn r53_the_review_says_who_why_what_how_long_and_how_often_with_nothing_optional_ticked() {
    let scene = Scene::new().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    let template = RequestTemplate {
        max_reads: Some(4),
        ..parties::request(CredentialType::Qualification).unwrap()
    };
    let recipient = scene.world.recipient().await.unwrap();
    let pending = recipient.push(&template).await.unwrap();
    let open = wallet.open_request(pending.link()).await.unwrap();
    let (request, held) = (open.request(), wallet.credentials().unwrap());
    let selection = Selection::smallest(request, &held).unwrap();
    let until = wallet.proposed_end(&open).unwrap();
    let (recipient, details) = (request.recipient(), request.details());
    for language in Language::ALL {
        let words = Words::new(language);
        let items = selection.preview(request, &held, language);
        let lines = words.request(&open, &items, until);
        for expected in [
            words.text(&recipient.name),
            words.text(&details.purpose.text),
            &words.say("basis-consent", &[]),
            &words.day(until),
            &words.say("request-reads", &[("reads", "4")]),
        ] {
            assert!(
                lines.iter().any(|line| line.contains(expected)),
                "{expected}: {lines:#?}"
            );
        }
        let optional: Vec<_> = items.iter().filter(|item| item.optional).collect();
        assert!(!optional.is_empty(), "{items:?}");
        assert!(optional.iter().all(|item| !item.shared), "{optional:?}");
        let ticked = lines.iter().filter(|line| line.contains("[x]")).count();
        assert_eq!(ticked, items.iter().filter(|item| item.shared).count());
        // Each can go along alone.
        for claim in &details.optional {
            let mut one = Selection::smallest(request, &held).unwrap();
            if one.include(request, &held, claim).is_ok() {
                let shown = one.preview(request, &held, language);
                let along = shown.iter().filter(|item| item.optional && item.shared);
                assert_eq!(along.count(), 1, "{claim:?}");
            }
        }
    }
    assert_eq!(wallet.shares().unwrap().len(), 0, "and nothing has left");
}
