// Another wallet: `@openid4vc/openid4vci` collects from our issuer.
import { clientAuthenticationDynamic, setGlobalConfig } from '@openid4vc/oauth2'
import { Openid4vciClient } from '@openid4vc/openid4vci'

import { callbacks, newKey } from './vci_callbacks.js'
import { hear, run, tell } from './talk.js'

// On loopback there is no TLS.
setGlobalConfig({ allowInsecureUrls: true })

/** The library reads signed metadata, and leaves it to its user to ask for it. */
const askingForSigned = (url, options) => {
  const signed = String(url).includes('/.well-known/openid-credential-issuer')
  return fetch(url, signed ? { ...options, headers: { accept: 'application/jwt' } } : options)
}

const CLIENT = 'https://wallet.example'

/** A token by the code in the offer, with a DPoP proof where `dpop` is given. */
async function preAuthorized(client, { issuerMetadata, credentialOffer, tx_code, dpop }) {
  return client.retrievePreAuthorizedCodeAccessTokenFromOffer({ credentialOffer, issuerMetadata, txCode: tx_code, dpop })
}

/** A token by way of the browser, which the test is. The library sends no `state`: it relies on PKCE and `iss`. */
async function byAuthorization(client, { issuerMetadata, credentialOffer, redirect_uri, scope, dpop }) {
  const started = await client.initiateAuthorization({
    clientId: CLIENT,
    issuerMetadata,
    credentialOffer,
    redirectUri: redirect_uri,
    scope,
    dpop,
  })
  tell({ open: started.authorizationRequestUrl })
  const { callback } = await hear()
  const authorizationServer = issuerMetadata.authorizationServers[0]
  const answer = client.parseAndVerifyAuthorizationResponseRedirectUrl({
    url: callback,
    authorizationServerMetadata: authorizationServer,
  })
  return client.retrieveAuthorizationCodeAccessTokenFromOffer({
    issuerMetadata,
    credentialOffer,
    authorizationCode: answer.code,
    pkceCodeVerifier: started.pkce.codeVerifier,
    redirectUri: redirect_uri,
    dpop: started.dpop ?? dpop,
  })
}

/** The key for the next request with the nonce of the last answer, which may come without the key. */
const next = (known, told) => known && { ...known, ...told, signer: known.signer }

/** One proof for each copy, with keys of their own. */
async function proofs(client, issuerMetadata, credentialConfigurationId, copies) {
  const { c_nonce: nonce } = await client.requestNonce({ issuerMetadata })
  const keys = await Promise.all(Array.from({ length: copies }, newKey))
  const jwt = keys.map(async (publicJwk) => {
    const signer = { method: 'jwk', publicJwk, alg: 'ES256' }
    const proof = await client.createCredentialRequestJwtProof({ issuerMetadata, signer, nonce, credentialConfigurationId })
    return proof.jwt
  })
  return { keys, proofs: { jwt: await Promise.all(jwt) } }
}

await run(async () => {
  const task = await hear()
  const authentication = clientAuthenticationDynamic({ clientId: CLIENT })
  const ours = callbacks(authentication, task.issuer_keys)
  const client = new Openid4vciClient({ callbacks: { ...ours, fetch: task.signed ? askingForSigned : fetch } })
  const credentialOffer = await client.resolveCredentialOffer(task.offer)
  const issuerMetadata = await client.resolveIssuerMetadata(credentialOffer.credential_issuer)
  const signer = { method: 'jwk', publicJwk: await newKey(), alg: 'ES256' }
  const way = task.redirect_uri === undefined ? preAuthorized : byAuthorization
  const dpop = task.dpop ? { signer } : undefined
  const token = await way(client, { ...task, issuerMetadata, credentialOffer, dpop })
  const access = { accessToken: token.accessTokenResponse.access_token, dpop: next(dpop, token.dpop) }
  const collected = []
  for (const credentialConfigurationId of credentialOffer.credential_configuration_ids) {
    const proven = await proofs(client, issuerMetadata, credentialConfigurationId, task.copies ?? 1)
    const asked = { issuerMetadata, credentialConfigurationId, proofs: proven.proofs, ...access }
    let answer = await client.retrieveCredentials(asked)
    let { credentialResponse } = answer
    if (credentialResponse.transaction_id !== undefined) {
      const waiting = { issuerMetadata, transactionId: credentialResponse.transaction_id, ...access }
      access.dpop = next(access.dpop, answer.dpop)
      const early = await client.retrieveDeferredCredentials({ ...waiting, ...access })
      tell({ deferred: early.deferredCredentialResponse.interval })
      await hear()
      answer = await client.retrieveDeferredCredentials({ ...waiting, dpop: next(access.dpop, early.dpop) })
      credentialResponse = answer.deferredCredentialResponse
    }
    access.dpop = next(access.dpop, answer.dpop)
    if (credentialResponse.notification_id !== undefined) {
      const notification = { notificationId: credentialResponse.notification_id, event: 'credential_accepted' }
      await client.sendNotification({ issuerMetadata, notification, ...access })
    }
    collected.push({ keys: proven.keys, credentials: credentialResponse.credentials.map(({ credential }) => credential) })
  }
  return {
    version: issuerMetadata.originalDraftVersion,
    signed: issuerMetadata.signedCredentialIssuer !== undefined,
    token_type: token.accessTokenResponse.token_type,
    collected,
  }
})
