// What `@openid4vc` leaves to its users: hashes, random octets, ES256 signatures with keys of this process.
import { createHash, randomBytes, webcrypto } from 'node:crypto'

const ES256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const PRIVATE = new Map()

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
const name = ({ x, y }) => `${x}.${y}`

/** A fresh key; the public half. */
export async function newKey() {
  const pair = await webcrypto.subtle.generateKey(ES256, true, ['sign', 'verify'])
  return remember(await webcrypto.subtle.exportKey('jwk', pair.privateKey))
}

/** Keeps a private key for signing; the public half. */
export async function remember({ kty, crv, x, y, d }) {
  const key = await webcrypto.subtle.importKey('jwk', { kty, crv, x, y, d }, ES256, false, ['sign'])
  PRIVATE.set(`${x}.${y}`, key)
  return { kty, crv, x, y }
}

/** Signs octets with a key that is remembered. */
export async function sign(publicJwk, data) {
  return Buffer.from(await webcrypto.subtle.sign(ES256, PRIVATE.get(name(publicJwk)), Buffer.from(data)))
}

export async function signedJwt(publicJwk, header, payload) {
  const input = `${encode(header)}.${encode(payload)}`
  return `${input}.${(await sign(publicJwk, input)).toString('base64url')}`
}

async function verifies(publicJwk, compact) {
  const { kty, crv, x, y } = publicJwk
  const key = await webcrypto.subtle.importKey('jwk', { kty, crv, x, y }, ES256, false, ['verify'])
  const at = compact.lastIndexOf('.')
  const signature = Buffer.from(compact.slice(at + 1), 'base64url')
  return webcrypto.subtle.verify(ES256, key, signature, Buffer.from(compact.slice(0, at)))
}

/** Callbacks that know these public keys by their `kid`. */
export function callbacks(clientAuthentication, known = []) {
  return {
    fetch,
    clientAuthentication,
    generateRandom: (length) => randomBytes(length),
    hash: (data, algorithm) => createHash(algorithm.replace('-', '')).update(data).digest(),
    signJwt: async (signer, { header, payload }) => {
      const publicJwk = signer.publicJwk ?? known.find(({ kid }) => kid === signer.kid)
      return { jwt: await signedJwt(publicJwk, header, payload), signerJwk: publicJwk }
    },
    verifyJwt: async (signer, { compact, header }) => {
      const signerJwk = signer.method === 'jwk' ? signer.publicJwk : known.find(({ kid }) => kid === header.kid)
      if (header.alg !== 'ES256' || signerJwk === undefined) return { verified: false }
      return { verified: await verifies(signerJwk, compact), signerJwk }
    },
  }
}
