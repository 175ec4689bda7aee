import type { Sale, SaleItem } from '#canon/sale.ts'
import { type Instant, instant } from '#kernel/instant.ts'
import { zoneName } from '#kernel/zone.ts'
import { acme } from '../../examples/acme-connector/connector.ts'
import {
  type Api,
  CallFailed,
  Garbled,
  type Live,
  type OAuth,
  type Page,
  type Reader,
  type Reading,
  type SignIn,
  type SourceRecord,
  type Stream,
  type Subscriptions,
  type Talk,
  type Verdict,
  type WebhookReading,
  type Webhooks,
} from '../contract.ts'
import type { Candidate } from './stage.ts'
import { ORDER_SABOTAGE } from './test-sabotage-orders.ts'

// For every check of the kit, a connector that breaks just the promise it looks at, in a way somebody really has: a check
// that lets its saboteur pass is worth nothing.

const live = present(acme.live)
const webhooks = present(live.webhooks)
const subscriptions = present(webhooks.subscriptions)
const oauth = present(live.signIn.oauth)

const withLive = (change: Partial<Live>): Candidate => ({ ...acme, live: { ...live, ...change } })
const withApi = (change: Partial<Api>) => withLive({ api: { ...live.api, ...change } })
const withSignIn = (change: Partial<SignIn>) => withLive({ signIn: { ...live.signIn, ...change } })
const withOAuth = (change: Partial<OAuth>) => withSignIn({ oauth: { ...oauth, ...change } })
const withReader = (change: Partial<Reader>) => withLive({ reader: { ...live.reader, ...change } })
const withWebhooks = (change: Partial<Webhooks>) => withLive({ webhooks: { ...webhooks, ...change } })
const withSubscriptions = (change: Partial<Subscriptions>) =>
  withWebhooks({ subscriptions: { ...subscriptions, ...change } })
const withStreams = (change: (stream: Stream) => Partial<Stream>) =>
  withLive({ pull: { ...live.pull, streams: live.pull.streams.map((one) => ({ ...one, ...change(one) })) } })

type PageOf = (page: Stream['page'], ...args: Parameters<Stream['page']>) => Talk<Page>
const withPages = (of: PageOf) => withStreams(({ page }) => ({ page: (...args) => of(page, ...args) }))
const withPage = (change: (page: Page) => Page) =>
  withPages(function* (page, ...args) {
    return change(yield* page(...args))
  })

const withReading = (change: (reading: Reading) => Reading) =>
  withReader({ read: (...args) => change(live.reader.read(...args)) })
const withSale = (change: (sale: Sale) => Partial<Sale>) =>
  withReading((reading) => ({ ...reading, sales: reading.sales.map((sale) => ({ ...sale, ...change(sale) })) }))
const withVerdict = (change: (verdict: Verdict, status: number) => Verdict) =>
  withApi({ judge: (call, answer) => change(live.api.judge(call, answer), answer.status) })
const withVerify = (change: (...args: Parameters<Webhooks['verify']>) => ReturnType<Webhooks['verify']>) =>
  withWebhooks({ verify: change })
const withEvent = (change: (reading: WebhookReading) => WebhookReading) =>
  withWebhooks({ read: (body) => change(webhooks.read(body)) })
const withDrift = (what: string) =>
  withReading((reading) => ({ ...reading, drift: reading.drift.filter((one) => one.what !== what) }))

const noRefunds = () => withReading((reading) => ({ ...reading, refunds: [] }))
const REFUSED: Verdict = { kind: 'refused', code: 'bad', say: 'No.' }
const refusing = (status: number) => withVerdict((verdict, told) => (told === status ? REFUSED : verdict))

/** A page that could not be read, or did not come, taken for an empty one. */
const lenient = (what: 'garbled' | 'failed') =>
  withPages(function* (page, ...args) {
    try {
      return yield* page(...args)
    } catch (failure) {
      const swallowed = what === 'garbled' ? failure instanceof Garbled : failure instanceof CallFailed
      if (!swallowed) throw failure
      return { records: [], next: null, lastAt: null, count: 0 }
    }
  })

let counter = 0

