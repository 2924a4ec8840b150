"""Makes generated requests real: where a signed thing is well formed, it is signed.

What schemathesis has made wrong on purpose stays wrong. A value is replaced only when it has the form the
document asks for, so that a missing, doubled or malformed one reaches the broker as it is.
"""

import json
import re

import actors
import requests
import schemathesis

COMPACT_JWS = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
SIGNED = {
    "client_assertion": actors.assertion,
    "assertion": actors.wallet_assertion,
    "request": actors.request_object,
}


def is_guarded(context):
    return bool(context.operation.definition.raw.get("security"))


# Tokens are kept here, one a scheme: nothing is to be remembered for all operations together.
@schemathesis.auth(refresh_interval=None).apply_to(is_guarded)
class DpopToken:
    def get(self, case, context):
        [scheme] = case.operation.definition.raw["security"][0]
        return actors.TOKENS[scheme].fresh()

    def set(self, case, data, context):
        case.headers = {**(case.headers or {}), "Authorization": f"DPoP {data}"}


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.meta is None:
        return
    if case.meta.generation.mode.is_positive:
        make_usable(case)
    if isinstance(case.body, dict):
        sign_form(case.body, case.path)
    sign_proof(case)


@schemathesis.hook
def after_call(context, case, response):
    for nonce in response.headers.get("dpop-nonce", []):
        actors.NONCE["nonce"] = nonce


def sign_form(form, path):
    signed = SIGNED
    if path == "/introspect":
        signed = {**SIGNED, "client_assertion": actors.server_assertion}
    for name, sign in signed.items():
        if isinstance(form.get(name), str) and COMPACT_JWS.fullmatch(form[name]):
            form[name] = sign()


def sign_proof(case):
    headers = case.headers or {}
    if not COMPACT_JWS.fullmatch(str(headers.get("DPoP", ""))):
        return
    token = None
    if headers.get("Authorization", "").startswith("DPoP "):
        token = headers["Authorization"].removeprefix("DPoP ")
    key = actors.WALLET if case.path.startswith("/wallet/") else actors.BINDING
    path = requests.utils.urlparse(case.as_transport_kwargs()["url"]).path
    case.headers = {**headers, "DPoP": actors.proof(key, case.method.upper(), path, token)}


def make_usable(case):
    """A valid request names things that exist: no schema can say which."""
    match case.operation.label:
        case "GET /authorize":
            named = {"client_id": actors.CLIENT, "request_uri": actors.pushed()}
            case.query = {**case.query, **named}
        case "GET /complete/{handle}":
            handle, cookie = actors.completion()
            case.path_parameters = {"handle": handle}
            case.headers = {**(case.headers or {}), "Cookie": cookie}
        case "GET /wallet/log" if "since" in case.query:
            # What a wallet can know: nothing, or all that there is.
            case.query = {**case.query, "since": 0}
        case "GET /wallet/log/inclusion":
            actors.be_in_the_log()
            if "known" in case.query:
                case.query = {**case.query, "known": 0}
        case "GET /log/tile/{tile}":
            # The first entry's; later entries do not change it.
            case.path_parameters = {"tile": "0/000.p/1"}
        case "GET /mailbox/{grant_id}":
            case.path_parameters = {"grant_id": actors.TASK["grant_id"]}
        case "POST /wallet/requests":
            case.body = {**case.body, "ticket": actors.shown()[0]}
        case "POST /wallet/decisions":
            wants_deposit = case.body.get("deposit") is not None
            case.body = actors.Share().approval() if wants_deposit else actors.refusal()[0]
        case "POST /wallet/grants/{grant_id}/withdraw":
            share = of_a_share(case)
            case.body = {"decision": share.withdrawal()}
        case "POST /wallet/grants/withdraw":
            case.body = {"decisions": [actors.Share().made().withdrawal() for _one in range(2)]}
        case "POST /wallet/grants/{grant_id}/changes":
            wants_deposit, share = case.body.get("deposit") is not None, of_a_share(case)
            case.body = share.narrowing() if wants_deposit else share.pause()
        case "POST /wallet/grants/{grant_id}/deposits":
            share = of_a_share(case)
            case.body = {**case.body, "deposits": [share.deposit(2), share.deposit(3)]}
        case "POST /grants/{grant_id}/acks":
            case.path_parameters = {"grant_id": actors.TASK["grant_id"]}
            case.body.update(actors.reading())
            name_the_client(case.body)
        case "POST /grants/{grant_id}/messages":
            case.body["message"] = of_a_share(case).message()
            name_the_client(case.body)
        case "POST /token":
            redeem(case.body)
            name_the_client(case.body)
        case "POST /par" | "POST /receipts" | "POST /recipient/page":
            name_the_client(case.body)
        case "POST /revoke":
            name_the_client(case.body)
            case.body["token"] = actors.fresh_tokens()[0]["access_token"]
        case "POST /introspect":
            name_the_client(case.body, actors.SERVER["client_id"])
            case.body["token"] = actors.SERVER_TOKEN.get()
        case "POST /notices/poll":
            name_the_client(case.body)
            case.body["poll"] = json.dumps({"returnImmediately": True, "ack": ["unknown"]})
        case "GET /wallet/events" if "wait" in case.query:
            case.query = {**case.query, "wait": 0}
        case "GET /grants/{grant_id}":
            case.path_parameters = {"grant_id": actors.TASK["grant_id"]}
        case "DELETE /grants/{grant_id}" if has_grant_token(case):
            tokens, grant_id = actors.fresh_tokens(resource=actors.GRANTS)
            case.path_parameters = {"grant_id": grant_id}
            case.headers = {**case.headers, "Authorization": f"DPoP {tokens['access_token']}"}
        case "POST /complete":
            typed, cookie = actors.typed()
            case.body = {**case.body, **typed}
            from_page = {"Cookie": cookie, "Sec-Fetch-Site": "same-origin"}
            case.headers = {**(case.headers or {}), **from_page}
        case "GET /recipient/enter/{handle}":
            case.path_parameters = {"handle": actors.page_link()}
        case "GET /recipient":
            case.headers = {**(case.headers or {}), "Cookie": actors.page_session()}


def of_a_share(case):
    """A share that nothing else uses, and its name in the address."""
    share = actors.Share().made()
    case.path_parameters = {"grant_id": share.grant_id}
    return share


def has_grant_token(case):
    """Whether it is the good one: the checks also send none, and a wrong one."""
    sent = (case.headers or {}).get("Authorization")
    return sent == f"DPoP {actors.TOKENS['grantToken'].get()}"


def redeem(form):
    if form["grant_type"] == "refresh_token":
        form["refresh_token"] = actors.TASK["refresh_token"]
        granted = actors.granted() if "authorization_details" in form else None
    else:
        redeemable, details, _grant_id = actors.code()
        form.update(redeemable, redirect_uri=actors.TASK["redirect_uri"])
        granted = [details]
    if "resource" in form or "authorization_details" in form:
        form["resource"] = actors.SERVER["resource"]
    if "authorization_details" in form:
        form["authorization_details"] = json.dumps(granted)


def name_the_client(form, name=actors.CLIENT):
    if "client_id" in form:
        form["client_id"] = name
