//! Markup in every place that somebody could fill.

use credential_core::{network::Network, text::Text};

use crate::tests::{
    cross_device::{Begun, begun::post},
    support::{Answer, World},
};

const CORPUS: [&str; 10] = [
    "<script>alert(1)</script>",
    "\"><svg onload=alert(1)>",
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "</title><script>alert(1)</script>",
    "{{7*7}}${7*7}<%= 7*7 %>",
    "<!--<img src=x onerror=alert(1)//>",
    "\u{202e}<script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "x\r\nset-cookie: a=b\r\n\r\n<script>alert(1)</script>",
];

fn assert_says_nothing_of(answer: &Answer, sent: &str) {
    for begin in ["alert(1)", "7*7", "onmouseover"] {
        assert!(!answer.body.contains(begin), "{sent:?}: {answer:?}");
    }
    for (name, value) in &answer.headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        assert!(
            !value.contains("alert(1)") && !value.contains("a=b"),
            "{name}: {value}"
        );
    }
    if answer
        .header("content-type")
        .starts_with("application/json")
    {
        let json = answer.json();
        let described = json["error_description"].as_str().unwrap_or_default();
        // RFC 6749 section 5.2.
        let allowed = |c: char| matches!(c, ' ' | '!' | '#'..='[' | ']'..='~');
        assert!(described.chars().all(allowed), "{described}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r50_nothing_that_a_stranger_sends_comes_back() {
    let world = World::new().await;
    let begun = Begun::new(&world).await;
    for sent in CORPUS {
        let escaped: String = url::form_urlencoded::byte_serialize(sent.as_bytes()).collect();
        let in_path = escaped.replace('+', "%20");
        let mut answers = vec![
            world
                .get(
                    &format!("/authorize?client_id={escaped}&request_uri=x"),
                    &[],
                )
                .await,
            world
                .get(
                    &format!("/authorize?client_id=x&request_uri={escaped}"),
                    &[],
                )
                .await,
            world
                .get(&format!("/authorize?{escaped}={escaped}"), &[])
                .await,
            world
                .get(&format!("{}&ui_locales={escaped}", begun.path), &[])
                .await,
            world
                .get(&format!("{}&state={escaped}&{escaped}=1", begun.path), &[])
                .await,
            world.get(&format!("/complete/{in_path}"), &[]).await,
            world.get(&format!("/{in_path}"), &[]).await,
            post(&world, &begun.form, &begun.cookie, sent).await,
            post(&world, sent, &begun.cookie, "123456").await,
        ];
        for path in ["/par", "/token", "/receipts", "/wallet/token", "/complete"] {
            for name in [
                "grant_type",
                "client_assertion",
                "client_assertion_type",
                "assertion",
                "ui_locales",
                sent,
            ] {
                answers.push(world.post_form(path, &[(name, sent)], &[]).await);
            }
        }
        for name in [
            "grant_type",
            "code",
            "refresh_token",
            "grant_id",
            "request",
            "redirect_uri",
        ] {
            for path in ["/par", "/token", "/receipts"] {
                answers.push(
                    world
                        .as_recipient(&world.recipient, path, &[(name, sent)])
                        .await,
                );
            }
        }
        let as_header: String = sent
            .chars()
            .filter(char::is_ascii)
            .filter(|c| !c.is_control())
            .collect();
        for name in [
            "cookie",
            "accept-language",
            "accept",
            "referer",
            "dpop",
            "authorization",
            "user-agent",
        ] {
            answers.push(world.get(&begun.path, &[(name, &as_header)]).await);
            answers.push(world.get("/wallet/log", &[(name, &as_header)]).await);
        }
        for answer in &answers {
            assert_says_nothing_of(answer, sent);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r50_registered_words_are_shown_as_words() {
    let mut world = World::new().await;
    let mut entry = world.recipient.entry();
    let name = "<script>alert(1)</script>\"'&";
    entry.name = Text::new(name, name, name);
    world.registry.remove(&entry.entity_id);
    world.registry.add(entry, Network::Loopback).unwrap();
    let now = world.now();
    let list = world
        .registry
        .publish(now, chrono::TimeDelta::days(30), &world.registrar);
    world.state.trust.import(&list.unwrap(), now).unwrap();
    let page = Begun::new(&world).await.reload(&world).await;
    assert!(!page.body.contains("<script"), "{}", page.body);
    assert!(page.body.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
}
