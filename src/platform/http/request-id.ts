import type { IncomingMessage } from 'node:http'
import { newId } from '#kernel/ids.ts'

const WELL_FORMED = /^[A-Za-z0-9][A-Za-z0-9._:-]{7,63}$/

/** The caller's X-Request-Id where it is one that a log can hold, else one of ours. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && WELL_FORMED.test(given) ? given : newId()
}
