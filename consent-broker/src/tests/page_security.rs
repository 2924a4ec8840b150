//! What another page in the person's browser cannot do here, and what nobody can make us say.

mod corpus;
mod shown;

use credential_core::consent::decision::Verdict;
use serde_json::json;

use super::{
    cross_device::{Begun, begun::post},
    support::{Answer, World},
};

/// Every page that a browser can be shown.
async fn pages(world: &World) -> Vec<Answer> {
    let begun = Begun::new(world).await;
    let digits = begun.decided(world, Verdict::Approved).await.digits();
    vec![
        Begun::new(world).await.reload(world).await,
        begun.reload(world).await,
        begun.type_in(world, "no digits").await,
        begun.type_in(world, &digits).await,
        world.get("/authorize", &[]).await,
        world.get("/complete/x", &[]).await,
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn r41_no_page_can_be_framed_and_a_decision_needs_more_than_a_click_here() {
    let world = World::new().await;
    for page in pages(&world).await {
        let policy = page.header("content-security-policy");
        for rule in [
            "default-src 'none'",
            "frame-ancestors 'none'",
            "form-action 'self'",
            "base-uri 'none'",
        ] {
            assert!(policy.contains(rule), "{policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(page.header("x-frame-options"), "DENY");
        assert_eq!(page.header("cache-control"), "no-store");
        assert_eq!(page.header("referrer-policy"), "same-origin");
        for absent in [
            "<script",
            "style=",
            "onclick",
            "<iframe",
            "<img",
            "http-equiv",
        ] {
            assert!(!page.body.contains(absent), "{absent}: {}", page.body);
        }
        // The only button sends digits; what was asked is decided in the wallet.
        let buttons = page.body.matches("<button").count();
        assert_eq!(buttons, page.body.matches("name=\"digits\"").count());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r42_csrf_no_request_of_a_browser_approves_anything() {
    let world = World::new().await;
    let begun = Begun::new(&world).await;
    let cookie = [("cookie", begun.cookie.as_str()), ("origin", &world.origin)];
    let form = [("form", begun.form.as_str()), ("decision", "approved")];
    for path in ["/wallet/decisions", "/wallet/requests"] {
        let by_form = world.post_form(path, &form, &cookie).await;
        assert_eq!(by_form.refusal(), "401 invalid_token -");
        let body = json!({"ticket": begun.cross_device_ticket, "decision": "approved"});
        let mut by_json = world.http.post(world.url(path)).json(&body);
        for (name, value) in cookie {
            by_json = by_json.header(name, value);
        }
        assert_eq!(Answer::of(by_json).await.refusal(), "401 invalid_token -");
    }
    let path = begun.path.clone();
    let posted = world.post_form(&path, &form, &cookie).await;
    assert_eq!(posted.refusal(), "405 invalid_request not_here");
    // Loading the page, any number of times, decides nothing.
    assert_eq!(begun.reload(&world).await.status, 200);
    assert_eq!(world.state.store.subjects().await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn r42_csrf_the_form_works_from_our_own_page_only() {
    let world = World::new().await;
    let begun = Begun::new(&world).await;
    let digits = begun.decided(&world, Verdict::Approved).await.digits();
    let fields = [("form", begun.form.as_str()), ("digits", &digits)];
    let own = world.origin.as_str();
    for from in [
        &[
            ("sec-fetch-site", "cross-site"),
            ("origin", "https://evil.example"),
        ][..],
        &[("sec-fetch-site", "same-site"), ("origin", own)],
        &[("sec-fetch-site", "none")],
        &[
            ("sec-fetch-site", "same-origin"),
            ("origin", "https://evil.example"),
        ],
        &[("sec-fetch-site", "same-origin"), ("origin", "null")],
        &[("origin", "null")],
        &[("origin", "https://evil.example"), ("origin", own)],
        &[],
    ] {
        let mut headers = from.to_vec();
        headers.push(("cookie", &begun.cookie));
        let refused = world.post_form("/complete", &fields, &headers).await;
        assert_eq!(refused.status, 400, "{from:?}");
        assert!(
            refused
                .body
                .contains("This request cannot be opened any more")
        );
    }
    // Forms that nobody was shown.
    for form in [
        "",
        "AAAA",
        &begun.cross_device_ticket,
        &begun.same_device_ticket,
    ] {
        let refused = post(&world, form, &begun.cookie, &digits).await;
        assert!(
            refused
                .body
                .contains("This request cannot be opened any more")
        );
    }
    // A browser that knows only one of the two headers still finishes.
    for from in [("origin", own), ("sec-fetch-site", "same-origin")] {
        let headers = [from, ("cookie", begun.cookie.as_str())];
        let right = world.post_form("/complete", &fields, &headers).await;
        assert_eq!(right.status, 200, "{from:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r43_no_cors_anywhere_and_no_page_talks_to_another() {
    let world = World::new().await;
    let begun = Begun::new(&world).await;
    let origin = ("origin", "https://evil.example");
    for path in [
        begun.path.as_str(),
        "/complete",
        "/complete/x",
        "/par",
        "/token",
        "/receipts",
        "/mailbox/x",
        "/wallet/token",
        "/wallet/requests",
        "/wallet/decisions",
        "/wallet/grants",
        "/trust-list",
        "/jwks",
        "/health",
        "/.well-known/oauth-authorization-server",
        "/nothing",
    ] {
        let preflight = world
            .http
            .request(reqwest::Method::OPTIONS, world.url(path))
            .header(origin.0, origin.1)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "dpop");
        let got = world.get(path, &[origin]).await;
        for answer in [Answer::of(preflight).await, got] {
            let mut names = answer
                .headers
                .keys()
                .map(reqwest::header::HeaderName::as_str);
            let allows = names.any(|name| name.starts_with("access-control-"));
            assert!(!allows, "{path}: {answer:?}");
        }
    }
    for page in pages(&world).await {
        assert!(!page.body.contains("postMessage"));
    }
}