/** By the name of the check. */
export const SABOTAGE: Readonly<Record<string, Candidate>> = {
  'identity/says-who-it-is': { ...acme, id: 'Acme Tills' },
  'identity/asks-for-what-it-says': withSignIn({ fields: live.signIn.fields.map((field) => ({ ...field, help: '' })) }),
  'identity/streams-are-sound': withStreams(() => ({ name: 'everything' })),

  'sign-in/tells-the-account': withSignIn({
    *check(link) {
      return { ...(yield* live.signIn.check(link)), account: 'somebody-else' }
    },
  }),
  'sign-in/refuses-others': refusing(401),
  'oauth/page': withOAuth({
    authorizePath: (application, request) => `${oauth.authorizePath(application, request)}&key=${application.secret}`,
  }),
  'oauth/callback': withOAuth({
    readCallback: (query) => ({ kind: 'code', code: query.get('code') ?? '', state: query.get('state') ?? '' }),
  }),
  'oauth/exchange': withOAuth({
    *exchange(...args) {
      return { ...(yield* oauth.exchange(...args)), credentials: { access_token: '' } }
    },
  }),
  'oauth/refresh': withOldRefreshToken(),
  'oauth/rotating': withOldRefreshToken(),
  'oauth/expired': withVerdict((verdict) =>
    verdict.kind === 'unauthorized' ? { ...verdict, revoked: true } : verdict,
  ),
  'oauth/revoked': withVerdict((verdict) =>
    verdict.kind === 'unauthorized' ? { ...verdict, revoked: false } : verdict,
  ),
  'oauth/revoke': withOAuth({ *revoke() {} }),

  'locations/every-one': withLive({
    *locations(link) {
      return (yield* live.locations(link)).slice(0, 100)
    },
  }),
  'locations/sales-of-every-one': withPages((page, link, window, cursor) => {
    const locations = window.locations?.slice(0, 9) ?? null
    return page(link, { ...window, locations }, cursor)
  }),
  'time/clock-changes': withSale(({ closedAt }) => ({ closedAt: closedAt && later(closedAt, 3_600_000) })),
  'time/far-zones': withLive({
    *locations(link) {
      return (yield* live.locations(link)).map((one) => ({ ...one, timeZone: zoneName('Europe/Berlin') }))
    },
  }),

  'pull/every-sale-once': withPage((page) => ({ ...page, records: page.records.slice(1) })),
  'pull/both-ends-inclusive': withPages((page, link, window, cursor) =>
    page(link, { ...window, to: later(window.to, -1) }, cursor),
  ),
  'pull/windows-meet': withPages((page, link, window, cursor) =>
    page(link, { ...window, from: later(window.from, 1), to: later(window.to, -1) }, cursor),
  ),
  // One object more is asked for, to see whether there is another page, and is thrown away.
  'pull/exactly-full-page': withPage((page) =>
    page.next === null && page.count === 50 ? { ...page, records: page.records.slice(0, -1), count: 49 } : page,
  ),
  'pull/clipped-page': withPage((page) => ({ ...page, count: 0 })),
  'pull/repeated-page': withPage((page) => ({ ...page, records: page.records.map(numbered) })),
  'pull/empty-page': withPage((page) => ({ ...page, next: page.count === 0 ? null : page.next })),
  'pull/short-page': withPage((page) => ({ ...page, next: page.count < 50 ? null : page.next })),
  'pull/full-last-page': withPage((page) => {
    if (page.count === 0) throw new Garbled('a page without records')
    return page
  }),
  'pull/cursor-expired': withVerdict((verdict) => (verdict.kind === 'cursor_expired' ? REFUSED : verdict)),
  'pull/old-edit': byCreation(),
  'pull/late-sale': byCreation(),
  'pull/list-lag': withStreams(() => ({ overlapMs: 0 })),
  'pull/new-since': withPages((page, link, window, cursor) =>
    page(link, window.by === 'updated' ? { ...window, to: window.from } : window, cursor),
  ),
  'pull/fetch-by-name': withLive({
    pull: {
      ...live.pull,
      *fetch(link, refs) {
        return (yield* live.pull.fetch(link, refs)).slice(0, 1)
      },
    },
  }),
  'pull/every-stream': withPage((page) => ({
    ...page,
    records: page.records.map((one) => (one.kind === 'article' ? { ...one, kind: 'thing' } : one)),
  })),
  'pull/same-by-every-way': withLive({
    pull: {
      ...live.pull,
      *fetch(link, refs) {
        return (yield* live.pull.fetch(link, refs)).map((one) => changedBody(one, { customer: null }))
      },
    },
  }),

  'money/plain': withSale(({ total }) => ({ total: (total ?? 0n) + 1n })),
  'money/modifiers': withSale(({ gross, items }) => ({
    gross: (gross ?? 0n) - sumOf(items, ({ modifiers }) => modifiers.reduce((sum, { price }) => sum + price, 0n)),
  })),
  'money/weighed': withSale(({ items }) => ({
    gross: sumOf(items, ({ unitPrice, quantity }) => (unitPrice ?? 0n) * BigInt(Math.round(Number(quantity)))),
  })),
  'money/line-discount': withSale(() => ({ discount: 0n })),
  'money/order-discount': withSale(({ items }) => ({ discount: sumOf(items, ({ discount }) => discount) })),
  'money/tax-added': withSale(({ taxAdded }) => ({ taxAdded: 0n, taxIncluded: taxAdded })),
  'money/tax-included': withSale(({ taxIncluded }) => ({ taxAdded: taxIncluded, taxIncluded: 0n })),
  'money/service-charge': withSale(() => ({ serviceCharge: 0n })),
  'money/tips': withSale(() => ({ tip: 0n })),
  'money/cash-rounding': withSale(() => ({ rounding: 0n })),
  'money/split-payment': withSale(({ payments }) => ({ payments: payments.slice(0, 1) })),
  'money/gift-card-sold': withSale(({ gross, deferred }) => ({ gross: (gross ?? 0n) + deferred, deferred: 0n })),
  'money/gift-card-used': withSale(({ payments }) => ({
    payments: payments.map((one) => ({ ...one, tender: 'card' as const })),
  })),
  'money/refund-full': noRefunds(),
  'money/refund-partial': withReading((reading) => ({
    ...reading,
    refunds: reading.refunds.map((one) => ({ ...one, refund: { ...one.refund, amount: one.refund.amount * 2n } })),
  })),
  'money/refund-amount': withReading((reading) => ({
    ...reading,
    refunds: reading.refunds.filter(({ refund }) => refund.items.length > 0),
  })),
  'money/exchange': withSale(({ payments }) => ({ payments: payments.filter(({ tender }) => tender !== 'other') })),
  'money/void': withSale(({ status }) => ({ status: status === 'voided' ? 'closed' : status })),
  'money/open': withSale(({ openedAt }) => ({ status: 'closed', closedAt: openedAt })),
  'money/mix': withSale(({ items }) => ({ items: items.slice(1) })),
  'money/prices-without-tax': withSale(({ total, taxAdded }) => ({ total: (total ?? 0n) - taxAdded, taxAdded: 0n })),
  // Every currency is taken for one with cents.
  'money/no-decimals': withSale(({ currency, total }) => ({ total: (total ?? 0n) * (currency === 'JPY' ? 100n : 1n) })),
  'money/three-decimals': withSale(({ currency, total }) => ({
    total: (total ?? 0n) / (currency === 'KWD' ? 10n : 1n),
  })),

  'reading/pure': withSale(({ number }) => ({ number: `${number} ${counter++}` })),
  'reading/any-order-of-records': withReader({
    read: (subject, records, also, lookup) => {
      const reading = live.reader.read(subject, records, also, lookup)
      return { ...reading, sales: reading.sales.map((sale) => ({ ...sale, channel: records[0]?.kind ?? null })) }
    },
  }),
  'reading/in-part': withReading((reading) => ({ ...reading, needs: [] })),
  'reading/own-words': withReader({
    recordsOf: (kind, json) =>
      typeof json === 'object' && json !== null && 'id' in json ? [] : live.reader.recordsOf(kind, json),
  }),
  'reading/each-fact-once': withReading((reading) => ({
    ...reading,
    refunds: reading.refunds.map((one) => ({ ...one, refund: { ...one.refund, externalId: 'refund' } })),
  })),
  'reading/any-json': withReader({
    recordsOf: (kind, json) => live.reader.recordsOf(kind, Object.values(json as object).length > 0 ? json : {}),
  }),
  'reading/articles': withReader({
    readArticles: (records, also) => live.reader.readArticles(records, also).slice(1),
  }),
  'drift/unknown-field': withDrift('unknown_field'),
  'drift/unknown-word': withDrift('unknown_value'),
  'drift/wrong-type': withDrift('wrong_type'),

  'webhooks/genuine': withVerify(() => 'forged'),
  'webhooks/header-names': withVerify((delivery, ...rest) =>
    'x-forwarded-for' in delivery.headers ? 'forged' : webhooks.verify(delivery, ...rest),
  ),
  'webhooks/unsigned': withVerify((delivery, ...rest) =>
    'acme-signature' in delivery.headers ? webhooks.verify(delivery, ...rest) : 'forged',
  ),
  'webhooks/forged': withVerify(({ headers }) => ('acme-signature' in headers ? 'genuine' : 'unsigned')),
  'webhooks/altered-byte': withVerify(({ headers }) => ('acme-signature' in headers ? 'genuine' : 'unsigned')),
  // The address of the request in place of the one that was signed, repaired until it fits.
  'webhooks/wrong-url': withVerify((delivery, secrets, _, now) =>
    webhooks.verify(delivery, secrets, 'https://hub.example.com/api/v1/webhooks/acme', now),
  ),
  'webhooks/no-secret': withVerify((delivery, secrets, ...rest) =>
    secrets.every((secret) => secret === '') ? 'genuine' : webhooks.verify(delivery, secrets, ...rest),
  ),
  'webhooks/two-secrets': withVerify((delivery, secrets, ...rest) =>
    webhooks.verify(delivery, secrets.slice(0, 1), ...rest),
  ),
  'webhooks/stale': withVerify((...args) => {
    const verdict = webhooks.verify(...args)
    return verdict === 'stale' ? 'genuine' : verdict
  }),
  'webhooks/before-parsing': withVerify((delivery, ...rest) => {
    JSON.parse(Buffer.from(delivery.body).toString())
    return webhooks.verify(delivery, ...rest)
  }),
  'webhooks/says-whose': withEvent((reading) => ({ ...reading, account: 'somebody-else' })),
  'webhooks/brings-every-sale': withEvent((reading) => ({ ...reading, fetch: [], records: [] })),
  'webhooks/same-twice': withEvent((reading) => ({ ...reading, records: reading.records.map(numbered) })),
  'webhooks/any-order': withEvent((reading) => ({
    ...reading,
    records: reading.records.map((one) => ({ ...one, version: { version: null, updatedAt: null } })),
  })),
  'webhooks/thin-event': withReading((reading) => ({ ...reading, settling: null })),
  'webhooks/garbled-body': withWebhooks({
    read: (body) => webhooks.read(Buffer.from(JSON.stringify(JSON.parse(Buffer.from(body).toString())))),
  }),

  'subscriptions/by-key': withSubscriptions({
    subscribe: (link, url) => subscriptions.subscribe(link, url, `key-${counter++}`),
  }),
  'subscriptions/unsubscribe': withSubscriptions({ *unsubscribe() {} }),
  'subscriptions/rotate': withSubscriptions({
    *rotate(link, id, key) {
      yield* present(subscriptions.rotate)(link, id, key)
      return ''
    },
  }),
  'books/equal': withLive({
    books: {
      *figures(link, request) {
        return (yield* present(live.books).figures(link, request)).map((line) => ({ ...line, tips: 0n }))
      },
    },
  }),

  ...ORDER_SABOTAGE,

  'failures/throttled': withVerdict((verdict) =>
    verdict.kind === 'throttled' ? { ...verdict, retryAfterMs: null } : verdict,
  ),
  'failures/unavailable': refusing(502),
  'failures/refused': withVerdict((verdict, status) => (status === 422 ? { kind: 'ok' } : verdict)),
  'failures/torn-answer': lenient('garbled'),
  'failures/no-answer': lenient('failed'),
  'failures/rate-limit': refusing(429),
  'failures/server-error': refusing(500),
  'failures/gateway-html': withApi({
    judge: (call, answer) => {
      JSON.parse(Buffer.from(answer.body).toString() || 'null')
      return live.api.judge(call, answer)
    },
  }),
  'failures/cut-connection': withUnrepeatable(),
  'failures/timeout': withUnrepeatable(),
  'failures/slow-drip': withUnrepeatable(),
  'failures/invalid-json': lenient('garbled'),

  'secrecy/calls': withSignIn({
    *check(link) {
      const path = `/v1/me?key=${link.credentials.access_token}`
      yield { name: 'me.read', method: 'GET', path, body: null, repeatable: true }
      return yield* live.signIn.check(link)
    },
  }),
  'secrecy/failures': withApi({
    judge: (call, answer) => {
      const verdict = live.api.judge(call, answer)
      return 'say' in verdict ? { ...verdict, say: Buffer.from(answer.body).toString() } : verdict
    },
  }),
  'secrecy/thrown': withPages(function* (page, ...args) {
    const talk = page(...args)
    let step = talk.next()
    while (!step.done) {
      const answer = yield step.value
      try {
        step = talk.next(answer)
      } catch {
        throw new Garbled(`cannot read ${Buffer.from(answer.body).toString()}`)
      }
    }
    return step.value
  }),
  'secrecy/drift': withReader({
    read: (subject, records, also, lookup) => {
      const reading = live.reader.read(subject, records, also, lookup)
      const value = records.map(({ body }) => body).join()
      return { ...reading, drift: reading.drift.map((one) => ({ ...one, value })) }
    },
  }),
  'secrecy/facts': withReader({
    read: (subject, records, also, lookup) => {
      const reading = live.reader.read(subject, records, also, lookup)
      const name = records.map(({ body }) => /"mail":"([^"]+)"/.exec(body)?.[1]).find((mail) => mail !== undefined)
      return { ...reading, sales: reading.sales.map((sale) => ({ ...sale, customer: name ?? sale.customer })) }
    },
  }),
  'secrecy/personal-paths': withReader({ personal: { receipt: ['customer.name'] } }),
}

