import type { CatalogArticle } from '#canon/catalog.ts'
import type { FulfilmentKind, Order, OrderProgress } from '#canon/order.ts'
import type { Refund, Sale } from '#canon/sale.ts'
import type { CurrencyCode } from '#kernel/currency.ts'
import type { Instant, LocalDate } from '#kernel/instant.ts'
import type { Minor } from '#kernel/money.ts'
import type { Files } from './contract-files.ts'

// What a connector is. A part that is present is a promise: the conformance kit tests every part it finds.
// A connector turns one system's words into canon. It never stores anything, never asks the machine for the time, and
// never calls anybody: where something must be asked of the provider, it says which call to make and judges the answer.
// Sending, waiting, repeating, refreshing a token and keeping within a budget are the hub's.

/** The systems that a connection may name, as they stand on the wire. */
export type PosSystem =
  | 'square'
  | 'shopify'
  | 'toast'
  | 'clover'
  | 'lightspeed-x'
  | 'lightspeed-r'
  | 'lightspeed-k'
  | 'zoho-inventory'
  | 'dine-pos'
  | 'generic-rest'
  | 'spreadsheet'

export type Connector = {
  /** The system it serves; also the name of its address and of its folder's line in the registry. */
  readonly id: PosSystem
  /** For people: `Spreadsheet (CSV, Excel)`. */
  readonly name: string
  /** Sales that arrive as tables in files. */
  readonly files?: Files
  /** Sales that are read from the system itself. */
  readonly live?: Live
}

/** A system that is asked, and that may tell by itself. */
export type Live = {
  readonly api: Api
  readonly signIn: SignIn
  /** The account's places of sale, those no longer in use too. */
  locations(link: Link): Talk<readonly ProviderLocation[]>
  readonly pull: Pull
  readonly reader: Reader
  readonly webhooks?: Webhooks
  readonly books?: Books
  readonly orders?: Orders
}

export type Environment = 'production' | 'sandbox'

// ── Talking ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * A conversation with the provider, one call at a time: it yields a call, is handed its answer, and returns what it was
 * for. It is handed answers that `Api.judge` calls `ok`; for every other one a `CallFailed` is thrown into it at the
 * `yield`, which it may catch where it knows better. It may be begun anew at any time, so it changes nothing but at the
 * provider, and there only by calls that say so.
 */
export type Talk<T> = Generator<ProviderCall, T, ProviderAnswer>

export type ProviderCall = {
  /** For logs, metrics and budgets, such as `orders.search`. */
  readonly name: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Path and query below the host, beginning with `/`. No secret and no personal data in it. */
  readonly path: string
  /** What `Api.headers` does not say already. */
  readonly headers?: Readonly<Record<string, string>>
  /** JSON text; null for none. */
  readonly body: string | null
  /** Whether sending it twice does no more than sending it once: then it is repeated when nobody knows how it ended. */
  readonly repeatable: boolean
  /** Sent without the connection's sign-in: the call brings its own, or needs none. */
  readonly unsigned?: boolean
  /**
   * Where a merchant has more addresses than one: scheme, host and perhaps a path that this call goes to, in place of
   * `Api.baseUrlOf`. Named in his credentials; a setting of the hub wins over it too.
   */
  readonly baseUrl?: string
  /** It changes something at the provider: when nobody knows how it ended, it may have happened. Left out: it reads. */
  readonly writes?: boolean
}

export type ProviderAnswer = {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  readonly receivedAt: Instant
}

/** What an answer means before anybody reads its body as data. */
export type Verdict =
  | { readonly kind: 'ok' }
  /** Too many calls. A delay, never a failure. */
  | { readonly kind: 'throttled'; readonly retryAfterMs: number | null }
  /** The provider is not well, or a gateway in front of it; another try may help. */
  | { readonly kind: 'unavailable'; readonly code: string; readonly retryAfterMs: number | null }
  /** The sign-in is not accepted. `revoked`: no refresh will help. */
  | { readonly kind: 'unauthorized'; readonly code: string; readonly revoked: boolean }
  /** The sign-in is accepted and may not do this. */
  | { readonly kind: 'forbidden'; readonly code: string; readonly say: string }
  | { readonly kind: 'missing'; readonly code: string }
  /** A page's cursor is no longer known: the window begins anew. */
  | { readonly kind: 'cursor_expired'; readonly code: string }
  /** Somebody else changed it meanwhile: read again. */
  | { readonly kind: 'conflict'; readonly code: string }
  /** The call is wrong as it stands; repeating it will not help. `say` quotes the provider without personal data. */
  | { readonly kind: 'refused'; readonly code: string; readonly say: string }
  /** It says that it went well and its body is not what the provider's own description promises. */
  | { readonly kind: 'garbled'; readonly code: string }

