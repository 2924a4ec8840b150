"""A recipient and a wallet with their keys, and what they say to the broker.

The recipient is registered, and the test that starts this has given it a grant by the real wallet. The
wallet here is this module's own: its deposits hold random octets, which no broker can tell from sealed ones.
"""

import base64
import hashlib
import html
import json
import os
import re
import threading
import time
import uuid
from datetime import datetime, timezone

import requests
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

with open(os.environ["BROKER_TASK"], encoding="utf-8") as task_file:
    TASK = json.load(task_file)

ISSUER = TASK["issuer"]
CLIENT = TASK["client_id"]
SERVER = TASK["resource_server"]
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


# --- Keys and signatures -------------------------------------------------------------------------------


def base64url(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def from_base64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def sha256(text):
    return base64url(hashlib.sha256(text.encode()).digest())


class Key:
    """A P-256 key that signs as ES256."""

    def __init__(self, pkcs8=None):
        if pkcs8 is None:
            self.private = ec.generate_private_key(ec.SECP256R1())
        else:
            octets = from_base64url(pkcs8)
            self.private = serialization.load_der_private_key(octets, password=None)
        numbers = self.private.public_key().public_numbers()
        x, y = (base64url(n.to_bytes(32, "big")) for n in (numbers.x, numbers.y))
        self.jwk = {"crv": "P-256", "kty": "EC", "x": x, "y": y}
        self.thumbprint = sha256(json.dumps(self.jwk, separators=(",", ":"), sort_keys=True))

    def sign(self, typ, claims, kid=None):
        protected, payload, signature = self.parts(typ, claims, kid)
        return f"{protected}.{payload}.{signature}"

    def parts(self, typ, claims, kid=None):
        named = {"jwk": self.jwk} if kid is None else {"kid": kid}
        header = {"alg": "ES256", "typ": typ, **named}
        protected, payload = (base64url(json.dumps(part).encode()) for part in (header, claims))
        der = self.private.sign(f"{protected}.{payload}".encode(), ec.ECDSA(hashes.SHA256()))
        r, s = decode_dss_signature(der)
        return protected, payload, base64url(r.to_bytes(32, "big") + s.to_bytes(32, "big"))


def now():
    return int(time.time())


SIGNING = Key(TASK["signing_key"])
BINDING = Key(TASK["dpop_key"])
SERVER_KEY = Key(SERVER["pkcs8"])
WALLET = Key()

# The newest nonce that the broker gave for DPoP proofs (RFC 9449 section 8).
NONCE = {}


def proof(key, method, path, token=None):
    claims = {"jti": uuid.uuid4().hex, "htm": method, "htu": ISSUER + path, "iat": now(), **NONCE}
    if token is not None:
        claims["ath"] = sha256(token)
    return key.sign("dpop+jwt", claims)


def assertion():
    return client_assertion(CLIENT, SIGNING, TASK["kid"])


def server_assertion():
    return client_assertion(SERVER["client_id"], SERVER_KEY, SERVER["kid"])


def client_assertion(who, key, kid):
    claims = {"iss": who, "sub": who, "aud": ISSUER, "jti": uuid.uuid4().hex}
    claims |= {"iat": now(), "exp": now() + 60}
    return key.sign("client-authentication+jwt", claims, kid)


def wallet_assertion():
    claims = {"iss": WALLET.thumbprint, "sub": WALLET.thumbprint, "aud": ISSUER}
    claims |= {"jti": uuid.uuid4().hex, "iat": now(), "exp": now() + 60}
    return WALLET.sign("wallet-authentication+jwt", claims)


def verifier(state):
    """The PKCE verifier of the request with this state: one of its own for each."""
    return sha256(f"verifier of {state}")


def request_object():
    state = uuid.uuid4().hex
    claims = {
        "iss": CLIENT,
        "client_id": CLIENT,
        "aud": ISSUER,
        "iat": now(),
        "nbf": now(),
        "exp": now() + 300,
        "jti": uuid.uuid4().hex,
        "response_type": "code",
        "redirect_uri": TASK["redirect_uri"],
        "state": state,
        "code_challenge": sha256(verifier(state)),
        "code_challenge_method": "S256",
        "dpop_jkt": BINDING.thumbprint,
        "authorization_details": [{**TASK["details"], "nonce": uuid.uuid4().hex}],
    }
    return SIGNING.sign("oauth-authz-req+jwt", claims, TASK["kid"])


# --- Requests of our own, so that there is something to use --------------------------------------------

SESSION = requests.Session()


def call(key, method, path, token=None, **kwargs):
    """The JSON that the broker answers."""
    return ask(key, method, path, token, {"Accept": "application/json"}, **kwargs).json()


def ask(key, method, path, token, more, **kwargs):
    """Asks the broker with a proof; once more when it wants its nonce in it."""
    for _attempt in range(5):
        headers = {"DPoP": proof(key, method, path, token), **more}
        if token is not None:
            headers["Authorization"] = f"DPoP {token}"
        answer = SESSION.request(method, ISSUER + path, headers=headers, timeout=20, **kwargs)
        if answer.status_code == 429:
            time.sleep(int(answer.headers["Retry-After"]))
        elif not heed_nonce(answer) or answer.ok:
            break
    answer.raise_for_status()
    return answer


def heed_nonce(answer):
    nonce = answer.headers.get("DPoP-Nonce")
    is_new = nonce is not None and NONCE.get("nonce") != nonce
    if is_new:
        NONCE["nonce"] = nonce
    return is_new


def learn_nonce():
    """The first proof of all gets the nonce for the next."""
    heed_nonce(SESSION.post(f"{ISSUER}/par", headers={"DPoP": proof(BINDING, "POST", "/par")}, timeout=20))


def as_client(path, **form):
    kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    form |= {"client_assertion_type": kind, "client_assertion": assertion()}
    return call(BINDING, "POST", path, data=form)


def access_token(**more):
    form = {"grant_type": "refresh_token", "refresh_token": TASK["refresh_token"]}
    return as_client("/token", **form, **more)


def wallet_token():
    """For a wallet that the broker has not seen: one account may not come as often as all tests together."""
    global WALLET
    WALLET = Key()
    form = {"grant_type": JWT_BEARER, "assertion": wallet_assertion()}
    return call(WALLET, "POST", "/wallet/token", data=form)


class Token:
    """A token that is renewed before it ends, and by `fresh` before it is used too often."""

    def __init__(self, renew):
        self.renew, self.until, self.uses, self.lock = renew, 0, 0, threading.Lock()

    def get(self):
        with self.lock:
            if self.until < now() + 30:
                answer = self.renew()
                self.token, self.until, self.uses = answer["access_token"], now() + answer["expires_in"], 0
            self.uses += 1
            return self.token

    def fresh(self):
        """The token for a new case. Within one case it stays: what a case has made is of one account."""
        if self.uses >= MOST_USES:
            self.until = 0
        return self.get()


# Below the broker's limit for one account, with room for what a single case asks beside it.
MOST_USES = 150
GRANTS = f"{ISSUER}/grants"
TOKENS = {
    "accessToken": Token(access_token),
    "grantToken": Token(lambda: access_token(resource=GRANTS)),
    "walletToken": Token(wallet_token),
}
SERVER_TOKEN = Token(lambda: access_token(resource=SERVER["resource"]))
learn_nonce()


def pushed():
    return as_client("/par", request=request_object())["request_uri"]


def shown():
    """A pushed request on its page: the ticket and the browser's cookie."""
    query = {"client_id": CLIENT, "request_uri": pushed()}
    headers = {"Accept": "application/json"}
    # Not by the session, which would keep the cookie.
    answer = requests.get(f"{ISSUER}/authorize", params=query, headers=headers, timeout=20)
    answer.raise_for_status()
    link = requests.utils.urlparse(answer.json()["wallet_link"])
    parameters = dict(pair.split("=", 1) for pair in link.query.split("&"))
    return requests.utils.unquote(parameters["ticket"]), answer.headers["Set-Cookie"].split(";")[0]


def shown_elsewhere():
    """A pushed request on its page, for a wallet on another device: ticket, cookie and form."""
    query = {"client_id": CLIENT, "request_uri": pushed()}
    answer = requests.get(f"{ISSUER}/authorize", params=query, timeout=20)
    answer.raise_for_status()
    link = html.unescape(re.search(r'<code class="link">([^<]+)<', answer.text)[1])
    query = requests.utils.urlparse(link).query
    parameters = dict(pair.split("=", 1) for pair in query.split("&"))
    form = html.unescape(re.search(r'name="form" value="([^"]+)"', answer.text)[1])
    cookie = answer.headers["Set-Cookie"].split(";")[0]
    return requests.utils.unquote(parameters["ticket"]), cookie, form


def opened():
    """A request in the wallet's hands."""
    ticket, cookie = shown()
    return take(ticket), cookie


def take(ticket):
    token = TOKENS["walletToken"].get()
    return call(WALLET, "POST", "/wallet/requests", token, json={"ticket": ticket})


def word(key, verdict, grant_id, request, **more):
    """What a wallet says of a grant, signed with the grant's own key."""
    claims = {
        "decision": verdict,
        "grant_id": grant_id,
        "request_hash": sha256(request),
        "recipient": CLIENT,
        "aud": ISSUER,
        "iat": now(),
        **more,
    }
    protected, payload, signature = key.parts("grant-decision+jwt", claims)
    signatures = [{"protected": protected, "signature": signature}]
    return {"payload": payload, "signatures": signatures}


def refusal():
    """What a wallet sends to refuse a request that it has just opened, and the browser's cookie."""
    request, cookie = opened()
    return refuse(request), cookie


def refuse(request):
    signed = word(Key(), "refused", str(uuid.uuid4()), request["request"])
    return {"request_id": request["request_id"], "decision": signed}


class Share:
    """All that was asked in a request that the wallet has just opened, and what is said of it later."""

    def __init__(self):
        self.request, self.cookie = opened()
        self.key, self.reply, self.grant_id = Key(), Key(), str(uuid.uuid4())
        payload = self.request["request"].split(".")[1]
        asked = json.loads(from_base64url(payload))["authorization_details"][0]
        of_the_request = ("optional", "reasons", "duration", "until")
        kept = {name: asked[name] for name in asked if name not in of_the_request}
        self.until = now() + 3600
        self.details = {**kept, "grant_id": self.grant_id, "recipient": CLIENT, "until": moment(self.until)}

    def made(self):
        """The same when the broker has it."""
        decide(self.approval())
        return self

    def word(self, verdict, **more):
        return word(self.key, verdict, self.grant_id, self.request["request"], **more)

    def approval(self):
        decision = self.word("approved", details=self.details, reply_jwk=self.reply.jwk)
        deposit = self.deposit(1)
        return {"request_id": self.request["request_id"], "decision": decision, "deposit": deposit}

    def withdrawal(self):
        return self.word("withdrawn")

    def pause(self):
        return {"decision": self.word("paused", change=1)}

    def narrowing(self):
        """The same for half an hour less, with the deposit under it."""
        self.until -= 1800
        self.details |= {"until": moment(self.until)}
        decision = self.word("narrowed", change=1, details=self.details)
        return {"decision": decision, "deposit": self.deposit(2)}

    def deposit(self, seq):
        # RFC 8785, for texts and whole numbers.
        canonical = json.dumps(self.details, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return unopenable(
            cty="vp+json",
            kid=TASK["details"]["enc_jwk_thumbprint"],
            grant_id=self.grant_id,
            seq=seq,
            recipient=CLIENT,
            details_hash=sha256(canonical),
            nbf=now(),
            exp=self.until,
        )

    def message(self):
        """What the recipient writes to the holder."""
        return unopenable(
            cty="grant-message+jwt",
            kid=self.reply.thumbprint,
            grant_id=self.grant_id,
            message_id=str(uuid.uuid4()),
            sender=CLIENT,
            exp=now() + 86_400,
        )


def be_in_the_log():
    """Waits for a checkpoint of the broker's log that holds something of this wallet."""
    Share().made()
    for _attempt in range(50):
        try:
            return call(WALLET, "GET", "/wallet/log/inclusion", TOKENS["walletToken"].get())
        except requests.HTTPError as refused:
            if refused.response.status_code != 404:
                raise
        time.sleep(0.2)
    raise TimeoutError("no checkpoint holds the wallet's log")


def moment(seconds):
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def unopenable(**header):
    """A compact JWE of random octets."""
    header = {"alg": "ECDH-ES", "enc": "A256GCM", "epk": Key().jwk, **header}
    header = base64url(json.dumps(header).encode())
    initial, sealed, tag = (base64url(os.urandom(length)) for length in (12, 4096, 16))
    return f"{header}..{initial}.{sealed}.{tag}"


def hand_in(body):
    return call(WALLET, "POST", "/wallet/decisions", TOKENS["walletToken"].get(), json=body)


def decide(body):
    """Hands a decision in; the last part of the address that finishes it."""
    return hand_in(body)["complete_url"].rsplit("/", 1)[1]


def typed():
    """What a person types whose wallet is on another device, and the browser's cookie."""
    ticket, cookie, form = shown_elsewhere()
    answer = hand_in(refuse(take(ticket)))
    return {"form": form, "digits": answer["digits"]}, cookie


def completion():
    """Where the browser of a decided request goes, and its cookie."""
    body, cookie = refusal()
    return decide(body), cookie


def code():
    """A code that nobody has redeemed, with its verifier, and what it is for."""
    share = Share()
    address = f"{ISSUER}/complete/{decide(share.approval())}"
    answer = requests.get(address, headers={"Cookie": share.cookie}, allow_redirects=False, timeout=20)
    query = requests.utils.urlparse(answer.headers["Location"]).query
    back = dict(pair.split("=", 1) for pair in query.split("&"))
    redeemable = {"code": back["code"], "code_verifier": verifier(back["state"])}
    return redeemable, share.details, share.grant_id


def fresh_tokens(**more):
    """Tokens of a grant that nothing else uses, and the grant."""
    redeemable, _details, grant_id = code()
    form = {"grant_type": "authorization_code", **redeemable}
    answer = as_client("/token", **form, redirect_uri=TASK["redirect_uri"], **more)
    return answer, grant_id


def granted():
    """What the grant of this test is for."""
    return access_token()["authorization_details"]


def reading():
    """A reading of the grant of this test: the broker's receipt, and the recipient's signature over it."""
    path, token = f"/mailbox/{TASK['grant_id']}", TOKENS["accessToken"].get()
    answer = ask(BINDING, "GET", path, token, {"Read-Id": str(uuid.uuid4())})
    receipt = answer.headers["Log-Receipt"]
    read = json.loads(from_base64url(receipt.split(".")[1]))
    of_the_read = ("grant_id", "read_id", "deposit_hash")
    claims = {"iss": CLIENT, "aud": ISSUER, "iat": now(), "receipt_hash": sha256(receipt)}
    claims |= {name: read[name] for name in of_the_read}
    return {"receipt": receipt, "ack": SIGNING.sign("read-ack+jwt", claims, TASK["kid"])}


def page_link():
    """The last part of the address of the recipient's own page."""
    return as_client("/recipient/page")["page_url"].rsplit("/", 1)[1]


def page_session():
    answer = requests.get(f"{ISSUER}/recipient/enter/{page_link()}", allow_redirects=False, timeout=20)
    return answer.headers["Set-Cookie"].split(";")[0]
