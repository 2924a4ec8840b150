//! `verify request` and `verify answer`: ask, and take what comes back.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::Path,
    process::ExitCode,
};

use credential_core::trust::TrustList;
use serde_json::json;
use url::{Host, Url, form_urlencoded};
use verifier_sdk::recipient::{
    PendingRequest, Recipient, RequestTemplate, callback::CallbackServer,
};

use crate::{
    args::{Answer, Request},
    failure::{Failure, Kind},
    output::Output,
    settings::Settings,
    store::{read_json, read_text},
    trust,
};

pub(crate) async fn run(
    request: &Request,
    settings: Settings<'_>,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let store = settings.store()?;
    let template: RequestTemplate = read_json(&request.template)?;
    let trust = trust::load(&settings).await?;
    let recipient = settings.recipient(&request.broker).await?;
    check_registered(&recipient, &trust)?;
    let listener = match request.wait {
        true => Some(listen(&recipient.identity().redirect_uri).await?),
        false => None,
    };
    let pending = recipient.push(&template).await?;
    store.save_pending(&pending)?;
    show(&pending, output)?;
    let Some(mut listener) = listener else {
        return Ok(ExitCode::SUCCESS);
    };
    let address = &recipient.identity().redirect_uri;
    output.tell("request-waiting", &[("address", address)]);
    let answer = listener.answer_to(pending.state()).await;
    let answer = answer.ok_or_else(|| anyhow::anyhow!("the callback server stopped"))?;
    redeem(&recipient, &pending, answer.query(), settings, output).await
}

pub(crate) async fn take(
    answer: &Answer,
    settings: Settings<'_>,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let address = match answer.address.as_str() {
        "-" => read_text(Path::new("-"))?,
        given => given.to_owned(),
    };
    let query = address.trim();
    let query = query.split_once('?').map_or(query, |(_, query)| query);
    let state = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "state");
    let (_, state) = state.ok_or_else(|| Failure::new(Kind::Usage, "state_missing", "state"))?;
    let pending = settings.store()?.pending(&state)?;
    let recipient = settings.recipient(pending.broker()).await?;
    redeem(&recipient, &pending, query, settings, output).await
}

/// Better to hear it here than from the broker.
fn check_registered(recipient: &Recipient, trust: &TrustList) -> Result<(), Failure> {
    let missing = |reason, detail: &str| Err(Failure::new(Kind::Refused, reason, detail));
    if trust.broker(recipient.broker()).is_none() {
        return missing("broker_unknown", recipient.broker());
    }
    let identity = recipient.identity();
    let Some((registered, _role)) = trust.recipient(&identity.client_id) else {
        return missing("recipient_unknown", &identity.client_id);
    };
    let certified = registered.keys.encryption_key();
    let ours = identity.encryption_key.thumbprint();
    if certified.is_none_or(|key| key.thumbprint() != ours) {
        return missing("encryption_key_not_certified", &identity.client_id);
    }
    Ok(())
}

async fn listen(redirect_uri: &str) -> Result<CallbackServer, Failure> {
    let elsewhere = || Failure::new(Kind::Usage, "redirect_not_on_this_machine", redirect_uri);
    let url = Url::parse(redirect_uri).map_err(|_error| elsewhere())?;
    let address: IpAddr = match url.host() {
        Some(Host::Ipv4(ip)) => ip.into(),
        Some(Host::Ipv6(ip)) => ip.into(),
        Some(Host::Domain("localhost")) => Ipv4Addr::LOCALHOST.into(),
        _ => return Err(elsewhere()),
    };
    let port = url.port().filter(|_port| address.is_loopback());
    let address = SocketAddr::new(address, port.ok_or_else(elsewhere)?);
    let (server, _url) = CallbackServer::bind_at(address, url.path()).await?;
    Ok(server)
}

fn show(pending: &PendingRequest, output: &Output) -> Result<(), Failure> {
    output.tell("request-open-link", &[]);
    let json = json!({"schema": "verify.request/1", "link": pending.link(),
        "state": pending.state()});
    output.data(&json, &format!("{}\n", pending.link()))?;
    Ok(())
}

async fn redeem(
    recipient: &Recipient,
    pending: &PendingRequest,
    query: &str,
    settings: Settings<'_>,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let store = settings.store()?;
    let grant = recipient.redeem(pending, query).await?;
    store.save_grant(&grant)?;
    store.drop_pending(pending.state())?;
    let id = grant.id().to_string();
    output.tell("request-granted", &[("grant", &id)]);
    output.tell("request-read-next", &[("grant", &id)]);
    let json = json!({"schema": "verify.grant/1", "grant_id": id,
        "until": grant.details().until, "max_reads": grant.details().max_reads});
    output.data(&json, &format!("{id}\n"))
}
