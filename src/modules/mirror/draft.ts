import { setImmediate as nextTurn } from 'node:timers/promises'
import { articleKey } from '#canon/article.ts'
import { saleFingerprint } from '#canon/fingerprint.ts'
import { checkIdentity, type IdentityCheck } from '#canon/money-identity.ts'
import type { ArticleMention } from '#canon/sale.ts'
import { newId } from '#kernel/ids.ts'
import { isNewer, type RefundFiling, type SaleFiling } from './filing.ts'
import type { SaleKey } from './store-keys.ts'

// All that can be worked out about facts without the database: their fingerprints, whether their money adds up, and what
// they mention. An import does this for its next slice while the database stores the one before.

export type DraftSale = {
  readonly filing: SaleFiling
  /** The key it gets if nobody holds one for it. */
  readonly key: SaleKey
  readonly identity: IdentityCheck
}

export type Draft = {
  /** By external id; each once of a kind of part. */
  readonly sales: readonly DraftSale[]
  readonly refunds: readonly RefundFiling[]
  /** The distinct articles that are mentioned, by their key. */
  readonly mentions: ReadonlyMap<string, ArticleMention>
}

export function draftOf(sales: readonly SaleFiling[], refunds: readonly RefundFiling[]): Draft {
  const filings = newestOfEach(sales)
  return { sales: filings.map(draftSale), refunds, mentions: mentionsOf(filings, refunds) }
}

/** The same in small steps, so that whatever waits for the database meanwhile is never kept waiting for long. */
export async function draftInTurns(sales: readonly SaleFiling[], refunds: readonly RefundFiling[]): Promise<Draft> {
  const filings = newestOfEach(sales)
  const drafts: DraftSale[] = []
  for (let from = 0; from < filings.length; from += SALES_PER_TURN) {
    await nextTurn()
    drafts.push(...filings.slice(from, from + SALES_PER_TURN).map(draftSale))
  }
  await nextTurn()
  return { sales: drafts, refunds, mentions: mentionsOf(filings, refunds) }
}

const SALES_PER_TURN = 200

function draftSale(filing: SaleFiling): DraftSale {
  return { filing, key: firstKey(filing), identity: checkIdentity(filing.sale) }
}

function mentionsOf(filings: readonly SaleFiling[], refunds: readonly RefundFiling[]): Map<string, ArticleMention> {
  const mentions = new Map<string, ArticleMention>()
  for (const { sale } of filings) for (const item of sale.items) mentions.set(articleKey(item.article), item.article)
  for (const { refund } of refunds)
    for (const item of refund.items) mentions.set(articleKey(item.article), item.article)
  return mentions
}

/** Two versions of one part in one call would race with themselves: the older one is dropped here, the newer recorded. */
function newestOfEach(sales: readonly SaleFiling[]): SaleFiling[] {
  const newest = new Map<string, SaleFiling>()
  for (const filing of sales) {
    const key = `${filing.part} ${filing.sale.externalId}`
    const standing = newest.get(key)
    if (standing === undefined || isNewer(filing, standing)) newest.set(key, filing)
  }
  return [...newest.values()].sort((a, b) => (a.sale.externalId < b.sale.externalId ? -1 : 1))
}

/** Rounds in which each sale occurs once: as a rule one, and more where a call brings several parts of a sale. */
export function roundsOf(sales: readonly DraftSale[]): DraftSale[][] {
  const rounds: DraftSale[][] = []
  const turns = new Map<string, number>()
  for (const sale of sales) {
    const turn = turns.get(sale.key.externalId) ?? 0
    turns.set(sale.key.externalId, turn + 1)
    const round = rounds[turn] ?? []
    round.push(sale)
    rounds[turn] = round
  }
  return rounds
}

function firstKey(filing: SaleFiling): SaleKey {
  return {
    externalId: filing.sale.externalId,
    saleId: newId(),
    filedOn: filing.businessDate,
    version: 1,
    versions: 1,
    sourceVersion: filing.sourceVersion,
    sourceUpdatedAt: filing.sourceUpdatedAt,
    contentHash: saleFingerprint(filing.sale, filing.part),
  }
}
