//! A request's page in a browser, and a wallet elsewhere that reads the code on it.

use credential_core::{
    consent::{decision::Verdict, details::RequestedDetails},
    id::RequestId,
};
use serde_json::{Value, json};

use crate::tests::support::{
    Answer, Wallet, World,
    people::{deposit, deposit_header, granted},
    random_id,
};

/// A page that a browser shows, and what is on it.
pub(in crate::tests) struct Begun {
    pub(in crate::tests) request: String,
    pub(in crate::tests) details: RequestedDetails,
    pub(in crate::tests) path: String,
    pub(in crate::tests) cookie: String,
    pub(in crate::tests) same_device_ticket: String,
    pub(in crate::tests) cross_device_ticket: String,
    pub(in crate::tests) form: String,
}

/// A wallet with its token.
pub(in crate::tests) struct Opening {
    wallet: Wallet,
    token: String,
}

/// A decision that was handed in.
pub(in crate::tests) struct Decided {
    opening: Opening,
    body: Value,
    pub(in crate::tests) request_id: RequestId,
    pub(in crate::tests) answer: Answer,
}

/// The first text between two others that begins as said.
pub(in crate::tests) fn between(page: &str, before: &str, after: &str, begin: &str) -> String {
    let pieces = page.split(before).skip(1);
    let mut found = pieces.filter_map(|piece| piece.split(after).next());
    let found = found.find(|piece| piece.starts_with(begin));
    found
        .unwrap_or_else(|| panic!("{page}"))
        .replace("&amp;", "&")
}

pub(in crate::tests) fn form(page: &str) -> String {
    between(page, "name=\"form\" value=\"", "\"", "")
}

fn ticket(link: &str) -> String {
    let link = url::Url::parse(link).unwrap();
    let mut pairs = link.query_pairs();
    pairs
        .find(|(name, _)| name == "ticket")
        .unwrap()
        .1
        .into_owned()
}

/// The form with digits, as a browser sends it.
pub(in crate::tests) async fn post(
    world: &World,
    form: &str,
    cookie: &str,
    digits: &str,
) -> Answer {
    let form = [("form", form), ("digits", digits), ("ui_locales", "en")];
    let headers = [
        ("cookie", cookie),
        ("origin", world.origin.as_str()),
        ("sec-fetch-site", "same-origin"),
    ];
    world.post_form("/complete", &form, &headers).await
}

impl Begun {
    pub(in crate::tests) async fn new(world: &World) -> Self {
        Self::in_browser(world, None).await
    }

    pub(in crate::tests) async fn in_browser(world: &World, cookie: Option<&str>) -> Self {
        let details = world.recipient.details();
        let request = world.recipient.signed(&world.origin, details.clone());
        let uri = world.push(&request).await.text("request_uri");
        let mut begun = Self {
            request,
            details,
            path: format!(
                "/authorize?client_id={}&request_uri={uri}",
                world.recipient.client_id()
            ),
            cookie: String::new(),
            same_device_ticket: String::new(),
            cross_device_ticket: String::new(),
            form: String::new(),
        };
        let page = begun.load(world, cookie).await;
        assert_eq!(page.status, 200, "{page:?}");
        let wallet = "osaamislompakko://";
        begun.same_device_ticket = ticket(&between(&page.body, "href=\"", "\"", wallet));
        begun.cross_device_ticket =
            ticket(&between(&page.body, "<code class=\"link\">", "<", wallet));
        begun.form = form(&page.body);
        begun.cookie = page.header("set-cookie").split(';').next().unwrap().into();
        begun
    }

    pub(in crate::tests) async fn load(&self, world: &World, cookie: Option<&str>) -> Answer {
        self.load_in(world, cookie, "en").await
    }

    pub(in crate::tests) async fn load_in(
        &self,
        world: &World,
        cookie: Option<&str>,
        language: &str,
    ) -> Answer {
        let mut headers = vec![("accept", "text/html")];
        headers.extend(cookie.map(|cookie| ("cookie", cookie)));
        let path = format!("{}&ui_locales={language}", self.path);
        world.get(&path, &headers).await
    }

    /// The page again in the same browser.
    pub(in crate::tests) async fn reload(&self, world: &World) -> Answer {
        self.load(world, Some(&self.cookie)).await
    }

    pub(in crate::tests) async fn type_in(&self, world: &World, digits: &str) -> Answer {
        post(world, &self.form, &self.cookie, digits).await
    }

    pub(in crate::tests) async fn type_in_owned(&self, world: &World, digits: String) -> Answer {
        self.type_in(world, &digits).await
    }

    /// A wallet elsewhere reads the code and decides.
    pub(in crate::tests) async fn decided(&self, world: &World, verdict: Verdict) -> Decided {
        self.decided_with(world, &self.cross_device_ticket, verdict)
            .await
    }

    pub(in crate::tests) async fn decided_with(
        &self,
        world: &World,
        ticket: &str,
        verdict: Verdict,
    ) -> Decided {
        let opening = Opening::new(world).await;
        let opened = opening.open(world, ticket).await;
        self.hand_in(world, opening, &opened, verdict).await
    }

    /// A wallet that has opened the code decides.
    pub(in crate::tests) async fn decide(
        &self,
        world: &World,
        opening: Opening,
        verdict: Verdict,
    ) -> Decided {
        let opened = opening.open(world, &self.cross_device_ticket).await;
        self.hand_in(world, opening, &opened, verdict).await
    }

    async fn hand_in(
        &self,
        world: &World,
        opening: Opening,
        opened: &Answer,
        verdict: Verdict,
    ) -> Decided {
        let details = granted(&self.details, &world.recipient, random_id(), world.now());
        let wallet = &opening.wallet;
        let decision = wallet.decision(verdict, &self.request, &details, world.now());
        let request_id = opened.text("request_id");
        let mut body = json!({"request_id": request_id, "decision": decision});
        if verdict == Verdict::Approved {
            let header = deposit_header(&details, &world.recipient, world.now());
            body["deposit"] = deposit(&header, 4096).into();
        }
        let answer = opening.post(world, "/wallet/decisions", &body).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        Decided {
            opening,
            body,
            request_id: request_id.parse().unwrap(),
            answer,
        }
    }
}

impl Opening {
    pub(in crate::tests) async fn new(world: &World) -> Self {
        let wallet = Wallet::new();
        Self {
            token: world.wallet_token(&wallet).await,
            wallet,
        }
    }

    pub(in crate::tests) async fn open(&self, world: &World, ticket: &str) -> Answer {
        let body = json!({ "ticket": ticket });
        self.post(world, "/wallet/requests", &body).await
    }

    pub(in crate::tests) async fn post(&self, world: &World, path: &str, body: &Value) -> Answer {
        world
            .wallet_post(&self.wallet, &self.token, path, body)
            .await
    }
}

impl Decided {
    pub(in crate::tests) fn digits(&self) -> String {
        self.answer.text("digits")
    }

    /// The very same decision once more.
    pub(in crate::tests) async fn again(&self, world: &World) -> Answer {
        let opening = &self.opening;
        opening.post(world, "/wallet/decisions", &self.body).await
    }
}
