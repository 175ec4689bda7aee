import { currencyCode } from '#kernel/currency.ts'
import { instant } from '#kernel/instant.ts'
import {
  type Connector,
  type Credentials,
  Garbled,
  type Link,
  type Live,
  type ProviderAnswer,
  type ProviderCall,
  type Subscription,
  type Talk,
  type Tokens,
} from '../../../connectors/contract.ts'

// The connector of the made-up provider in test-provider.ts: enough of it for signing in, places, subscriptions and books.

export type TestConnectorTraits = {
  readonly subscriptionsBy: 'connection' | 'application'
  readonly pkce: 'required' | 'optional' | 'none'
  readonly refreshEveryMs: number | null
}

export function testConnector(traits: Partial<TestConnectorTraits> = {}): Connector & { readonly live: Live } {
  const { subscriptionsBy = 'application', pkce = 'optional', refreshEveryMs = null } = traits
  return {
    id: 'dine-pos',
    name: 'Acme POS',
    live: {
      api: {
        hosts: { production: 'http://production.invalid', sandbox: 'http://sandbox.invalid' },
        version: '1',
        sunset: null,
        pace: { requestsPerSecond: 500, concurrent: 50, timeoutMs: 5_000, learn: () => null },
        headers: (link, call): Record<string, string> =>
          call.unsigned ? {} : { authorization: `Bearer ${link.credentials.access_token ?? ''}` },
        judge(_call, { status, body }) {
          if (status < 300) return { kind: 'ok' }
          const code = String(readCode(body))
          if (status === 401) return { kind: 'unauthorized', code, revoked: code.endsWith('REVOKED') }
          if (status === 404) return { kind: 'missing', code }
          if (status >= 500) return { kind: 'unavailable', code, retryAfterMs: 10 }
          return { kind: 'refused', code, say: '' }
        },
      },
      signIn: {
        fields: [
          { name: 'access_token', label: 'Access token', secret: true, required: true, help: 'In the console.' },
        ],
        environmentOf: ({ access_token: token }) => (token?.startsWith('sandbox_') ? 'sandbox' : null),
        *check() {
          const me = yield* asked<Me>({ name: 'me', path: '/me' })
          const missing = ['sales', 'catalog'].filter((one) => !me.scopes.includes(one))
          return {
            account: me.id,
            accountName: me.name,
            expiresAt: me.expires_at === null ? null : instant(me.expires_at),
            granted: me.scopes,
            missing: missing.map((permission) => ({
              permission,
              blocks: [permission as 'sales' | 'catalog'],
              say: `Grant ${permission}.`,
            })),
          }
        },
        oauth: {
          scopes: ['sales', 'catalog'],
          pkce,
          refreshEveryMs,
          authorizePath: ({ id }, { redirectUri, state, codeChallenge }) => {
            const query = new URLSearchParams({ client_id: id, redirect_uri: redirectUri, state })
            if (codeChallenge !== null) query.set('challenge', codeChallenge)
            return `/oauth/page?${query}`
          },
          readCallback(query) {
            const [code, state, error] = ['code', 'state', 'error'].map((name) => query.get(name))
            if (error) return { kind: 'denied', state: state ?? null, say: error }
            if (!code || !state) throw new Garbled('no code')
            return { kind: 'code', code, state }
          },
          *exchange(application, { code, redirectUri, codeVerifier }) {
            return yield* tokens({
              grant_type: 'authorization_code',
              client_id: application.id,
              code,
              redirect_uri: redirectUri,
              ...(codeVerifier === null ? { client_secret: application.secret } : { code_verifier: codeVerifier }),
            })
          },
          *refresh(application, credentials: Credentials) {
            return yield* tokens({
              grant_type: 'refresh_token',
              client_id: application.id,
              refresh_token: credentials.refresh_token,
            })
          },
          *revoke(_application, link: Link) {
            yield* asked(
              { name: 'revoke', method: 'POST', path: '/oauth/revoke', unsigned: true },
              { account: link.account },
            )
          },
        },
      },
      *locations() {
        const { places } = yield* asked<{ places: WirePlace[] }>({ name: 'places', path: '/places' })
        return places.map(({ time_zone: timeZone, currency, ...place }) => ({
          ...place,
          timeZone,
          currency: currencyCode(currency),
        }))
      },
      pull: {
        streams: (['sales', 'catalog'] as const).map((dataType) => ({
          name: dataType,
          dataType,
          locationsMax: 10,
          backfillBy: 'created',
          overlapMs: 0,
          lateMs: 0,
          horizonMs: null,
          pageSizeMax: 100,
          // biome-ignore lint/correctness/useYield: this provider has nothing to sell.
          *page() {
            return { records: [], next: null, lastAt: null, count: 0 }
          },
        })),
        // biome-ignore lint/correctness/useYield: as above.
        *fetch() {
          return []
        },
        fetchMax: () => 10,
      },
      reader: {
        recordsOf: () => [],
        kinds: [],
        read: () => ({ sales: [], refunds: [], updatedAt: null, settling: null, needs: [], drift: [] }),
        readArticles: () => [],
        personal: {},
      },
      webhooks: {
        verify: ({ headers }, secrets) => (secrets.includes(headers['x-secret'] ?? '') ? 'genuine' : 'forged'),
        read: () => ({
          eventId: null,
          type: 'none',
          account: null,
          occurredAt: null,
          records: [],
          fetch: [],
          signal: null,
          ignored: 'test',
        }),
        subscriptions: {
          by: subscriptionsBy,
          events: ['sale'],
          *list() {
            const { subscriptions } = yield* asked<{ subscriptions: WireSubscription[] }>({
              name: 'subscriptions.list',
              path: '/subscriptions',
            })
            return subscriptions.map(subscriptionOf)
          },
          *subscribe(_link, url, key) {
            const call = { name: 'subscriptions.make', method: 'POST', path: '/subscriptions' } as const
            return subscriptionOf(yield* asked<WireSubscription>(call, { url, key }))
          },
          *unsubscribe(_link, id) {
            yield* asked({ name: 'subscriptions.remove', method: 'DELETE', path: `/subscriptions/${id}` })
          },
          *rotate(_link, id) {
            const call = { name: 'subscriptions.rotate', method: 'POST', path: `/subscriptions/${id}/secret` } as const
            return (yield* asked<WireSubscription>(call)).secret ?? ''
          },
        },
      },
      books: {
        *figures(_link, { location }) {
          const books = yield* asked<WireBooks>({ name: 'books', path: `/books?place=${location}` })
          if (books.payments === undefined) return []
          const { payments, paid, tips, refunds, refunded } = books
          const currency = currencyCode('EUR')
          return [{ currency, payments, paid: BigInt(paid), tips: BigInt(tips), refunds, refunded: BigInt(refunded) }]
        },
      },
    },
  }
}