/** Thrown into a talk, and out of it, for an answer that is not `ok`, or for none at all. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed'
  readonly call: string
  readonly verdict: Exclude<Verdict, { kind: 'ok' }> | { readonly kind: 'unreachable'; readonly code: string }
  /** Nothing of the call left this machine: it has certainly done nothing. */
  readonly neverSent: boolean

  constructor(call: string, verdict: CallFailed['verdict'], neverSent = false) {
    super(`${call}: ${verdict.kind}${'code' in verdict ? ` ${verdict.code}` : ''}`)
    this.call = call
    this.verdict = verdict
    this.neverSent = neverSent
  }
}

/** Thrown by whoever reads an `ok` answer whose body does not hold what it must. The hub treats it as `garbled`. */
export class Garbled extends Error {
  override readonly name = 'Garbled'
}

/** Named secrets of one connection, as `SignIn.fields` names them. */
export type Credentials = Readonly<Record<string, string>>

/** What a call is made with. */
export type Link = {
  readonly environment: Environment
  readonly credentials: Credentials
  /** The provider's id of the account; null before it is known. */
  readonly account: string | null
  /** The program that the provider knows us as; null where the merchant brought a token of his own. */
  readonly application: Application | null
}

export type Application = {
  readonly id: string
  readonly secret: string | null
  /** Credentials of the application itself, for what no merchant's sign-in may do. */
  readonly credentials: Credentials
}

export type Api = {
  /** Scheme and host of each environment, without a slash at the end. A setting may put another in its place. */
  readonly hosts: Readonly<Record<Environment, string>>
  /**
   * Where each merchant has an address of his own, named in his credentials: scheme, host and perhaps a path, without a
   * slash at the end. Left out, or null: `hosts`.
   */
  baseUrlOf?(credentials: Credentials): string | null
  /** The version every call asks for, and the day it ends where that was announced. */
  readonly version: string
  readonly sunset: LocalDate | null
  readonly pace: Pace
  /** Headers of every call, the sign-in among them unless the call is `unsigned`. */
  headers(link: Link, call: ProviderCall): Readonly<Record<string, string>>
  /**
   * The body with the sign-in in it, for providers that want it there. Put in at the moment of sending, so that a call
   * which is kept or shown holds no secret. Left out: the call's own body is sent.
   */
  body?(link: Link, call: ProviderCall): string | null
  judge(call: ProviderCall, answer: ProviderAnswer): Verdict
}

export type Pace = {
  /** Where the provider publishes no figure: what to begin with. The hub learns the rest from its answers. */
  readonly requestsPerSecond: number
  /** Calls at once with one sign-in. */
  readonly concurrent: number
  /** How long an answer may take. */
  readonly timeoutMs: number
  /** What an answer's headers tell of the budget; null when they tell nothing. */
  learn(answer: ProviderAnswer): PaceHint | null
}

export type PaceHint = {
  /** Calls a second that the provider grants, where it says so. */
  readonly requestsPerSecond: number | null
  readonly remaining: number | null
  /** When `remaining` is full again. */
  readonly resetAt: Instant | null
}

// ── Signing in ──────────────────────────────────────────────────────────────────────────────────────────────────────

export type SignIn = {
  /** What a person types to connect without OAuth; the keys of `credentials` in a configuration. */
  readonly fields: readonly CredentialField[]
  /**
   * Asks the provider whom the credentials are of and what they may do. Throws `CallFailed` when they are not accepted.
   */
  check(link: Link): Talk<SignInCheck>
  readonly oauth?: OAuth
  /** The environment that credentials are plainly of, by their looks; null when they do not show it. */
  environmentOf(credentials: Credentials): Environment | null
  /** What is wrong with what was typed, before anybody is asked; left out, or none: nothing that shows. */
  problems?(credentials: Credentials): readonly CredentialProblem[]
}

/** `field` is a name of `fields`; `say` a sentence that repeats nothing secret. */
export type CredentialProblem = { readonly field: string; readonly say: string }

export type CredentialField = {
  readonly name: string
  readonly label: string
  readonly secret: boolean
  readonly required: boolean
  /** Where a merchant finds it: a sentence. */
  readonly help: string
}

