import type { CatalogArticle } from '#canon/catalog.ts'
import type { LiveConnection } from '#modules/connections/live.ts'
import { recordCatalogArticles } from '#modules/mirror/catalog.ts'
import { listCatalogArticles } from '#modules/mirror/catalog-list.ts'
import { type Desk, planOf, record } from './desk.ts'
import { SYNC_FAULTS } from './faults.ts'
import type { Track } from './plan.ts'
import type { Ending } from './settle.ts'
import { troubleOf } from './trouble.ts'

// A system of which nothing is pulled may show its menu, whole, to whoever puts orders in. Then that is its catalogue: it is
// asked for once in a run, and what it names no more is not sold any more. That is only believed of an answer that came
// whole and names something: a menu that is suddenly empty was rather not shown.

const ARTICLES_A_TRANSACTION = 500
const ARTICLES_A_LOOK = 1_000

export function hasMenu({ live, dataTypes }: Pick<LiveConnection, 'live' | 'dataTypes'>): boolean {
  return live.orders?.menu !== undefined && live.pull.streams.length === 0 && dataTypes.includes('catalog')
}

/** Reads the menu, where the run wants it and has not read it. Not null: it could not be read. */
export async function readMenu(desk: Desk): Promise<Ending | null> {
  const { connection, run, syncing, signal } = desk
  const { orders } = connection.live
  if (!run.dataTypes.includes('catalog') || desk.tracks.has('catalog') || !hasMenu(connection)) return null
  let articles: readonly CatalogArticle[]
  try {
    articles = await syncing.converse(connection, 'repair', (link) => menuOf(orders, link), { signal })
  } catch (error) {
    return endingOf(error)
  }
  const gone = articles.length === 0 ? [] : await goneFrom(desk, articles)
  const all = [...articles, ...gone]
  for (let at = 0; at < all.length; at += ARTICLES_A_TRANSACTION) {
    await recordSome(desk, all.slice(at, at + ARTICLES_A_TRANSACTION))
  }
  const tracks = new Map(desk.tracks).set('catalog', readWhole(desk))
  await record(desk, async () => ({
    change: { plan: planOf(tracks), add: { calls: 1 }, isWell: true },
    result: undefined,
  }))
  desk.tracks.set('catalog', readWhole(desk))
  return null
}

type Orders = LiveConnection['live']['orders']

function menuOf(orders: Orders, link: Parameters<NonNullable<NonNullable<Orders>['menu']>>[0]) {
  if (orders?.menu === undefined) throw new Error('what is asked for its menu has one')
  return orders.menu(link)
}

/** Whatever goes wrong with the one call concerns the whole run. */
function endingOf(error: unknown): Ending {
  const trouble = troubleOf(error)
  if (trouble === null) throw error
  switch (trouble.kind) {
    case 'wait':
      return trouble
    case 'later':
      return { ...trouble, kind: 'wait' }
    case 'cursor':
      return { kind: 'stop', code: 'sync.refused', say: SYNC_FAULTS['sync.refused'] }
    default:
      return { kind: 'stop', code: trouble.code, say: trouble.say }
  }
}

/** What stands in our copy and is not among them. */
async function goneFrom({ syncing, run }: Desk, articles: readonly CatalogArticle[]): Promise<CatalogArticle[]> {
  const there = new Set(articles.map(({ externalId }) => externalId))
  const gone: CatalogArticle[] = []
  let after: string | null = null
  for (;;) {
    const page: readonly CatalogArticle[] = await syncing.database.tenant(run.tenantId, (tx) =>
      listCatalogArticles(tx, run.tenantId, run.connectionId, { after, limit: ARTICLES_A_LOOK }),
    )
    gone.push(...page.filter((article) => !article.deleted && !there.has(article.externalId)))
    after = page.at(-1)?.externalId ?? null
    if (page.length < ARTICLES_A_LOOK) return gone.map((article) => ({ ...article, deleted: true, updatedAt: null }))
  }
}

async function recordSome(desk: Desk, articles: readonly CatalogArticle[]): Promise<void> {
  const { tenantId, connectionId } = desk.run
  await record(desk, async (tx, now) => {
    const { created, updated, unchanged } = await recordCatalogArticles(tx, { tenantId, connectionId, now }, articles)
    const add = { articlesCreated: created, articlesUpdated: updated, articlesUnchanged: unchanged }
    return { change: { add }, result: undefined }
  })
}

/** A plan that is closed: the next step of the run finds that nothing of it is left to do. */
function readWhole({ run }: Desk): Track {
  return {
    frontier: run.to,
    end: run.to,
    endIs: 'exhausted',
    spanMs: 0,
    round: 0,
    closed: 0,
    coveredFrom: run.to,
    emptyMs: 0,
    periods: [],
    holes: [],
    dropped: [],
  }
}
