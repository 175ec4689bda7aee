import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { shopOf } from '#simulators/trade/shop.ts'
import { trade } from '#simulators/trade/trade.ts'

// A made year of a café as its till would export it: a line per item, the oldest first. The same rows at every run.

export const SALES_FILE_COLUMNS = [
  'Receipt number',
  'Date',
  'Time',
  'Item',
  'Category',
  'Quantity',
  'Unit price',
  'Discount',
  'Payment type',
  'Cashier',
] as const

/** The cells of about so many rows; a sale is never cut in two. */
export function* salesRows(rows: number): Generator<readonly string[], void> {
  const shop = shopOf('cafe', { scale: Math.max(1, rows / 200_000) })
  let written = 0
  for (const sale of trade(shop, { seed: 'bench', from: '2025-01-02', to: '2026-06-30' })) {
    if (sale.status !== 'closed') continue
    const at = new Date(sale.closedAt ?? 0).toISOString()
    for (const line of sale.lines) {
      if (line.giftCard) continue
      yield [
        sale.externalId,
        at.slice(0, 10),
        at.slice(11, 19),
        line.name,
        line.category,
        line.quantity,
        (Number(line.unitPrice) / 100).toFixed(2),
        (Number(line.discount) / 100).toFixed(2),
        sale.payments[0]?.tender ?? 'cash',
        sale.staff?.name ?? '',
      ]
      written++
    }
    if (written >= rows) return
  }
}

/** No cell of these has a comma or a quotation mark. */
export async function writeSalesFile(file: string, rows: number): Promise<void> {
  function* lines() {
    yield `${SALES_FILE_COLUMNS.join(',')}\n`
    for (const cells of salesRows(rows)) yield `${cells.join(',')}\n`
  }
  await pipeline(Readable.from(lines()), createWriteStream(file))
}