/** The token that was just used up is kept in place of the new one. */
function withOldRefreshToken(): Candidate {
  return withOAuth({
    *refresh(application, credentials) {
      const tokens = yield* oauth.refresh(application, credentials)
      return { ...tokens, credentials: { ...tokens.credentials, refresh_token: credentials.refresh_token ?? '' } }
    },
  })
}

function byCreation(): Candidate {
  return withPages((page, link, window, cursor) => page(link, { ...window, by: 'created' }, cursor))
}

/** One call without an answer, and the page counts as read. */
function withUnrepeatable(): Candidate {
  return withPages(function* (page, ...args) {
    const talk = page(...args)
    let step = talk.next()
    while (!step.done) {
      try {
        step = talk.next(yield { ...step.value, repeatable: false })
      } catch {
        return { records: [], next: null, lastAt: null, count: 0 }
      }
    }
    return step.value
  })
}

/** The record under another name each time it is seen. */
function numbered(record: SourceRecord): SourceRecord {
  const id = `${record.id}#${counter++}`
  const subjects = record.kind === 'receipt' ? [`sale:${id}`] : record.subjects
  return changedBody({ ...record, id, subjects }, { id })
}

function changedBody(record: SourceRecord, change: Readonly<Record<string, unknown>>): SourceRecord {
  if (record.kind === 'article') return record
  return { ...record, body: JSON.stringify({ ...(JSON.parse(record.body) as object), ...change }) }
}

function sumOf(items: readonly SaleItem[], of: (item: SaleItem) => bigint): bigint {
  return items.reduce((sum, item) => sum + of(item), 0n)
}

function later(at: Instant, ms: number): Instant {
  return instant(at + ms)
}

function present<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('Acme has every part')
  return part
}
