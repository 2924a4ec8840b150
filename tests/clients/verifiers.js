// Other people's verifiers: `@sd-jwt/sd-jwt-vc` and `@digitalbazaar/vc` with `eddsa-rdfc-2022`. Each message
// is one credential and what its verifier has to know; nothing is fetched. The last message is `null`.
import { createHash, webcrypto } from 'node:crypto'

import { DataIntegrityProof } from '@digitalbazaar/data-integrity'
import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite'
import * as vc from '@digitalbazaar/vc'
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc'

import { hear, run, tell } from './talk.js'

const ES256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

/** A function that verifies ES256 signatures with one public key. */
async function es256(jwk) {
  const { kty, crv, x, y } = jwk
  const key = await webcrypto.subtle.importKey('jwk', { kty, crv, x, y }, ES256, false, ['verify'])
  return (data, signature) =>
    webcrypto.subtle.verify(ES256, key, Buffer.from(signature, 'base64url'), Buffer.from(data))
}

/** Signature, key binding, status and type metadata of an SD-JWT VC, as the library checks them. */
async function sdJwtVc({ text, issuer_key, nonce, status_list, type_metadata, required }) {
  const verifier = await es256(issuer_key)
  const instance = new SDJwtVcInstance({
    hasher: (data, algorithm) => createHash(algorithm.replace('-', '')).update(data).digest(),
    hashAlg: 'sha-256',
    verifier,
    statusVerifier: verifier,
    statusListFetcher: async () => status_list,
    loadTypeMetadataFormat: true,
    vctFetcher: async () => ({ ...JSON.parse(type_metadata) }),
    kbVerifier: async (data, signature, payload) => (await es256(payload.cnf.jwk))(data, signature),
  })
  const options = { requiredClaimKeys: required, keyBindingNonce: nonce }
  const { payload, kb } = await instance.verify(text, options)
  return { payload, audience: kb?.payload.aud ?? null }
}

/** The proof of a credential, with contexts and keys from the message alone. */
async function dataIntegrity({ credential, contexts, issuer, method, multikey, now }) {
  const documents = {
    ...contexts,
    [method]: {
      '@context': 'https://w3id.org/security/multikey/v1',
      id: method,
      type: 'Multikey',
      controller: issuer,
      publicKeyMultibase: multikey,
    },
    [issuer]: {
      '@context': 'https://w3id.org/security/v2',
      id: issuer,
      assertionMethod: [method],
    },
  }
  const documentLoader = async (url) => {
    if (documents[url] === undefined) throw new Error(`not known: ${url}`)
    return { contextUrl: null, documentUrl: url, document: documents[url] }
  }
  const suite = new DataIntegrityProof({ cryptosuite })
  const answer = await vc.verifyCredential({ credential, suite, documentLoader, now: new Date(now) })
  if (!answer.verified) throw answer.error
  return { verified: true }
}

const verifiers = { sd_jwt_vc: sdJwtVc, data_integrity: dataIntegrity }

await run(async () => {
  let judged = 0
  for (let asked = await hear(); asked !== null; asked = await hear()) {
    try {
      tell({ accepted: await verifiers[asked.kind](asked) })
    } catch (error) {
      tell({ refused: error.errors?.map((inner) => inner.message).join('; ') ?? error.message })
    }
    judged += 1
  }
  return judged
})
