import { type Instant, instantText } from '#kernel/instant.ts'
import { listSites, type Site } from '#modules/sites/sites.ts'
import type { Tenant } from '#platform/http/caller.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { basketFiguresOf } from './baskets.ts'
import { coverageOf } from './coverage.ts'
import { DEFINITIONS } from './definitions.ts'
import { blocksOf } from './figures.ts'
import { newestFactAt } from './freshness.ts'
import { ITEMS_SHOWN } from './item-figures.ts'
import { type Asked, type Filter, filterOf, sitesWithin, sourcesOf, todayOf } from './selection.ts'
import { readSample } from './store-sample.ts'
import { readSpans } from './store-sources.ts'
import { readSums } from './store-sums.ts'
import type { Connection, KnownSystem } from './systems.ts'
import { type Basis, compareWindow, type Window } from './window.ts'
import type { WireCoverage, WireFigures } from './wire.ts'

/** What figures need to know of the world beyond the roll-ups. */
export type Surroundings = {
  readonly systems: readonly KnownSystem[]
  listConnections(tx: Tx, tenantId: Tenant['id']): Promise<readonly Connection[]>
}

export type FiguresQuestion = Asked & {
  readonly window: Window
  readonly basis: Basis
  /** How many items each list shows; a page's worth when left out. */
  readonly itemsMax?: number
}

/** A filter with all that says how far its data can be trusted. */
export type Ground = {
  readonly filter: Filter
  readonly sites: readonly Site[]
  readonly asOf: Instant
  readonly firstDay: Window['from'] | null
  /** The currency of an answer that holds no sale. */
  readonly homeCurrency: string
  coverageOf(window: Window): WireCoverage
}

/** Throws `figures.site-unknown` and `figures.pos-system-unknown`. */
export async function groundOf(
  tx: Tx,
  around: Surroundings,
  tenant: Tenant,
  asked: Asked,
  now: Instant,
): Promise<Ground> {
  const sites = await listSites(tx, tenant.id)
  const filter = filterOf(tenant, asked, sites, around.systems)
  const connections = await around.listConnections(tx, tenant.id)
  const sources = sourcesOf(filter, connections, await readSpans(tx, filter), around.systems)
  const here = sitesWithin(filter, sites)
  const today = todayOf(tenant, here, now).first
  const [firstDay = null] = sources.flatMap(({ span }) => span?.from ?? []).sort()
  return {
    filter,
    sites,
    firstDay,
    homeCurrency: here[0]?.currency ?? tenant.currency,
    asOf: (await newestFactAt(tx, tenant.id)) ?? now,
    coverageOf: (window) => coverageOf(window, sources, today),
  }
}

/** All figures of a window, in one transaction, so that no two of them can contradict each other. */
export async function figuresOf(
  tx: Tx,
  around: Surroundings,
  tenant: Tenant,
  question: FiguresQuestion,
  now: Instant,
): Promise<WireFigures> {
  const { window } = question
  const ground = await groundOf(tx, around, tenant, question, now)
  const comparison = compareWindow(window, question.basis)
  const sums = await readSums(tx, ground.filter, window, comparison)
  const sample = await readSample(tx, ground.filter, window)
  const [lead, ...others] = blocksOf(sums, {
    window,
    comparison,
    comparisonCoverage: ground.coverageOf(comparison),
    firstDay: ground.firstDay,
    homeCurrency: ground.homeCurrency,
    siteNames: new Map(ground.sites.map(({ id, name }) => [id, name])),
    itemsMax: question.itemsMax ?? ITEMS_SHOWN,
  })
  return {
    ...lead,
    from: window.from,
    to: window.to,
    demo: tenant.kind === 'demo',
    as_of: instantText(ground.asOf),
    coverage: ground.coverageOf(window),
    other_currencies: others,
    definitions: DEFINITIONS,
    ...basketFiguresOf(sample),
  }
}
