//! The wallet on a phone, the browser on a desk: the answer is carried over as six digits.

use reqwest::header::{ACCEPT, COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use serde_json::json;
use wallet_core::{
    Wallet,
    consent::share::{Approved, Delivery},
};

use credential_core::text::Language;
use osaamislompakko::stages;

use crate::support::{SAMPLE, Scene, front};

/// A browser that shows the request's page.
struct Browser {
    client: reqwest::Client,
    cookie: String,
    page: String,
}

/// The first text between two others, as the page means it.
fn between(page: &str, before: &str, after: &str) -> String {
    let (_, rest) = page.split_once(before).unwrap();
    rest.split(after).next().unwrap().replace("&amp;", "&")
}

impl Browser {
    async fn opens(link: &str) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let answer = client.get(link).header(ACCEPT, "text/html").send();
        let answer = answer.await.unwrap();
        let cookie = answer.headers()[SET_COOKIE].to_str().unwrap();
        Self {
            cookie: cookie.split(';').next().unwrap().into(),
            client,
            page: answer.text().await.unwrap(),
        }
    }

    /// What the code on the page says.
    fn code(&self) -> String {
        between(&self.page, "<code class=\"link\">", "</code>")
    }

    async fn types(&self, broker: &str, digits: &str) -> (u16, String) {
        let form = [
            ("form", between(&self.page, "name=\"form\" value=\"", "\"")),
            ("digits", digits.to_owned()),
        ];
        let sent = self.client.post(format!("{broker}/complete")).form(&form);
        let sent = sent.header(COOKIE, &self.cookie).header(ORIGIN, broker);
        let answer = sent.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// Follows the link on the page, and the broker to the recipient.
    async fn goes_back(&self, broker: &str, page: &str) {
        let path = between(page, "class=\"button\" href=\"", "\"");
        let answer = self.client.get(format!("{broker}{path}"));
        let answer = answer.header(COOKIE, &self.cookie).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 303);
        let location = answer.headers()[LOCATION].to_str().unwrap();
        self.client.get(location).send().await.unwrap();
    }
}

async fn approved(wallet: &Wallet, link: &str) -> Approved {
    let open = wallet.open_request(link).await.unwrap();
    let chosen = stages::choose(wallet, &open, Language::En).unwrap();
    let approved = wallet.approve(&open, &chosen.selection, chosen.until);
    approved.await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wallet_on_a_phone_and_a_browser_on_a_desk_share_and_the_recipient_reads() {
    let mut scene = Scene::new().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    let (recipient, pending) = scene.pushed(&wallet).await;
    let broker = pending.broker().to_owned();
    let browser = Browser::opens(pending.link()).await;
    let approved = approved(&wallet, &browser.code()).await;
    assert_eq!(approved.delivery.complete_url(), None);
    let digits = approved.delivery.digits().unwrap().clone();

    let wrong = if digits.as_str() == "000000" {
        "000001"
    } else {
        "000000"
    };
    let (status, _page) = browser.types(&broker, wrong).await;
    assert_eq!(status, 400);
    let (status, page) = browser.types(&broker, &digits.spaced()).await;
    assert_eq!(status, 200, "{page}");
    browser.goes_back(&broker, &page).await;

    let answer = scene
        .world
        .callback()
        .answer_to(pending.state())
        .await
        .unwrap();
    let mut grant = recipient.redeem(&pending, answer.query()).await.unwrap();
    assert_eq!(grant.id(), approved.grant_id);
    let report = stages::read(&scene.world, &recipient, &mut grant)
        .await
        .unwrap();
    assert!(report.is_ok(), "{report:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_told_the_digits_and_to_keep_them_in_three_languages() {
    let scene = Scene::new().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    let (_recipient, pending) = scene.pushed(&wallet).await;
    let browser = Browser::opens(pending.link()).await;
    let approved = approved(&wallet, &browser.code()).await;
    let spaced = approved.delivery.digits().unwrap().spaced();
    for (language, warning) in [
        (Language::En, "Tell them to nobody"),
        (Language::Fi, "Älä kerro niitä kenellekään"),
        (Language::Sv, "Berätta dem inte för någon"),
    ] {
        let words = wallet_core::words::Words::new(language);
        let told = words.delivery(&approved.delivery).unwrap();
        let (first, second) = told.split_once('\n').unwrap();
        assert!(first.ends_with(&format!(": {spaced}")), "{told}");
        assert!(second.starts_with(warning), "{told}");
    }
    let shown = format!("{:?}", approved.delivery);
    let digits = approved.delivery.digits().unwrap();
    assert!(!shown.contains(digits.as_str()), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wallet_that_is_the_browser_itself_types_no_digits() {
    let (scene, front) = front::scene().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    let (_recipient, pending) = scene.pushed(&wallet).await;
    front.lies(|path, answer| {
        if path == "/wallet/decisions" {
            answer.as_object_mut().unwrap().remove("complete_url");
            answer["digits"] = json!("123456");
        }
    });
    let approved = approved(&wallet, pending.link()).await;
    assert!(
        matches!(approved.delivery, Delivery::Failed(_)),
        "{:?}",
        approved.delivery
    );
    assert_eq!(approved.delivery.digits(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn digits_that_are_none_are_not_shown_and_the_answer_can_be_repeated() {
    let (scene, front) = front::scene().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    let (_recipient, pending) = scene.pushed(&wallet).await;
    let browser = Browser::opens(pending.link()).await;
    let open = wallet.open_request(&browser.code()).await.unwrap();
    let chosen = stages::choose(&wallet, &open, Language::En).unwrap();
    for digits in [
        json!("12345"),
        json!("call +358 600 123"),
        json!(123_456),
        json!(null),
    ] {
        front.lies(move |path, answer| {
            if path == "/wallet/decisions" {
                answer["digits"] = digits.clone();
            }
        });
        let refused = wallet.approve(&open, &chosen.selection, chosen.until).await;
        assert_eq!(
            refused.unwrap_err().reason(),
            "broker_answer_not_understood"
        );
    }
    front.lies(|_path, _answer| {});
    let approved = wallet.approve(&open, &chosen.selection, chosen.until).await;
    assert!(approved.unwrap().delivery.digits().is_some());
}