export type SignInCheck = {
  readonly account: string
  readonly accountName: string | null
  readonly expiresAt: Instant | null
  /** Null when the provider does not tell. */
  readonly granted: readonly string[] | null
  /** What is not granted and is needed, each with what will not work: sentences for the merchant. */
  readonly missing: readonly MissingPermission[]
}

export type MissingPermission = {
  readonly permission: string
  readonly blocks: readonly DataType[]
  readonly say: string
}

export type DataType = 'sales' | 'catalog' | 'inventory' | 'customers'

export type OAuth = {
  readonly scopes: readonly string[]
  readonly pkce: 'required' | 'optional' | 'none'
  /** How often tokens are renewed however long they live; null: by their expiry alone. */
  readonly refreshEveryMs: number | null
  /** Path and query below the host of the page where the merchant agrees. */
  authorizePath(application: Application, request: AuthorizationRequest): string
  /** What the provider's redirect back says. */
  readCallback(query: URLSearchParams): OAuthCallback
  exchange(application: Application, grant: AuthorizationGrant): Talk<Tokens>
  refresh(application: Application, credentials: Credentials): Talk<Tokens>
  /** Ends the sign-in at the provider. */
  revoke(application: Application, link: Link): Talk<void>
}

export type AuthorizationRequest = {
  readonly redirectUri: string
  readonly state: string
  /** SHA-256, base64url; null without PKCE. */
  readonly codeChallenge: string | null
  readonly environment: Environment
}

export type OAuthCallback =
  | { readonly kind: 'code'; readonly code: string; readonly state: string }
  | { readonly kind: 'denied'; readonly state: string | null; readonly say: string }

export type AuthorizationGrant = {
  readonly code: string
  readonly redirectUri: string
  readonly codeVerifier: string | null
}

export type Tokens = {
  readonly credentials: Credentials
  readonly account: string | null
  readonly expiresAt: Instant | null
  /** When the means to refresh itself ends; null: it does not. */
  readonly refreshExpiresAt: Instant | null
}

export type ProviderLocation = {
  readonly id: string
  readonly name: string
  readonly active: boolean
  readonly currency: CurrencyCode | null
  /** IANA name as the provider writes it; null where it does not say. */
  readonly timeZone: string | null
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null
}

// ── Records: what the provider said, kept as it said it ─────────────────────────────────────────────────────────────

/** One object of the provider, by kind and id: `order`, `payment`. */
export type RecordRef = { readonly kind: string; readonly id: string }

export type SourceRecord = RecordRef & {
  /** The object as JSON text. */
  readonly body: string
  readonly version: SourceVersion
  readonly location: string | null
  /**
   * The facts that this record has a part in, named by the connector, such as `sale:<order id>`: all records of a
   * subject are read together, and anew whenever one of them changes. Empty: no sale hangs on it (an article).
   */
  readonly subjects: readonly string[]
  /** Gone at the provider; `body` is what was last said of it, or `{}`. */
  readonly deleted: boolean
}

/** When a record was true at its source, for choosing the newest: a rising version where the source has one, else a time. */
export type SourceVersion = { readonly version: bigint | null; readonly updatedAt: Instant | null }

export type Reader = {
  /** The records inside a JSON value of a kind, as a page, a webhook or a file has it. Throws `Garbled`. */
  recordsOf(kind: string, value: unknown): readonly SourceRecord[]
  /** The kinds that `recordsOf` knows, those first that a person would want explained. */
  readonly kinds: readonly string[]
  /**
   * All that the records of a subject say, in our words. Pure. `records` are the newest of each, in no order; `also`
   * are records asked for by an earlier reading's `needs`.
   */
  read(subject: string, records: readonly SourceRecord[], also: readonly SourceRecord[], lookup: Lookup): Reading
  /** The articles that records of a catalogue describe. `records` may need one another: all that are known are given. */
  readArticles(records: readonly SourceRecord[], also: readonly SourceRecord[]): readonly CatalogArticle[]
  /** Paths of personal data in the records of a kind, such as `buyer_email_address`, `recipient.*.phone`. */
  readonly personal: Readonly<Record<string, readonly string[]>>
}

export type Lookup = { article(externalId: string): CatalogArticle | null; country(location: string): string | null }

