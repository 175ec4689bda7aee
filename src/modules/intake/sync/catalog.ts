import type { CatalogArticle } from '#canon/catalog.ts'
import { recordCatalogArticles } from '#modules/mirror/catalog.ts'
import type { RecordRef, SourceRecord } from '../../../../connectors/contract.ts'
import { listRecords } from '../records/find.ts'
import { type Desk, record } from './desk.ts'
import { findSchedule } from './store-schedules.ts'

// A catalogue's records need one another: a variant stands in its item, its category is a record of its own. So after a
// reading that brought records, all that are stored are read together, and the articles they describe are recorded.

const RECORDS_A_LOOK = 1_000
const ARTICLES_A_TRANSACTION = 500

export async function rebuildCatalog(desk: Desk): Promise<void> {
  const records = await storedCatalog(desk)
  const articles = desk.connection.live.reader.readArticles(records, [])
  for (let at = 0; at < articles.length; at += ARTICLES_A_TRANSACTION) {
    await recordSome(desk, articles.slice(at, at + ARTICLES_A_TRANSACTION))
  }
}

async function storedCatalog({ syncing, run }: Desk): Promise<SourceRecord[]> {
  const sealer = await syncing.vault.tenant(run.tenantId)
  const all: SourceRecord[] = []
  let after: RecordRef | null = null
  for (;;) {
    const page: SourceRecord[] = await syncing.database.tenant(run.tenantId, async (tx) => {
      const schedule = await findSchedule(tx, run.tenantId, run.connectionId)
      const kinds = schedule?.catalogKinds ?? []
      return kinds.length === 0 ? [] : listRecords(tx, sealer, run, kinds, { after, limit: RECORDS_A_LOOK })
    })
    all.push(...page)
    after = page.at(-1) ?? null
    if (page.length < RECORDS_A_LOOK) return all
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
