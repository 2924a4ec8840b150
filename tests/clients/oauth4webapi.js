// The whole way of a recipient with oauth4webapi, ES256.
import * as oauth from 'oauth4webapi'
import { altered, hear, noticingFetch, refusal, run, tell } from './talk.js'

const KID = 'oauth4webapi-2026'

await run(async () => {
  const signing = await oauth.generateKeyPair('ES256', { extractable: true })
  const binding = await oauth.generateKeyPair('ES256', { extractable: false })
  tell({ keys: [{ ...(await publicJwk(signing.publicKey)), kid: KID, use: 'sig' }] })
  const task = await hear()

  const { noticed, customFetch } = noticingFetch()
  const options = { [oauth.allowInsecureRequests]: true, [oauth.customFetch]: customFetch }
  const issuer = new URL(task.issuer)
  const discovered = await oauth.discoveryRequest(issuer, { ...options, algorithm: 'oauth2' })
  const as = await oauth.processDiscoveryResponse(issuer, discovered)

  const client = { client_id: task.client_id }
  const key = { key: signing.privateKey, kid: KID }
  const authentication = oauth.PrivateKeyJwt(key)
  const DPoP = oauth.DPoP(client, binding)
  // The same key, on a clock that is five minutes late.
  const staleDPoP = oauth.DPoP({ [oauth.clockSkew]: -300 }, binding)

  // Asking: a signed request object, pushed.
  const verifier = oauth.generateRandomCodeVerifier()
  const state = oauth.generateRandomState()
  const details = { ...task.details, nonce: oauth.generateRandomNonce() }
  const request = await oauth.issueRequestObject(
    as,
    client,
    {
      response_type: 'code',
      redirect_uri: task.redirect_uri,
      state,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      dpop_jkt: await DPoP.calculateThumbprint(),
      authorization_details: JSON.stringify([details]),
    },
    key,
  )
  const push = (DPoP) =>
    withNonce(async () => {
      const settings = { ...options, DPoP }
      const answer = await oauth.pushedAuthorizationRequest(as, client, authentication, { request }, settings)
      return oauth.processPushedAuthorizationResponse(as, client, answer)
    })
  const staleAtPar = await refusal(() => push(staleDPoP))
  const pushed = await push(DPoP)
  const authorize = new URL(as.authorization_endpoint)
  authorize.searchParams.set('client_id', client.client_id)
  authorize.searchParams.set('request_uri', pushed.request_uri)
  tell({ authorize: authorize.href, state })
  const { callback } = await hear()

  // The answer: taken from this server only.
  const validate = (url) => oauth.validateAuthResponse(as, client, url, state)
  const withoutIss = await refusal(async () => validate(altered(callback, (p) => p.delete('iss'))))
  const otherIss = await refusal(async () =>
    validate(altered(callback, (p) => p.set('iss', 'https://other.example'))),
  )
  const parameters = validate(new URL(callback))

  const redeem = (DPoP) =>
    withNonce(async () => {
      const answer = await oauth.authorizationCodeGrantRequest(
        as,
        client,
        authentication,
        parameters,
        task.redirect_uri,
        verifier,
        { ...options, DPoP },
      )
      return oauth.processAuthorizationCodeResponse(as, client, answer)
    })
  const staleAtToken = await refusal(() => redeem(staleDPoP))
  const tokens = await redeem(DPoP)

  // Reading.
  const mailbox = new URL(`/mailbox/${tokens.grant_id}`, issuer)
  const read = async (token, DPoP) => {
    const headers = new Headers({ 'Read-Id': crypto.randomUUID() })
    const answer = () =>
      oauth.protectedResourceRequest(token, 'GET', mailbox, headers, null, { ...options, DPoP })
    return withNonce(answer)
  }
  const first = await read(tokens.access_token, DPoP)
  const deposit = await first.text()
  const staleAtMailbox = await staleRead(() => read(tokens.access_token, staleDPoP))

  const renew = (additionalParameters) =>
    withNonce(async () => {
      const token = tokens.refresh_token
      const settings = { ...options, DPoP, additionalParameters }
      const answer = await oauth.refreshTokenGrantRequest(as, client, authentication, token, settings)
      return oauth.processRefreshTokenResponse(as, client, answer)
    })
  const renewed = await renew()
  const second = await read(renewed.access_token, DPoP)

  const wrongNonce = await refusal(() => push(madeUpNonce(client, binding)))
  // A resource server asks about a token for it, before and after the tokens are given back.
  const { access_token } = await renew({ resource: task.resource_server.resource })
  const ask = await asking(as, task.resource_server, options)
  const introspected = await ask(access_token)
  const revocation = await oauth.revocationRequest(
    as,
    client,
    authentication,
    tokens.refresh_token,
    options,
  )
  const givenBack = await oauth.processRevocationResponse(revocation)
  const afterRevocation = await ask(access_token)
  const revoked = await refusal(() => renew())
  const reusedCode = await refusal(() => redeem(DPoP))
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
async function asking(as, server, options) {
  const pkcs8 = Buffer.from(server.pkcs8, 'base64url')
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
  const key = await crypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign'])
  const client = { client_id: server.client_id }
  const authentication = oauth.PrivateKeyJwt({ key, kid: server.kid })
  return async (token) => {
    const asked = await oauth.introspectionRequest(as, client, authentication, token, options)
    return oauth.processIntrospectionResponse(as, client, asked)
  }
}

/** The first request at a place may be asked to come again with the nonce it was given. */
async function withNonce(action) {
  try {
    return await action()
  } catch (error) {
    if (!oauth.isDPoPNonceError(error)) throw error
    return action()
  }
}

async function staleRead(action) {
  try {
    return String((await action()).status)
  } catch (error) {
    if (!(error instanceof oauth.WWWAuthenticateChallengeError)) throw error
    return `${error.status} ${error.cause[0].parameters.error}`
  }
}

function madeUpNonce(client, binding) {
  return oauth.DPoP(client, binding, {
    [oauth.modifyAssertion]: (_header, payload) => {
      payload.nonce = 'made-up'
    },
  })
}

async function publicJwk(key) {
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', key)
  return { kty, crv, x, y }
}
