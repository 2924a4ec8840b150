// Another issuer: `@openid4vc/openid4vci` on a plain HTTP server, from which our wallet collects. Credentials
// are made by `@sd-jwt/sd-jwt-vc`.
import { createHash, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { deflateSync } from 'node:zlib'

import { Oauth2AuthorizationServer, Oauth2ResourceServer, clientAuthenticationNone, setGlobalConfig } from '@openid4vc/oauth2'
import { Openid4vciIssuer } from '@openid4vc/openid4vci'
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc'

import { callbacks, newKey, sign, signedJwt } from './vci_callbacks.js'
import { hear, run, tell } from './talk.js'

setGlobalConfig({ allowInsecureUrls: true })

const CODE = 'pre-authorised-code-of-the-other-issuer'
const TX_CODE = '493817'
const STATE = 'state-of-the-other-issuer'
const TTL = 300

const kid = 'the-other-issuers-key'
const publicJwk = { ...(await newKey()), kid }
const signer = { method: 'custom', kid, alg: 'ES256' }
const ours = callbacks(clientAuthenticationNone({ clientId: 'unused' }), [publicJwk])
const issuer = new Openid4vciIssuer({ callbacks: ours })
const authorizationServer = new Oauth2AuthorizationServer({ callbacks: ours })
const resourceServer = new Oauth2ResourceServer({ callbacks: ours })

/** What has been asked for and told, by path. */
const seen = { paths: [], notifications: [] }
const nonces = new Set()
const pushed = new Map()
const codes = new Map()
let here, task

const now = () => Math.floor(Date.now() / 1000)
const random = () => randomBytes(24).toString('base64url')

function metadata() {
  const configuration = {
    format: 'dc+sd-jwt',
    vct: task.vct,
    scope: 'skill_badge',
    cryptographic_binding_methods_supported: ['jwk'],
    credential_signing_alg_values_supported: ['ES256'],
    proof_types_supported: { jwt: { proof_signing_alg_values_supported: ['ES256'] } },
  }
  const credentialIssuer = issuer.createCredentialIssuerMetadata({
    credential_issuer: here,
    credential_endpoint: `${here}/credential`,
    deferred_credential_endpoint: `${here}/deferred`,
    notification_endpoint: `${here}/notification`,
    nonce_endpoint: `${here}/nonce`,
    batch_credential_issuance: { batch_size: 2 },
    credential_configurations_supported: { 'the-badge': configuration },
  })
  const server = authorizationServer.createAuthorizationServerMetadata({
    issuer: here,
    token_endpoint: `${here}/token`,
    authorization_endpoint: `${here}/authorize`,
    pushed_authorization_request_endpoint: `${here}/par`,
    require_pushed_authorization_requests: true,
    authorization_response_iss_parameter_supported: true,
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
    dpop_signing_alg_values_supported: ['ES256'],
    'pre-authorized_grant_anonymous_access_supported': true,
  })
  return {
    credentialIssuer,
    authorizationServers: [server],
    knownCredentialConfigurations: issuer.getKnownCredentialConfigurationsSupported(credentialIssuer),
  }
}

/** An SD-JWT VC for one key. */
async function credential(holder) {
  const instance = new SDJwtVcInstance({
    hasher: (data, algorithm) => createHash(algorithm.replace('-', '')).update(data).digest(),
    hashAlg: 'sha-256',
    saltGenerator: (length) => randomBytes(length).toString('base64url'),
    signAlg: 'ES256',
    signer: async (data) => (await sign(publicJwk, data)).toString('base64url'),
  })
  const { kty, crv, x, y } = holder
  const claims = { ...task.claims, iss: here, iat: now(), vct: task.vct, cnf: { jwk: { kty, crv, x, y } } }
  const status = { status_list: { uri: `${here}/status`, idx: 7 } }
  return instance.issue({ ...claims, status }, { _sd: Object.keys(task.claims) }, { header: { kid } })
}

/** A list whose entries are all valid. */
function statusList() {
  const status_list = { bits: 1, lst: deflateSync(Buffer.alloc(16)).toString('base64url') }
  const claims = { iss: here, sub: `${here}/status`, iat: now(), exp: now() + 3600, ttl: TTL, status_list }
  return signedJwt(publicJwk, { alg: 'ES256', typ: 'statuslist+jwt', kid }, claims)
}

async function token(request, form) {
  const accessTokenRequest = Object.fromEntries(new URLSearchParams(form))
  const parsed = authorizationServer.parseAccessTokenRequest({ accessTokenRequest, request })
  const { grant } = parsed
  const dpop = parsed.dpop && { jwt: parsed.dpop.jwt, required: true, allowedSigningAlgs: ['ES256'] }
  const common = { accessTokenRequest, request, grant, dpop, authorizationServerMetadata: metadata().authorizationServers[0] }
  let verified
  if (grant.grantType === 'authorization_code') {
    const { codeChallenge, redirectUri, thumbprint } = codes.get(grant.code)
    codes.delete(grant.code)
    if (accessTokenRequest.redirect_uri !== redirectUri) throw new Error('another redirect_uri')
    const pkce = { codeVerifier: parsed.pkceCodeVerifier, codeChallenge, codeChallengeMethod: 'S256' }
    verified = await authorizationServer.verifyAuthorizationCodeAccessTokenRequest({ ...common, pkce, expectedCode: grant.code })
    if (thumbprint !== undefined && verified.dpop.jwkThumbprint !== thumbprint) throw new Error('another DPoP key')
  } else {
    const expected = { expectedPreAuthorizedCode: CODE, expectedTxCode: TX_CODE }
    verified = await authorizationServer.verifyPreAuthorizedCodeAccessTokenRequest({ ...common, ...expected })
  }
  seen.token_type = verified.dpop ? 'DPoP' : 'Bearer'
  return authorizationServer.createAccessTokenResponse({
    audience: here,
    authorizationServer: here,
    subject: 'the-person',
    expiresInSeconds: 300,
    signer,
    dpop: verified.dpop && { jwk: verified.dpop.jwk },
  })
}

/** Whoever has a token. */
async function authorized(request) {
  const authorizationServers = [{ ...metadata().authorizationServers[0], jwks_uri: `${here}/jwks` }]
  await resourceServer.verifyResourceRequest({ authorizationServers, request, resourceServer: here })
}

async function credentials(body) {
  const issuerMetadata = metadata()
  const parsed = issuer.parseCredentialRequest({ issuerMetadata, credentialRequest: JSON.parse(body) })
  if (parsed.credentialConfigurationId !== 'the-badge') throw new Error('another configuration')
  const keys = []
  for (const jwt of parsed.proofs.jwt) {
    const { nonce } = JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url'))
    if (!nonces.has(nonce)) throw new Error('not our nonce')
    const proof = await issuer.verifyCredentialRequestJwtProof({ issuerMetadata, expectedNonce: nonce, jwt })
    keys.push(proof.signer.publicJwk)
  }
  nonces.clear()
  seen.copies = keys.length
  const made = await Promise.all(keys.map(credential))
  const { credentialRequest } = parsed
  return issuer.createCredentialResponse({
    credentialRequest,
    credentials: made.map((one) => ({ credential: one })),
    notificationId: 'notification-1',
  })
}

async function push(request, form) {
  const { authorizationRequest, dpop } = await authorizationServer.parsePushedAuthorizationRequest({
    request,
    authorizationRequest: Object.fromEntries(new URLSearchParams(form)),
  })
  const { client_id: clientId } = authorizationRequest
  const verified = await authorizationServer.verifyPushedAuthorizationRequest({
    request,
    authorizationRequest,
    authorizationServerMetadata: metadata().authorizationServers[0],
    clientId,
    dpop: dpop && { ...dpop, required: false },
  })
  if (authorizationRequest.issuer_state !== STATE) throw new Error('another issuer_state')
  const uri = `urn:ietf:params:oauth:request_uri:${random()}`
  const thumbprint = verified.dpop?.jwkThumbprint ?? authorizationRequest.dpop_jkt
  pushed.set(uri, { ...authorizationRequest, thumbprint })
  return { request_uri: uri, expires_in: 60 }
}

/** The person of this issuer always agrees. */
function authorize(url) {
  const asked = pushed.get(url.searchParams.get('request_uri'))
  pushed.delete(url.searchParams.get('request_uri'))
  const code = random()
  codes.set(code, { codeChallenge: asked.code_challenge, redirectUri: asked.redirect_uri, thumbprint: asked.thumbprint })
  const back = new URL(asked.redirect_uri)
  back.searchParams.set('code', code)
  back.searchParams.set('state', asked.state)
  back.searchParams.set('iss', here)
  return back.href
}

async function answer(request, url, body) {
  const path = url.pathname
  seen.paths.push(path)
  if (path === '/.well-known/openid-credential-issuer') return metadata().credentialIssuer
  if (path === '/.well-known/oauth-authorization-server') return metadata().authorizationServers[0]
  if (path === '/jwks') return { keys: [{ ...publicJwk, alg: 'ES256', use: 'sig' }] }
  if (path === '/token') return token(request, body)
  if (path === '/par') return push(request, body)
  if (path === '/nonce') {
    const cNonce = random()
    nonces.add(cNonce)
    return issuer.createNonceResponse({ cNonce })
  }
  await authorized(request)
  if (path === '/credential') return credentials(body)
  if (path === '/notification') {
    seen.notifications.push(JSON.parse(body))
    return {}
  }
  throw new Error(`nothing at ${path}`)
}

const server = createServer(async (incoming, response) => {
  const chunks = []
  for await (const chunk of incoming) chunks.push(chunk)
  const url = new URL(incoming.url, here)
  const request = { headers: new Headers(incoming.headers), method: incoming.method, url: url.href }
  try {
    if (url.pathname === '/authorize') {
      response.writeHead(302, { location: authorize(url) }).end()
    } else if (url.pathname === '/status') {
      response.writeHead(200, { 'content-type': 'application/statuslist+jwt' }).end(await statusList())
    } else {
      const json = JSON.stringify(await answer(request, url, Buffer.concat(chunks).toString()))
      response.writeHead(200, { 'content-type': 'application/json' }).end(json)
    }
  } catch (error) {
    console.error(url.pathname, error)
    const refusal = error.errorResponse ?? { error: 'server_error', error_description: String(error) }
    response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify(refusal))
  }
})

await run(async () => {
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
  here = `http://127.0.0.1:${server.address().port}`
  tell({ issuer: here, key: publicJwk })
  task = await hear()
  const grants = {
    'urn:ietf:params:oauth:grant-type:pre-authorized_code': { 'pre-authorized_code': CODE, tx_code: { input_mode: 'numeric', length: 6 } },
    authorization_code: { issuer_state: STATE },
  }
  const { credentialOffer: offer } = await issuer.createCredentialOffer({
    issuerMetadata: metadata(),
    credentialConfigurationIds: ['the-badge'],
    grants: { [task.grant]: grants[task.grant] },
  })
  tell({ offer, tx_code: TX_CODE })
  await hear()
  return seen
})
