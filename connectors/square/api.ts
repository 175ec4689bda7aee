import { instant } from '#kernel/instant.ts'
import type { Api, Link, PaceHint, ProviderAnswer, ProviderCall } from '../contract.ts'
import { judge, resetOf } from './judge.ts'

/** The version that every call asks for, and that the fixtures and shapes are of. */
export const SQUARE_VERSION = '2026-09-16'

export const api: Api = {
  hosts: { production: 'https://connect.squareup.com', sandbox: 'https://connect.squareupsandbox.com' },
  version: SQUARE_VERSION,
  // Square announces the end of a version at least a year ahead; of this one nothing is announced.
  sunset: null,
  // No figures are published. Four calls at once is what Square’s own people recommend to be polite.
  pace: { requestsPerSecond: 10, concurrent: 4, timeoutMs: 30_000, learn },
  headers,
  judge,
}

function headers(link: Link, call: ProviderCall): Readonly<Record<string, string>> {
  const token = call.unsigned === true ? null : tokenFor(link, call)
  return {
    accept: 'application/json',
    'square-version': SQUARE_VERSION,
    ...(call.body === null ? {} : { 'content-type': 'application/json' }),
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
  }
}

/** Subscriptions belong to the application, and only its own token may manage them; a merchant’s is refused. */
function tokenFor({ credentials, application }: Link, { name }: ProviderCall): string | null {
  const own = name.startsWith('webhooks.') ? application?.credentials.access_token : undefined
  return own || credentials.access_token || null
}

function learn({ headers: told }: ProviderAnswer): PaceHint | null {
  const resetAt = resetOf(told)
  const remaining = /^\d{1,9}$/.test(told['x-ratelimit-remaining'] ?? '') ? Number(told['x-ratelimit-remaining']) : null
  if (resetAt === null && remaining === null) return null
  return { requestsPerSecond: null, remaining, resetAt: resetAt === null ? null : instant(resetAt) }
}