export type Reading = {
  readonly sales: readonly Sale[]
  readonly refunds: readonly ReadRefund[]
  /** Newest change among the records that were read. */
  readonly updatedAt: Instant | null
  /** Null: final, as far as can be told. Else when and why to look again. */
  readonly settling: Settling | null
  /** Records that are not among those given and without which the reading is not whole. They are fetched. */
  readonly needs: readonly RecordRef[]
  readonly drift: readonly Drift[]
  /** How far the POS is with orders that were put into it; left out: nothing here tells of any. */
  readonly orders?: readonly OrderReport[]
}

export type ReadRefund = {
  readonly refund: Refund
  readonly saleExternalId: string | null
  readonly location: string | null
  readonly currency: CurrencyCode
}

/** `open`: the till has not closed it. The others: it is closed and the provider has not told everything yet. */
export type Settling = {
  readonly reason: 'open' | 'lines_missing' | 'payment_missing' | 'unpaid' | 'refund_pending'
  /** What to read again, by name. */
  readonly again: readonly RecordRef[]
}

/** A record that does not look as the connector knows it. `wrong_type` keeps the record out of the books until mended. */
export type Drift = {
  readonly what: 'unknown_field' | 'unknown_value' | 'wrong_type'
  /** `order.line_items[].item_type`; never a value that may be personal. */
  readonly path: string
  /** The unknown word of an enumeration; null for the others. */
  readonly value: string | null
}

// ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export type Pull = {
  /**
   * What the readings of later ones need comes first, such as payments before the orders they pay. A period's streams are
   * read side by side and what they say of one sale is kept together; where they must part, the earlier ones go first.
   */
  readonly streams: readonly Stream[]
  /** Reads records by name. Unknown ones are left out. */
  fetch(link: Link, refs: readonly RecordRef[]): Talk<readonly SourceRecord[]>
  /** Most records of a kind that one call of `fetch` can ask for. */
  fetchMax(kind: string): number
}

export type Stream = {
  /** `orders`. */
  readonly name: string
  readonly dataType: DataType
  /** Most locations that one window may speak of; null: it speaks of the whole account and of no location. */
  readonly locationsMax: number | null
  /** By which time the past is walked through; what changes is always followed by `updated`. */
  readonly backfillBy: 'created' | 'updated' | 'whole'
  /** How far a window reaches back before the watermark. */
  readonly overlapMs: number
  /** How late a fact may still appear under an old time: so much is read again every night. */
  readonly lateMs: number
  /** How far back the provider shows anything; null: no limit is known. */
  readonly horizonMs: number | null
  readonly pageSizeMax: number
  /** Pages rise by the window's `by` where they say a `lastAt`: a walk that lost its cursor goes on from there. */
  page(link: Link, window: PullWindow, cursor: string | null): Talk<Page>
}

/** Both ends inclusive: a record at an end may be told twice, never left out. */
export type PullWindow = {
  readonly by: 'created' | 'updated' | 'whole'
  readonly from: Instant
  readonly to: Instant
  /** Null where the stream speaks of the whole account. */
  readonly locations: readonly string[] | null
}

export type Page = {
  readonly records: readonly SourceRecord[]
  readonly next: string | null
  /**
   * The time of the last object of this page by the window's `by`; null when there is none. A page that is as full as it
   * may be and has no `next` is not believed to be the end: the hub asks again from here. Null also where the pages do
   * not rise by a time: then such a page is the end, and the connector answers for that.
   */
  readonly lastAt: Instant | null
  /** Objects on the page as the provider counts them for its limit. */
  readonly count: number
}

// ── Being told ──────────────────────────────────────────────────────────────────────────────────────────────────────

export type Webhooks = {
  /** Pure, and before anything is parsed. `secrets` are all that are valid now: more than one while they turn. */
  verify(delivery: Delivery, secrets: readonly string[], url: string, now: Instant): Verification
  /** What a genuine delivery says. Throws `Garbled`. `receivedAt` stands for the time of what tells none. */
  read(body: Uint8Array, receivedAt?: Instant): WebhookReading
  readonly subscriptions?: Subscriptions
  /**
   * `ours`: the hub makes a secret for each connection and shows it to the merchant, who types it in at the provider.
   * Left out: the provider makes it.
   */
  readonly secretBy?: 'ours'
  /**
   * Where the POS may tell how far it is with one order, for those that cannot sign: the address with a word in its
   * query that `verify` knows, made of the secret and of no use for anything else. `order.id` is its reference.
   */
  callbackUrl?(url: string, secret: string, order: { readonly id: string }): string
  /** Whether a word on what can be sold is one on this article; left out: ids that are told are those of articles. */
  concerns?(externalId: string, article: CatalogArticle): boolean
  /** Further addresses of the same kind that a person types in at the system, each with what it is for: a sentence. */
  standingUrls?(url: string, secret: string): readonly { readonly url: string; readonly say: string }[]
}

