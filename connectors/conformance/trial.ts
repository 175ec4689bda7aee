import type { CatalogArticle } from '#canon/catalog.ts'
import { type Instant, instant } from '#kernel/instant.ts'
import type {
  DataType,
  Delivery,
  Live,
  Lookup,
  ProviderLocation,
  Reading,
  RecordRef,
  SourceRecord,
  Stream,
  WebhookReading,
} from '../contract.ts'
import { type Facts, type Keeper, keyOf, openKeeper } from './keeper.ts'
import { converse, type Line, openLine } from './line.ts'
import type { Candidate, CapturedDelivery, Provider, SellWish, Situation, Stage, Wishes } from './stage.ts'
import { lotsOf, walk } from './walk.ts'

// A hub small enough to hold in mind, for one check: it asks, is told, keeps and reads, and has no database. Whatever it
// finds wrong with facts is wrong with the connector or with its stage.

/** Wednesday noon: what a provider's clock shows when a check begins. */
export const NOON = instant(Date.parse('2026-05-20T12:00:00Z'))
export const SECOND = 1_000
export const HOUR = 3_600_000
export const DAY = 24 * HOUR

/** What a check is run with. */
export type Trial = {
  readonly connector: Candidate
  readonly live: Live
  readonly stage: Stage
  readonly seed: number
  /** Opens a provider that is closed when the check ends. */
  open(wishes?: Partial<Wishes>): Promise<Hub>
}

export type Hub = {
  readonly provider: Provider
  readonly line: Line
  readonly keeper: Keeper
  readonly live: Live
  /** Reads every location, as {@link Lookup} needs them. */
  locations(): Promise<readonly ProviderLocation[]>
  sell(wish: Partial<SellWish> & { readonly situation?: Situation | null }): Promise<SellWish>
  /** Sells so many of each from now on, lets most of an hour pass, and hands over what was delivered. */
  sellNow(count: number, situations: readonly (Situation | null)[]): Promise<readonly CapturedDelivery[]>
  /** Walks the past of every stream of these kinds of data, and reads what it brings. */
  pull(window: { readonly from: Instant; readonly to: Instant }, types?: readonly DataType[]): Promise<void>
  /** Reads what changed since the moment, as an incremental run would, with each stream's own overlap. */
  follow(since: Instant, types?: readonly DataType[]): Promise<void>
  receive(delivery: CapturedDelivery): Promise<WebhookReading>
  fetch(refs: readonly RecordRef[]): Promise<readonly SourceRecord[]>
  /** Reads what is due: records that readings need. */
  fill(): Promise<void>
  /** Waits, by the provider's clock, and looks again until nothing asks to be looked at, or patience ends. */
  settle(): Promise<void>
  /** One reading, apart from what is kept. */
  read(subject: string, own: readonly SourceRecord[], also: readonly SourceRecord[]): Reading
  articles(): readonly CatalogArticle[]
  facts(): Facts
}

const SETTLING_STEPS_MS = [2 * SECOND, 10 * SECOND, 60 * SECOND, 600 * SECOND, HOUR]
const ROUNDS_MAX = 20

