//! The recipient's own page: who gets to see it, for how long, and what it says.

use chrono::TimeDelta;
use credential_core::{id::GrantId, network::Network};

use super::proofs::node;
use super::support::{Answer, Grant, Operator, Recipient, World, read_id};

/// The link of a recipient, as a path.
async fn link(world: &World, who: &Recipient) -> String {
    let answer = world.as_recipient(who, "/recipient/page", &[]).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.json()["expires_in"], 600);
    let url = answer.text("page_url");
    url.strip_prefix(&world.origin).unwrap().to_owned()
}

/// The cookie that the first browser gets.
async fn enter(world: &World, who: &Recipient) -> String {
    let entered = world.get(&link(world, who).await, &[]).await;
    assert_eq!(entered.status, 303, "{entered:?}");
    assert_eq!(entered.header("location"), "/recipient");
    let cookie = entered.header("set-cookie").split(';').next().unwrap();
    cookie.to_owned()
}

async fn page(world: &World, cookie: &str, query: &str) -> Answer {
    let path = format!("/recipient{query}");
    let headers = [("cookie", cookie), ("accept-language", "fi")];
    world.get(&path, &headers).await
}

fn assert_closed(answer: &Answer) {
    assert_eq!(answer.status, 401, "{answer:?}");
    assert!(answer.headers.get("set-cookie").is_none());
    let says = |words| answer.body.contains(words);
    assert!(
        says("Tämä linkki ei toimi enää") || says("This link does not work any more"),
        "{answer:?}"
    );
    assert!(!says("Lumo Hoiva"), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn r21_a_link_of_before_a_restart_opens_nothing_after_it() {
    let world = World::new().await;
    let path = link(&world, &world.recipient).await;
    world.clock.advance(TimeDelta::seconds(2));
    let restarted = node(&world).await;
    let enter = async |path: &str| {
        let request = world.http.get(format!("{restarted}{path}"));
        Answer::of(request).await
    };
    assert_closed(&enter(&path).await);
    let fresh = link(&world, &world.recipient).await;
    assert_eq!(enter(&fresh).await.status, 303);
}

/// How a grant is named on the page.
fn shown(id: GrantId) -> String {
    format!("<code>{}</code>", &id.to_string()[..8])
}

async fn read_once(world: &World, grant: &Grant) {
    let token = world.token(grant).await;
    assert_eq!(world.read(&token, grant.id, &read_id()).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn r41_r44_the_link_works_once_and_its_cookie_and_page_are_strict() {
    let world = World::new().await;
    let path = link(&world, &world.recipient).await;
    let entered = world.get(&path, &[]).await;
    let cookie = entered.header("set-cookie").to_owned();
    assert!(cookie.starts_with("__Host-recipient="));
    assert!(
        cookie.ends_with("; Max-Age=1800; Secure; HttpOnly; SameSite=Lax; Path=/"),
        "{cookie}"
    );
    assert_closed(&world.get(&path, &[]).await);
    let cookie = cookie.split(';').next().unwrap();
    let page = page(&world, cookie, "").await;
    assert_eq!(page.status, 200);
    assert_eq!(
        page.header("content-security-policy"),
        "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    );
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("x-frame-options"), "DENY");
    assert!(!page.body.contains("<script"));
    assert!(!page.body.contains("=\"http"), "nothing from elsewhere");
}

#[tokio::test(flavor = "multi_thread")]
async fn link_and_session_end_with_their_time() {
    let world = World::new().await;
    let late = link(&world, &world.recipient).await;
    let cookie = enter(&world, &world.recipient).await;
    world.clock.advance(TimeDelta::minutes(10));
    assert_closed(&world.get(&late, &[]).await);
    assert_eq!(page(&world, &cookie, "").await.status, 200);
    world.clock.advance(TimeDelta::minutes(20));
    assert_closed(&page(&world, &cookie, "").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_recipient_itself_gets_a_link_and_nothing_else_opens_the_page() {
    let world = World::new().await;
    let impostor = Recipient::new(&world.recipient.entity_id);
    let refused = world.as_recipient(&impostor, "/recipient/page", &[]).await;
    assert_eq!(
        (refused.status, refused.text("error").as_str()),
        (401, "invalid_client")
    );
    assert_closed(&page(&world, "a=b", "").await);
    let path = link(&world, &world.recipient).await;
    let handle = path.rsplit('/').next().unwrap();
    let as_cookie = format!("__Host-recipient={handle}");
    assert_closed(&page(&world, &as_cookie, "").await);
    assert_closed(&world.get("/recipient/enter/AAAA", &[]).await);
    assert_closed(&world.get("/recipient/enter/%ff", &[]).await);
    assert_eq!(world.get(&path, &[]).await.status, 303, "nobody used it");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_says_what_was_granted_and_nothing_about_the_person() {
    let world = World::new().await;
    let read = world.grant(world.recipient.details()).await;
    read_once(&world, &read).await;
    let stopped = world.grant(world.recipient.details()).await;
    world.withdraw(&stopped).await;
    let cookie = enter(&world, &world.recipient).await;
    let page = page(&world, &cookie, "").await;
    for words in [
        "<html lang=\"fi\">",
        "<h1>Lumo Hoiva Oy</h1>",
        "<b>1</b> <span>Voimassa</span>",
        "<b>1</b> <span>Henkilö lopetti</span>",
        "<h3>Työhakemus</h3>",
        "1 / 3",
        "0 / 3",
        "29.5.2026 klo 12.00 UTC",
        "28.6.2026</time>",
        "Ei vielä katsottu",
        "<dt>Uusin lähetys vanhenee</dt><dd><time datetime=\"2026-06-05T12:00:00Z\">5.6.2026</time>",
        "Saa pyytää: https://opisto.example/types/degree/1",
        "<li>title</li>",
        "90 päivää",
    ] {
        assert!(page.body.contains(words), "{words} is missing: {page:?}");
    }
    let held = world.state.store.held(read.id).await.unwrap().unwrap();
    let thumbprint = credential_core::jose::Signer::public_jwk(&read.wallet.grant_key).thumbprint();
    for absent in [
        held.grant.subject_id.to_string(),
        held.grant.details_hash,
        thumbprint,
        read.deposit,
        "Lumo Vård".into(),
    ] {
        assert!(!page.body.contains(&absent), "{absent}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_recipient_sees_its_own_grants_only() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let cookie = enter(&world, &world.other).await;
    let short = shown(grant.id);
    for query in ["".to_owned(), format!("?after={}", grant.id)] {
        let page = page(&world, &cookie, &query).await;
        assert_eq!(page.status, 200);
        assert!(!page.body.contains(&short));
        assert!(page.body.contains("Kukaan ei ole vielä jakanut"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_goes_on_page_by_page_in_three_languages() {
    let world = World::new().await;
    let mut ids = Vec::new();
    for _ in 0..23 {
        ids.insert(0, world.grant(world.recipient.details()).await.id);
        world.clock.advance(TimeDelta::seconds(1));
    }
    let cookie = enter(&world, &world.recipient).await;
    let shows =
        |page: &Answer, ids: &[GrantId]| ids.iter().all(|id| page.body.contains(&shown(*id)));
    let first = page(&world, &cookie, "").await;
    assert!(shows(&first, &ids[..20]) && !shows(&first, &ids[20..21]));
    assert!(first.body.contains("<b>23</b> <span>Voimassa</span>"));
    let next = format!("?ui_locales=sv&amp;after={}", ids[19]);
    assert!(first.body.contains(&next.replace("sv", "fi")), "{first:?}");
    let second = page(&world, &cookie, &next.replace("&amp;", "&")).await;
    assert!(shows(&second, &ids[20..]) && !shows(&second, &ids[19..20]));
    assert!(second.body.contains("Nyaste delningarna") && !second.body.contains("Äldre"));
    let english = page(&world, &cookie, "?ui_locales=en").await;
    assert!(english.body.contains("Last looked at"));
    let malformed = page(&world, &cookie, "?after=1").await;
    assert_closed(&malformed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_when_the_recipient_is_re_keyed_or_removed() {
    let mut world = World::new().await;
    let operator = Operator::of(&world).await;
    let (cookie, unopened) = (
        enter(&world, &world.recipient).await,
        link(&world, &world.recipient).await,
    );
    let renewed = Recipient::new(&world.recipient.entity_id);
    let entry = renewed.entry();
    world.registry.add(entry, Network::Loopback).unwrap();
    operator.import(&world.publish()).await;
    assert_closed(&page(&world, &cookie, "").await);
    // The link still gives a cookie, which opens nothing.
    let entered = world.get(&unopened, &[]).await;
    let stale = entered.header("set-cookie").split(';').next().unwrap();
    assert_closed(&page(&world, stale, "").await);
    let cookie = enter(&world, &renewed).await;
    assert_eq!(page(&world, &cookie, "").await.status, 200);
    world.registry.remove(&world.recipient.entity_id);
    operator.import(&world.publish()).await;
    assert_closed(&page(&world, &cookie, "").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_recipient_is_told_so_on_its_page() {
    let world = World::new().await;
    let operator = Operator::of(&world).await;
    operator.suspend(&world.recipient.entity_id).await;
    let cookie = enter(&world, &world.recipient).await;
    let told = page(&world, &cookie, "").await;
    let words = "Oikeutenne on keskeytetty toistaiseksi";
    assert!(told.body.contains(words), "{told:?}");
    assert!(!told.body.contains("case 17"), "the operator's own note");
    operator.resume(&world.recipient.entity_id).await;
    assert!(!page(&world, &cookie, "").await.body.contains(words));
}