export type Delivery = {
  /** What followed the `?` of the address; left out: nothing did. */
  readonly query?: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

export type Verification = 'genuine' | 'forged' | 'unsigned' | 'stale'

export type WebhookReading = {
  /** The provider's id of the event, the same at every repeat; null: the hub goes by the content. */
  readonly eventId: string | null
  readonly type: string
  /** The provider's id of the account it speaks of; null where the address says it. */
  readonly account: string | null
  readonly occurredAt: Instant | null
  /** Whole objects that came along. */
  readonly records: readonly SourceRecord[]
  /** Objects that it speaks of and does not bring, or not whole: they are fetched. */
  readonly fetch: readonly RecordRef[]
  readonly signal: 'revoked' | 'locations' | 'catalog' | 'inventory' | null
  /** Why nothing of it is of interest to us; null when something is. */
  readonly ignored: string | null
  /** What is sold out, or is there again; left out: it tells of none. */
  readonly availability?: readonly ItemAvailability[]
}

/** Whether an article can be sold at a place. */
export type ItemAvailability = {
  /** An article's, or whatever the POS names here; which articles that means, `Webhooks.concerns` says. */
  readonly externalId: string
  /** Null: at every place of the account. */
  readonly location: string | null
  readonly available: boolean
  /** When it was true. */
  readonly at: Instant | null
  /** When it is expected to change by itself; null: unknown. */
  readonly until: Instant | null
}

export type Subscriptions = {
  /** Whose sign-in manages them: the merchant's own, or only that of the application. */
  readonly by: 'connection' | 'application'
  readonly events: readonly string[]
  list(link: Link): Talk<readonly Subscription[]>
  /** `key` makes a repeat the same subscription. */
  subscribe(link: Link, url: string, key: string): Talk<Subscription>
  unsubscribe(link: Link, id: string): Talk<void>
  /** A new secret; the old one may still be used for a while. */
  rotate?(link: Link, id: string, key: string): Talk<string>
}

export type Subscription = {
  readonly id: string
  readonly url: string
  readonly enabled: boolean
  readonly events: readonly string[]
  /** Null where the provider shows it only once. */
  readonly secret: string | null
}

// ── The provider's own figures ──────────────────────────────────────────────────────────────────────────────────────

export type Books = {
  /** What the provider itself counts for a place from `from` until before `to`. */
  figures(link: Link, request: BooksRequest): Talk<readonly BookFigures[]>
}

export type BooksRequest = { readonly location: string; readonly from: Instant; readonly to: Instant }

/** Money taken and given back in one currency, minor units. */
export type BookFigures = {
  readonly currency: CurrencyCode
  readonly payments: number
  /** Tips inside. */
  readonly paid: bigint
  readonly tips: bigint
  readonly refunds: number
  readonly refunded: bigint
}

// ── Putting orders in ───────────────────────────────────────────────────────────────────────────────────────────────

/**
 * Orders that were placed elsewhere, put into the POS. A connector says how; when, how often, and what to do when nobody
 * knows how a try ended are the hub's: it keeps each call before its first byte leaves.
 */
export type Orders = {
  readonly assurance: OrderAssurance
  /** Where it depends on how a connection was set up: then this holds, and not `assurance`. */
  assuranceOf?(link: Link): OrderAssurance
  readonly fulfilments: readonly FulfilmentKind[]
  /** What becomes of an item that stands for none of the POS's own: it goes by its name, or the order is refused. */
  readonly unmapped: 'by_name' | 'refused'
  /** What a merchant must know before he switches it on, such as a fee: sentences. */
  readonly notices: readonly string[]
  /**
   * Everything that would be sent, and what stands against it. Pure. A `problem` is final: the order is wrong for this
   * POS as it stands. A `warning` is not: something is shortened, or goes by another way.
   */
  prepare(order: OutgoingOrder, link: Link): PreparedOrder
  /**
   * Puts the order in. May be begun anew with the same `key`; then it goes on where it stopped, where the provider knows
   * the key. Its calls that change something say `writes`.
   */
  push(link: Link, order: OutgoingOrder): Talk<PushedOrder>
  /** The provider's orders that may be this one, best first. Reads only. */
  find?(link: Link, order: OutgoingOrder, sent: SentBetween): Talk<readonly FoundOrder[]>
  /** How far the POS is with it; null where it knows no such order. Reads only. */
  report?(link: Link, externalId: string, order: OutgoingOrder): Talk<OrderReport | null>
  /**
   * What is kept of an order that is there by another word than the answer to `push`: a person's, or a callback's. Of a
   * system that shows no order again, so that its sale stands nevertheless. Pure.
   */
  recordsOf?(order: OutgoingOrder, externalId: string, link: Link): readonly SourceRecord[]
  /** Takes it back. Throws `CallFailed` with `refused` where the POS no longer allows it. */
  cancel?(link: Link, externalId: string, order: OutgoingOrder, reason: string): Talk<void>
  /** Changes note, promised time and the like of an order that is in the POS; what cannot be changed is `refused`. */
  amend?(link: Link, externalId: string, order: OutgoingOrder): Talk<PushedOrder>
  /** The POS's articles and modifiers, all of them, where nothing is pulled: what is missing is not sold any more. */
  menu?(link: Link): Talk<readonly CatalogArticle[]>
}

/** What makes a try safe to repeat. */
export type OrderAssurance = {
  /** The provider takes a key and makes one order of it, for as long as that; null: it takes none. */
  readonly keyLifeMs: number | null
  /**
   * How `find` knows an order again. `reference`: it holds our own. `fingerprint`: by place, total, lines and time, which
   * may fit more than one. Null: it cannot be looked for.
   */
  readonly findBy: 'reference' | 'fingerprint' | null
  /** How long after a try its order may still appear: only then is not found absent. */
  readonly settleMs: number
}

export type OutgoingOrder = {
  /** Without what the merchant does not want told: phone, e-mail and address where they are not needed. */
  readonly order: Order
  /** The provider's id of the place that it is for. */
  readonly location: string
  /** The same at every try of this order, and of no other: 36 characters. */
  readonly key: string
  /** Our word for the order that travels with it, and by which it is found again: at most 40 characters. */
  readonly reference: string
  /** What items and modifiers stand for in the POS, by the channel's id. */
  readonly articles: ReadonlyMap<string, PosArticle>
  /** Where the POS may tell how far it is; null where it cannot reach us. */
  readonly callbackUrl: string | null
  /** Zone of the place, IANA. */
  readonly timeZone: string
}

export type PosArticle = {
  readonly externalId: string
  readonly parentExternalId: string | null
  readonly name: string
  readonly price: Minor | null
}

export type PreparedOrder = {
  /** The calls as they would be made as far as that is known before the first answer; no sign-in in them. */
  readonly calls: readonly ProviderCall[]
  readonly problems: readonly OrderRemark[]
  readonly warnings: readonly OrderRemark[]
}

export type OrderRemark = {
  /** Stable: `orders.unmapped-item`. */
  readonly code: string
  /** JSON pointer into the order as it was given to us, such as `/items/2/note`. */
  readonly pointer: string
  readonly say: string
}

export type PushedOrder = {
  /** The provider's id of the order. */
  readonly externalId: string
  /** What a person at the POS sees: a ticket's number; null where it says none. */
  readonly number: string | null
  readonly progress: OrderProgress
  /** What the POS says that the order costs; null where it says nothing. */
  readonly total: Minor | null
  /** What is now known to be there, to be read as a sale when the time comes. */
  readonly records: readonly SourceRecord[]
}

/** Between the first try and the last one that may have arrived. */
export type SentBetween = { readonly first: Instant; readonly last: Instant }

export type FoundOrder = {
  /** `certain`: it holds our key or reference. `likely`: place, total, lines and time fit. */
  readonly match: 'certain' | 'likely'
  /** It stands whole: nothing is left to do, such as paying for it. */
  readonly whole: boolean
  readonly pushed: PushedOrder
  readonly createdAt: Instant | null
  /** For a person who must decide: number, time, total and lines as the POS shows them; no personal data. */
  readonly shows: readonly string[]
}

export type OrderReport = {
  readonly externalId: string
  /** Our reference, where the POS tells it. */
  readonly reference: string | null
  readonly progress: OrderProgress
  readonly at: Instant | null
  /** Why it was cancelled, as far as the POS says. */
  readonly reason: string | null
  /** When it will be ready; null: unknown. */
  readonly readyAt: Instant | null
}
