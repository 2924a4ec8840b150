// The whole way of a recipient with openid-client, Ed25519.
import * as client from 'openid-client'
import { altered, hear, noticingFetch, refusal, run, tell } from './talk.js'

const KID = 'openid-client-2026'

await run(async () => {
  const signing = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])
  const binding = await client.randomDPoPKeyPair('Ed25519')
  const { kty, crv, x } = await crypto.subtle.exportKey('jwk', signing.publicKey)
  tell({ keys: [{ kty, crv, x, kid: KID, use: 'sig' }] })
  const task = await hear()

  const { noticed, customFetch } = noticingFetch()
  const key = { key: signing.privateKey, kid: KID }
  const authentication = client.PrivateKeyJwt(key)
  const config = await client.discovery(
    new URL(task.issuer),
    task.client_id,
    { use_mtls_endpoint_aliases: false },
    authentication,
    {
      algorithm: 'oauth2',
      execute: [client.allowInsecureRequests],
      [client.customFetch]: customFetch,
    },
  )
  const DPoP = client.getDPoPHandle(config, binding)
  // The same key, in a proof that is five minutes old.
  const staleDPoP = client.getDPoPHandle(
    config,
    binding,
    changed((payload) => {
      payload.iat -= 300
    }),
  )

  // Asking: a signed request object, pushed.
  const verifier = client.randomPKCECodeVerifier()
  const state = client.randomState()
  const details = { ...task.details, nonce: client.randomNonce() }
  const { searchParams } = await client.buildAuthorizationUrlWithJAR(
    config,
    {
      redirect_uri: task.redirect_uri,
      state,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      dpop_jkt: await DPoP.calculateThumbprint(),
      authorization_details: JSON.stringify([details]),
    },
    key,
  )
  const push = (DPoP) => client.buildAuthorizationUrlWithPAR(config, searchParams, { DPoP })
  const staleAtPar = await refusal(() => push(staleDPoP))
  const authorize = await push(DPoP)
  tell({ authorize: authorize.href, state })
  const { callback } = await hear()

  // The answer: taken from this server only, before anything is sent.
  const redeem = (url, DPoP) => {
    const checks = { expectedState: state, pkceCodeVerifier: verifier }
    return client.authorizationCodeGrant(config, new URL(url), checks, undefined, { DPoP })
  }
  const withoutIss = await refusal(() =>
    redeem(
      altered(callback, (p) => p.delete('iss')),
      DPoP,
    ),
  )
  const otherIss = await refusal(() =>
    redeem(
      altered(callback, (p) => p.set('iss', 'https://other.example')),
      DPoP,
    ),
  )
  const staleAtToken = await refusal(() => redeem(callback, staleDPoP))
  const tokens = await redeem(callback, DPoP)

  // Reading.
  const mailbox = new URL(`/mailbox/${tokens.grant_id}`, task.issuer)
  const read = (token, DPoP) => {
    const headers = new Headers({ 'Read-Id': crypto.randomUUID() })
    return client.fetchProtectedResource(config, token, mailbox, 'GET', null, headers, { DPoP })
  }
  const first = await read(tokens.access_token, DPoP)
  const deposit = await first.text()
  const staleAtMailbox = await staleRead(() => read(tokens.access_token, staleDPoP))

  const renew = (parameters) =>
    client.refreshTokenGrant(config, tokens.refresh_token, parameters, { DPoP })
  const renewed = await renew()
  const second = await read(renewed.access_token, DPoP)

  const wrongNonce = await refusal(() => push(madeUpNonce(config, binding)))
  // A resource server asks about a token for it, before and after the tokens are given back.
  const { access_token } = await renew({ resource: task.resource_server.resource })
  const ask = await asking(task, customFetch)
  const introspected = await ask(access_token)
  const givenBack = await client.tokenRevocation(config, tokens.refresh_token)
  const afterRevocation = await ask(access_token)
  const revoked = await refusal(() => renew())
  const reusedCode = await refusal(() => redeem(callback, DPoP))
  const afterwards = await refusal(() => renew())
  return {
    tokens: {
      type: tokens.token_type,
      details: tokens.authorization_details,
      grant: tokens.grant_id,
      jkt: await DPoP.calculateThumbprint(),
    },
    deposit: { type: first.headers.get('content-type'), text: deposit },
    again: { status: second.status, same: (await second.text()) === deposit },
    refresh: { same: renewed.refresh_token === tokens.refresh_token },
    refused: {
      staleAtPar,
      staleAtToken,
      staleAtMailbox,
      withoutIss,
      otherIss,
      reusedCode,
      afterwards,
      revoked,
    },
    later: {
      nonces: noticed.nonces,
      wrongNonce,
      introspected,
      revoked: givenBack === undefined,
      afterRevocation,
    },
  }
})

/** Asks about tokens in the name of a resource server. */
async function asking(task, customFetch) {
  const server = task.resource_server
  const pkcs8 = Buffer.from(server.pkcs8, 'base64url')
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
  const key = await crypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign'])
  const authentication = client.PrivateKeyJwt({ key, kid: server.kid })
  const config = await client.discovery(
    new URL(task.issuer),
    server.client_id,
    undefined,
    authentication,
    {
      algorithm: 'oauth2',
      execute: [client.allowInsecureRequests],
      [client.customFetch]: customFetch,
    },
  )
  return (token) => client.tokenIntrospection(config, token)
}

async function staleRead(action) {
  try {
    return String((await action()).status)
  } catch (error) {
    if (!(error instanceof client.WWWAuthenticateChallengeError)) throw error
    return `${error.status} ${error.cause[0].parameters.error}`
  }
}

/** What a signed payload is made to say instead. */
function changed(change) {
  return { [client.modifyAssertion]: (_header, payload) => change(payload) }
}

function madeUpNonce(config, binding) {
  return client.getDPoPHandle(
    config,
    binding,
    changed((payload) => {
      payload.nonce = 'made-up'
    }),
  )
}
