//! `GET /mailbox/{grant_id}` and the recipient's receipts.

use chrono::TimeDelta;
use credential_core::{
    access_log::{Entry, ReadReceipt, TreeHead},
    jose::{Es256Key, Signer as _, VerifyingKey, jws::Unverified},
};
use serde_json::json;

use super::support::{Answer, World, random_id, read_id};

pub(super) const INVALID_TOKEN: &str =
    r#"{"error":"invalid_token","error_description":"the access token is not accepted"}"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_read_gives_the_sealed_octets_and_what_belongs_to_them() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let token = world.token(&grant).await;
    let answer = world.read(&token, grant.id, &read_id()).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body, grant.deposit);
    assert_eq!(answer.header("content-type"), "application/jose");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("grant-expires"), "2026-06-28T12:00:00Z");
    assert_eq!(answer.header("deposited-at"), "2026-05-29T12:00:00Z");
    let broker = VerifyingKey::try_from(world.state.keys.signer().public_jwk()).unwrap();
    let receipt = ReadReceipt::verify(answer.header("log-receipt"), &broker, &world.origin);
    let receipt = receipt.unwrap();
    let read = receipt.claims();
    let wallet_token = world.wallet_token(&grant.wallet).await;
    let page = world
        .wallet_get(&grant.wallet, &wallet_token, "/wallet/log")
        .await
        .json();
    let own: TreeHead = Unverified::parse(page["head"].as_str().unwrap(), "log-head+jwt")
        .unwrap()
        .verify(&broker)
        .unwrap();
    assert_eq!((read.seq, own.size), (3, 4));
    assert_ne!(
        read.log_id, own.log_id,
        "a recipient must not learn the log's name"
    );
    let entries: Vec<Entry> = serde_json::from_value(page["entries"].clone()).unwrap();
    let at: Vec<bool> = entries.iter().map(|entry| receipt.is_for(entry)).collect();
    assert_eq!(at, [false, false, false, true]);
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_foreign_stopped_expired_and_bound_elsewhere_are_the_same_answer() {
    let world = World::new().await;
    let stopped = world.grant(world.recipient.details()).await;
    let foreign = world.grant(world.recipient.details()).await;
    let expiring = world.grant(world.recipient.details()).await;
    let stopped_token = world.token(&stopped).await;
    let expiring_token = world.token(&expiring).await;
    let unknown = world.read(&stopped_token, random_id(), &read_id()).await;
    let of_other = world.read(&stopped_token, foreign.id, &read_id()).await;
    world.withdraw(&stopped).await;
    let of_stopped = world.read(&stopped_token, stopped.id, &read_id()).await;
    let path = format!("/mailbox/{}", stopped.id);
    let proof = world.proof(&world.other.dpop, "GET", &path, Some(&expiring_token));
    let authorization = format!("DPoP {expiring_token}");
    let id = read_id();
    let headers = [
        ("authorization", authorization.as_str()),
        ("dpop", &proof),
        ("read-id", &id),
    ];
    let with_other_key = world.get(&path, &headers).await;
    let bearer = format!("Bearer {expiring_token}");
    let as_bearer = world.get(&path, &[("authorization", &bearer)]).await;
    let in_query = world
        .get(&format!("{path}?access_token={expiring_token}"), &[])
        .await;
    world.clock.advance(TimeDelta::seconds(300));
    let of_expired = world.read(&expiring_token, expiring.id, &read_id()).await;
    let no_grant = world.read(&expiring_token, expiring.id, "not a uuid").await;
    let answers = [
        unknown,
        of_other,
        of_stopped,
        with_other_key,
        as_bearer,
        in_query,
        of_expired,
        no_grant,
    ];
    for Answer {
        status,
        headers,
        body,
    } in answers
    {
        assert_eq!((status, body.as_str()), (401, INVALID_TOKEN));
        assert_eq!(
            headers["www-authenticate"],
            format!(
                r#"DPoP error="invalid_token", algs="ES256 EdDSA Ed25519", resource_metadata="{}/.well-known/oauth-protected-resource/mailbox""#,
                world.origin
            )
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r25_withdrawal_stops_a_live_token_on_the_next_read_of_the_same_connection() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let token = world.token(&grant).await;
    let mut connection = Connection::open(&world).await;
    let first = connection.read(&world, &token, &grant.id.to_string()).await;
    assert!(first.starts_with("HTTP/1.1 200 OK"), "{first}");
    assert_eq!(world.withdraw(&grant).await.status, 200);
    let second = connection.read(&world, &token, &grant.id.to_string()).await;
    assert!(second.starts_with("HTTP/1.1 401 Unauthorized"), "{second}");
    assert!(second.ends_with(INVALID_TOKEN));
    assert_eq!(
        world.log(&grant).await,
        [
            "consent_given",
            "deposit",
            "token_issued",
            "read",
            "withdrawn",
            "read_refused (grant_ended)"
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_read_again_gives_the_same_octets_and_is_not_counted() {
    let world = World::new().await;
    let mut details = world.recipient.details();
    details.max_reads = Some(1);
    let grant = world.grant(details).await;
    let token = world.token(&grant).await;
    let id = read_id();
    let first = world.read(&token, grant.id, &id).await;
    let again = world.read(&token, grant.id, &id).await;
    assert_eq!((again.status, &again.body), (200, &first.body));
    let other = world.read(&token, grant.id, &read_id()).await;
    assert_eq!(other.refusal(), "401 invalid_token -");
    world.clock.advance(TimeDelta::seconds(299));
    assert_eq!(world.read(&token, grant.id, &id).await.body, first.body);
    assert_eq!(
        world.log(&grant).await,
        [
            "consent_given",
            "deposit",
            "token_issued",
            "read",
            "exhausted",
            "read_repeated",
            "read_refused (grant_ended)",
            "read_repeated"
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_can_be_repeated_for_ten_minutes_and_then_counts_again() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let code = world.code(&grant).await;
    let tokens = world.redeem(&code).await;
    let id = read_id();
    world
        .read(&tokens.text("access_token"), grant.id, &id)
        .await;
    for (minutes, kind) in [(9, "read_repeated"), (1, "read")] {
        world.clock.advance(TimeDelta::minutes(minutes));
        let refresh = tokens.text("refresh_token");
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh.as_str()),
        ];
        let renewed = world.as_recipient(&world.recipient, "/token", &form).await;
        let token = renewed.text("access_token");
        assert_eq!(world.read(&token, grant.id, &id).await.status, 200);
        assert_eq!(world.log(&grant).await.last().unwrap(), kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deposit_whose_time_is_over_is_refused_and_logged() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let code = world.code(&grant).await;
    let refresh = world.redeem(&code).await.text("refresh_token");
    world.clock.advance(TimeDelta::days(7));
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh.as_str()),
    ];
    let renewed = world.as_recipient(&world.recipient, "/token", &form).await;
    let token = renewed.text("access_token");
    assert_eq!(
        world.read(&token, grant.id, &read_id()).await.refusal(),
        "401 invalid_token -"
    );
    assert_eq!(
        world.log(&grant).await.last().unwrap(),
        "read_refused (nothing_deposited)"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn r19_a_proof_is_for_this_method_and_address_as_we_know_them() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let token = world.token(&grant).await;
    let path = format!("/mailbox/{}", grant.id);
    let authorization = format!("DPoP {token}");
    let key = &world.recipient.dpop;
    let send = async |proofs: &[String]| {
        let mut headers = vec![("authorization", authorization.as_str())];
        let id = read_id();
        headers.push(("read-id", &id));
        headers.extend(proofs.iter().map(|proof| ("dpop", proof.as_str())));
        world.get(&path, &headers).await.refusal()
    };
    let good = || world.proof(key, "GET", &path, Some(&token));
    let of_past = super::support::people::proof(
        key,
        "GET",
        &world.url(&path),
        (Some(&token), None),
        world.now() - TimeDelta::seconds(61),
    );
    let mut host = world.origin.clone();
    host = host.replace("127.0.0.1", "localhost");
    let by_host_header = super::support::people::proof(
        key,
        "GET",
        &format!("{host}{path}"),
        (Some(&token), None),
        world.now(),
    );
    let cases: [(Vec<String>, &str); 7] = [
        (vec![], "dpop_not_exactly_one"),
        (vec![good(), good()], "dpop_not_exactly_one"),
        (
            vec![world.proof(key, "POST", &path, Some(&token))],
            "dpop_other_request",
        ),
        (vec![by_host_header], "dpop_other_request"),
        (
            vec![world.proof(key, "GET", &path, None)],
            "dpop_other_token",
        ),
        (vec![of_past], "dpop_not_of_this_moment"),
        (vec!["a.b.c".into()], "jws_malformed"),
    ];
    for (proofs, reason) in cases {
        assert_eq!(
            send(&proofs).await,
            format!("401 invalid_dpop_proof {reason}")
        );
    }
    let shouted = super::support::people::proof(
        key,
        "GET",
        &format!(
            "{}{path}?ignored=1#also",
            world.origin.replace("http:", "HTTP:")
        ),
        (Some(&token), Some(&world.nonce())),
        world.now(),
    );
    let headers = [
        ("authorization", authorization.as_str()),
        ("dpop", &shouted),
        ("read-id", &read_id()),
    ];
    assert_eq!(world.get(&path, &headers).await.status, 200);
    assert_eq!(world.log(&grant).await.last().unwrap(), "read");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recipient_gets_the_receipts_of_its_own_grant_also_after_its_end() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    world.withdraw(&grant).await;
    let receipts = async |who, id: String| {
        let form = [("grant_id", id.as_str())];
        world.as_recipient(who, "/receipts", &form).await.json()
    };
    let own = receipts(&world.recipient, grant.id.to_string()).await;
    assert_eq!(own["receipts"].as_array().unwrap().len(), 2);
    assert_eq!(own["receipts"][0], grant.answer["receipt"]);
    let nothing = json!({"receipts": []});
    assert_eq!(receipts(&world.other, grant.id.to_string()).await, nothing);
    assert_eq!(
        receipts(&world.recipient, random_id().to_string()).await,
        nothing
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_broker_holds_is_shown_and_names_nobody() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let held = world.state.peek(grant.id).await.unwrap().unwrap();
    assert_eq!(held["grant"]["status"]["state"], "active");
    assert_eq!(held["grant"]["reads"], 0);
    assert_eq!(held["deposits"][0]["header"]["alg"], "ECDH-ES");
    assert_eq!(held["deposits"][0]["row"]["seq"], 1);
    let ciphertext = held["deposits"][0]["ciphertext"].as_str().unwrap();
    assert!(ciphertext.ends_with(&format!("({} characters)", grant.deposit.len())));
    let text = held.to_string();
    assert!(!text.contains(&grant.wallet.pairwise.public_jwk().thumbprint()));
    assert_eq!(world.state.peek(random_id()).await, Ok(None));
}

/// One keep-alive connection, read by hand.
struct Connection(tokio::net::TcpStream);

impl Connection {
    async fn open(world: &World) -> Self {
        let address = world.origin.trim_start_matches("http://");
        Self(tokio::net::TcpStream::connect(address).await.unwrap())
    }

    async fn read(&mut self, world: &World, token: &str, grant: &str) -> String {
        let path = format!("/mailbox/{grant}");
        let key: &Es256Key = &world.recipient.dpop;
        let proof = world.proof(key, "GET", &path, Some(token));
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: DPoP {token}\r\nDPoP: {proof}\r\nRead-Id: {}\r\n\r\n",
            read_id()
        );
        self.write_all(request.as_bytes()).await;
        self.answer().await
    }

    async fn write_all(&mut self, mut octets: &[u8]) {
        while !octets.is_empty() {
            self.0.writable().await.unwrap();
            if let Ok(written) = self.0.try_write(octets) {
                octets = &octets[written..];
            }
        }
    }

    async fn answer(&mut self) -> String {
        let mut read = Vec::new();
        loop {
            self.0.readable().await.unwrap();
            let mut piece = [0; 8192];
            match self.0.try_read(&mut piece) {
                Ok(0) => panic!("the connection was closed"),
                Ok(count) => read.extend_from_slice(&piece[..count]),
                Err(_not_ready) => continue,
            }
            let text = String::from_utf8_lossy(&read).into_owned();
            let Some((head, body)) = text.split_once("\r\n\r\n") else {
                continue;
            };
            let length: usize = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))
                .unwrap()
                .parse()
                .unwrap();
            if body.len() >= length {
                return text;
            }
        }
    }
}
