// How a script talks with the test that started it: one JSON document a line, each way.
import { createInterface } from 'node:readline'

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()

/** Says something to the test. */
export function tell(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`)
}

/** What the test says next. */
export async function hear() {
  const { value, done } = await lines.next()
  if (done) throw new Error('the test has gone')
  return JSON.parse(value)
}

/** Runs a client to its end. Whatever it finds wrong goes to stderr, and the script fails. */
export async function run(client) {
  try {
    tell({ result: await client() })
    process.exit(0)
  } catch (error) {
    console.error(error)
    process.exit(1)
  }
}

/** The refusal that an action must meet: the error code, and the status where there is one. */
export async function refusal(action) {
  let answer
  try {
    answer = await action()
  } catch (error) {
    const { error: oauth, status, code } = error
    if (oauth === undefined && code === undefined) throw error
    return oauth === undefined ? code : `${status} ${oauth}`
  }
  throw new Error(`expected a refusal, got ${JSON.stringify(answer)}`)
}

/** `fetch`, and whether the server asks for nonces in DPoP proofs. */
export function noticingFetch() {
  const noticed = { nonces: false }
  const customFetch = async (url, options) => {
    const response = await fetch(url, options)
    noticed.nonces ||= response.headers.has('dpop-nonce')
    return response
  }
  return { noticed, customFetch }
}

/** A callback whose parameters are as `change` leaves them. */
export function altered(callback, change) {
  const url = new URL(callback)
  change(url.searchParams)
  return url
}