type Me = { id: string; name: string; scopes: string[]; expires_at: number | null }
type WirePlace = { id: string; name: string; active: boolean; currency: string; time_zone: string; country: string }
type WireSubscription = { id: string; url: string; enabled: boolean; secret?: string }
type WireBooks = { payments?: number; paid: number; tips: number; refunds: number; refunded: number }

type Asking = Pick<ProviderCall, 'name' | 'path'> & Partial<Pick<ProviderCall, 'method' | 'unsigned'>>

function* asked<T>(call: Asking, body: object | null = null): Talk<T> {
  const answer: ProviderAnswer = yield {
    method: 'GET',
    repeatable: true,
    ...call,
    body: body === null ? null : JSON.stringify(body),
  }
  return JSON.parse(Buffer.from(answer.body).toString()) as T
}

function* tokens(body: object): Talk<Tokens> {
  const call = { name: 'token', method: 'POST', path: '/oauth/token', unsigned: true } as const
  const answer = yield { ...call, repeatable: false, body: JSON.stringify(body) }
  const told = JSON.parse(Buffer.from(answer.body).toString()) as Record<string, string> & { expires_at: number | null }
  return {
    credentials: { access_token: told.access_token ?? '', refresh_token: told.refresh_token ?? '' },
    account: told.account ?? null,
    expiresAt: told.expires_at === null ? null : instant(Number(told.expires_at)),
    refreshExpiresAt: null,
  }
}

function subscriptionOf({ id, url, enabled, secret }: WireSubscription): Subscription {
  return { id, url, enabled, events: ['sale'], secret: secret ?? null }
}

function readCode(body: Uint8Array): unknown {
  try {
    return (JSON.parse(Buffer.from(body).toString()) as { code?: unknown }).code
  } catch {
    return 'UNREADABLE'
  }
}
