import { randomUUID } from 'node:crypto'
import type { Payment, Refund, Sale, SaleItem, SalePart } from '#canon/sale.ts'
import { currencyCode } from '#kernel/currency.ts'
import { ONE } from '#kernel/decimal.ts'
import { type Id, newId, type TenantId } from '#kernel/ids.ts'
import { instant, localDate } from '#kernel/instant.ts'
import type { TestDatabase } from '#tests/harness/database.ts'
import { makeTenant } from '#tests/harness/tenant.ts'
import type { RefundFiling, SaleFiling, Source } from './filing.ts'
import { recordSales } from './mirror.ts'
import { type Withdrawn, withdrawBatch } from './withdraw.ts'

// A stall that sells soup for ten euros, for tests that tell a story about a handful of imports.

export type Stall = { readonly tenant: TenantId; readonly connectionId: Id; readonly siteId: Id }

export async function openStall(db: TestDatabase): Promise<Stall> {
  return { tenant: await makeTenant(db, `stall-${randomUUID()}`), connectionId: newId(), siteId: newId() }
}

export function sourceOf({ tenant, connectionId }: Stall, batchId: Id | null): Source {
  return {
    ...{ tenantId: tenant, connectionId, posSystem: 'spreadsheet', batchId },
    ...{ actor: 'job:test', requestId: null, now: instant(Date.UTC(2026, 5, 1)) },
  }
}

/** Answers the batch's id, by which it can be taken back. */
export async function importTo(
  db: TestDatabase,
  stall: Stall,
  sales: readonly SaleFiling[],
  refunds: readonly RefundFiling[] = [],
): Promise<Id> {
  const batchId = newId()
  await db.database.tenant(stall.tenant, (tx) => recordSales(tx, sourceOf(stall, batchId), sales, refunds))
  return batchId
}

/** A live event: nobody's batch. */
export async function ringUp(db: TestDatabase, stall: Stall, sales: readonly SaleFiling[]): Promise<void> {
  await db.database.tenant(stall.tenant, (tx) => recordSales(tx, sourceOf(stall, null), sales))
}

export function takeBack(db: TestDatabase, stall: Stall, batchId: Id, limit = 100): Promise<Withdrawn> {
  return db.database.tenant(stall.tenant, (tx) => withdrawBatch(tx, sourceOf(stall, null), batchId, limit))
}

const placeOf = (stall: Stall) => ({
  siteId: stall.siteId,
  businessDate: localDate('2026-05-04'),
  businessHour: 12,
})
const noon = instant(Date.UTC(2026, 4, 4, 12))

const soup: SaleItem = {
  ...{ externalId: null, article: { externalId: null, sku: '7', name: 'Soup', variant: null, category: null } },
  ...{ quantity: ONE, unitPrice: 1000n, gross: 1000n, discount: 0n, taxes: [], modifiers: [], kind: 'article' },
}
export const byCard: Payment = {
  ...{ externalId: null, tender: 'card', brand: null, last4: null, amount: 1150n, tip: 150n, fee: null, paidAt: null },
}

/** A bowl of soup with a tip, paid by card, as far as the part tells of it. */
export function lunch(stall: Stall, externalId: string, part: SalePart, more: Partial<Sale> = {}): SaleFiling {
  const tip = part === 'items' ? 0n : 150n
  return {
    part,
    ...placeOf(stall),
    ...{ sourceVersion: null, sourceUpdatedAt: null, rows: [2], raw: null },
    sale: {
      ...{ externalId, number: null, location: null, register: null, staff: null, channel: null, customer: null },
      ...{ status: 'closed', currency: currencyCode('EUR'), openedAt: noon, closedAt: noon, timePrecision: 'instant' },
      ...{ gross: part === 'payments' ? null : 1000n, discount: 0n, taxAdded: 0n, taxIncluded: 0n, serviceCharge: 0n },
      ...{ tip, rounding: 0n, deferred: 0n, total: 1000n + tip },
      items: part === 'whole' || part === 'items' ? [soup] : [],
      payments: part === 'items' ? [] : [byCard],
      refunds: [],
      ...more,
    },
  }
}

export function returned(stall: Stall, externalId: string, of: string, more: Partial<Refund> = {}): RefundFiling {
  return {
    ...placeOf(stall),
    refund: {
      ...{ externalId, refundedAt: noon, amount: 1000n, tax: 0n, tip: 0n, tender: 'card', reason: null, items: [] },
      ...more,
    },
    ...{ saleExternalId: of, currency: 'EUR', raw: null },
  }
}

export const soupBack = {
  ...{ saleItemExternalId: null, article: soup.article, quantity: ONE, amount: 1000n, tax: 0n },
}
