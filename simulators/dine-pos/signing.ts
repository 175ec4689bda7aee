import { createHmac } from 'node:crypto'

/** The value of `X-Hub-Signature`: the time in whole seconds, and the digest of time, point and body. */
export function signatureOf(secret: string, nowMs: number, body: string): string {
  const time = Math.floor(nowMs / 1000)
  return `t=${time},v1=${createHmac('sha256', secret).update(`${time}.${body}`).digest('hex')}`
}