export function openHub(live: Live, provider: Provider): Hub {
  const line = openLine(live, provider)
  const keeper = openKeeper(live.reader)
  const countries = new Map<string, string | null>()
  const catalogKinds = new Set<string>()
  let articles = new Map<string, CatalogArticle>()
  const lookup: Lookup = {
    article: (externalId) => articles.get(externalId) ?? null,
    country: (location) => countries.get(location) ?? null,
  }

  const hub: Hub = {
    provider,
    line,
    keeper,
    live,
    async locations() {
      const found = await converse(line, provider, (link) => live.locations(link))
      for (const { id, country } of found) countries.set(id, country)
      return found
    },
    async sell(wish) {
      const now = provider.now()
      const [place] = provider.places
      const whole = {
        place: place?.id ?? '',
        count: 1,
        from: ago(now, 2 * HOUR),
        to: now,
        situation: null,
        seed: 1,
        ...wish,
      }
      await provider.sell(whole)
      return whole
    },
    async sellNow(count, situations) {
      const from = provider.now()
      for (const [nth, situation] of situations.entries()) {
        await hub.sell({ count, situation, from, to: instant(from + 20 * SECOND), seed: nth + 1 })
      }
      await provider.advance(50 * 60 * SECOND)
      const deliveries = await provider.deliveries()
      if (deliveries.length === 0) throw new Error('the stage sold and delivered nothing')
      return deliveries
    },
    async pull({ from, to }, types = ['catalog', 'sales']) {
      await hub.locations()
      for (const stream of streamsOf(live, types)) await readStream(stream, stream.backfillBy, from, to)
    },
    async follow(since, types = ['catalog', 'sales']) {
      if (countries.size === 0) await hub.locations()
      for (const stream of streamsOf(live, types)) {
        await readStream(stream, 'updated', ago(since, stream.overlapMs), provider.now())
      }
    },
    async receive(delivery) {
      const reading = live.webhooks?.read(delivery.body, provider.now())
      if (reading === undefined) throw new Error('a connector without webhooks is told nothing')
      keeper.keep(reading.records, ago(provider.now(), 60 * SECOND))
      const askedAt = provider.now()
      if (reading.fetch.length > 0) keeper.keep(await hub.fetch(reading.fetch), askedAt)
      await hub.fill()
      return reading
    },
    async fetch(refs) {
      const records: SourceRecord[] = []
      for (const lot of lotsByKind(live, refs)) {
        records.push(...(await converse(line, provider, (link) => live.pull.fetch(link, lot))))
      }
      return records
    },
    async fill() {
      for (let rounds = 0; rounds < ROUNDS_MAX; rounds++) {
        keeper.read(lookup)
        const wanted = keeper.wanted()
        if (wanted.length === 0) return
        const askedAt = provider.now()
        keeper.keep(await hub.fetch(wanted), askedAt)
      }
      throw new Error(`readings still need other records after ${ROUNDS_MAX} rounds of fetching them`)
    },
    async settle() {
      await hub.fill()
      for (const step of SETTLING_STEPS_MS) {
        const again = keeper.unsettled().flatMap((settling) => settling.again)
        if (again.length === 0) return
        await provider.advance(step)
        const askedAt = provider.now()
        keeper.keep(await hub.fetch([...new Map(again.map((ref) => [keyOf(ref), ref])).values()]), askedAt)
        await hub.fill()
      }
    },
    read: (subject, own, also) => live.reader.read(subject, own, also, lookup),
    articles: () => [...articles.values()],
    facts: () => keeper.facts(),
  }

  const readStream = async (stream: Stream, by: Stream['backfillBy'], from: Instant, to: Instant) => {
    for (const locations of lotsOf(stream, [...countries.keys()])) {
      for await (const page of walk(line, provider, stream, { by, from, to, locations })) {
        keeper.keep(page.records, page.askedAt)
        if (stream.dataType === 'catalog') for (const { kind } of page.records) catalogKinds.add(kind)
      }
    }
    if (stream.dataType === 'catalog') {
      const known = keeper.records().filter(({ kind }) => catalogKinds.has(kind))
      articles = new Map(live.reader.readArticles(known, []).map((article) => [article.externalId, article]))
    }
    await hub.fill()
  }
  return hub
}

/** Catalogue first: lines of sales are read with it. */
function streamsOf(live: Live, types: readonly DataType[]): readonly Stream[] {
  return types.flatMap((type) => live.pull.streams.filter(({ dataType }) => dataType === type))
}

function lotsByKind(live: Live, refs: readonly RecordRef[]): readonly (readonly RecordRef[])[] {
  const lots: RecordRef[][] = []
  for (const kind of new Set(refs.map((ref) => ref.kind))) {
    const most = live.pull.fetchMax(kind)
    const ofKind = refs.filter((ref) => ref.kind === kind)
    for (let at = 0; at < ofKind.length; at += most) lots.push(ofKind.slice(at, at + most))
  }
  return lots
}

export function ago(at: Instant, ms: number): Instant {
  return instant(at - ms)
}

/** The delivery as the hub hands it to a connector: header names in lower case. */
export function asDelivered(captured: CapturedDelivery): Delivery {
  const headers = Object.entries(captured.headers).map(([name, value]) => [name.toLowerCase(), value])
  const { body, query } = captured
  return { headers: Object.fromEntries(headers), body, ...(query === undefined ? {} : { query }) }
}
