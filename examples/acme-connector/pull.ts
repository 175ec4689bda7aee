import type {
  BookFigures,
  BooksRequest,
  Link,
  Page,
  ProviderAnswer,
  ProviderCall,
  ProviderLocation,
  Pull,
  PullWindow,
  RecordRef,
  SourceRecord,
  Stream,
  Talk,
} from '../../connectors/contract.ts'
import { Garbled } from '../../connectors/contract.ts'
import { currencyCode, isCurrencyCode } from '../../src/kernel/currency.ts'
import { type Instant, instantText } from '../../src/kernel/instant.ts'
import { findTextOf, type Json, listOf, momentOf, objectOf, textOf, wholeOf } from './api.ts'
import { recordsOf } from './read.ts'

// Receipts are asked for by at most ten places, refunds and articles for the whole account. All lists go by time, oldest
// first, with both ends inside, fifty to a page.

const MINUTE = 60_000
const PAGE = 50
const OFTEN = { overlapMs: 10 * MINUTE, lateMs: 96 * 60 * MINUTE, horizonMs: null, pageSizeMax: PAGE } as const

const receipts: Stream = {
  ...OFTEN,
  name: 'receipts',
  dataType: 'sales',
  locationsMax: 10,
  backfillBy: 'created',
  page: (_, window, cursor) => page('receipts', 'receipt', window, cursor),
}

const refunds: Stream = {
  ...OFTEN,
  name: 'refunds',
  dataType: 'sales',
  locationsMax: null,
  backfillBy: 'created',
  page: (_, window, cursor) => page('refunds', 'refund', window, cursor),
}

const articles: Stream = {
  ...OFTEN,
  name: 'articles',
  dataType: 'catalog',
  locationsMax: null,
  backfillBy: 'whole',
  page: (_, window, cursor) => page('articles', 'article', window, cursor),
}

export const pull: Pull = { streams: [receipts, refunds, articles], fetch, fetchMax: () => 20 }

const LISTS: Readonly<Record<string, string>> = { receipt: 'receipts', refund: 'refunds', article: 'articles' }

function* page(list: string, kind: string, window: PullWindow, cursor: string | null): Talk<Page> {
  const query = new URLSearchParams({ limit: String(PAGE) })
  if (window.by !== 'whole') {
    query.set('by', window.by === 'created' ? 'created' : 'changed')
    query.set('from', instantText(window.from))
    query.set('to', instantText(window.to))
  }
  if (window.locations !== null) query.set('places', window.locations.join(','))
  if (cursor !== null) query.set('cursor', cursor)
  const told = objectOf((yield asked(`${list}.list`, `/v1/${list}?${query}`)).body)
  const objects = listOf(told, list)
  const last = objects.at(-1)
  return {
    records: recordsOf(kind, told),
    next: findTextOf(told, 'next'),
    lastAt: last === undefined ? null : timeOf(last, window.by),
    count: objects.length,
  }
}

function timeOf(object: Json, by: PullWindow['by']): Instant {
  return momentOf(object, by === 'created' ? 'created' : 'changed')
}

function* fetch(_: Link, refs: readonly RecordRef[]): Talk<readonly SourceRecord[]> {
  const found: SourceRecord[] = []
  for (const [kind, list] of Object.entries(LISTS)) {
    const ids = refs.filter((ref) => ref.kind === kind).map(({ id }) => id)
    if (ids.length === 0) continue
    const body = JSON.stringify({ ids })
    const call = { name: `${list}.lookup`, method: 'POST', path: `/v1/${list}/lookup`, body, repeatable: true } as const
    found.push(...recordsOf(kind, objectOf((yield call).body)))
  }
  return found
}

export function* locations(_: Link): Talk<readonly ProviderLocation[]> {
  const found: ProviderLocation[] = []
  let cursor: string | null = null
  do {
    const path: string = `/v1/places${cursor === null ? '' : `?cursor=${encodeURIComponent(cursor)}`}`
    const answer: ProviderAnswer = yield asked('places.list', path)
    const told = objectOf(answer.body)
    found.push(...listOf(told, 'places').map(placeOf))
    cursor = findTextOf(told, 'next')
  } while (cursor !== null)
  return found
}

function placeOf(place: Json): ProviderLocation {
  const currency = textOf(place, 'currency')
  return {
    id: textOf(place, 'id'),
    name: textOf(place, 'name'),
    active: place.closed !== true,
    currency: isCurrencyCode(currency) ? currency : null,
    timeZone: findTextOf(place, 'zone'),
    country: findTextOf(place, 'country'),
  }
}

export const books = { figures }

function* figures(_: Link, { location, from, to }: BooksRequest): Talk<readonly BookFigures[]> {
  const query = new URLSearchParams({ place: location, from: instantText(from), to: instantText(to) })
  const told = objectOf((yield asked('figures.read', `/v1/figures?${query}`)).body)
  return listOf(told, 'figures').map((line) => {
    const currency = textOf(line, 'currency')
    if (!isCurrencyCode(currency)) throw new Garbled('figures name no currency')
    return {
      currency: currencyCode(currency),
      payments: wholeOf(line, 'payments'),
      paid: BigInt(wholeOf(line, 'paid')),
      tips: BigInt(wholeOf(line, 'tips')),
      refunds: wholeOf(line, 'refunds'),
      refunded: BigInt(wholeOf(line, 'refunded')),
    }
  })
}

function asked(name: string, path: string): ProviderCall {
  return { name, method: 'GET', path, body: null, repeatable: true }
}
