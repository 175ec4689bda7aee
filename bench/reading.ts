import fc from 'fast-check'
import type { Lookup } from '../connectors/contract.ts'
import { reader } from '../connectors/square/read/reader.ts'
import { makeOrder, orderWishes } from '../connectors/square/test-orders.ts'

// How fast orders are read: from a page of an answer to records, and from the text of each record to the sale that it
// tells, checked for drift on the way. Orders of every kind, from a seed; pages as long as the provider makes them.

export type ReadingBench = {
  readonly bench: 'reading'
  readonly orders: number
  readonly bytes_per_order: number
  /** Of processor time: pages parsed before, records made, sales read. */
  readonly orders_per_core_second: number
  /** The same with the parsing of the pages. */
  readonly with_pages_per_core_second: number
  readonly goal_orders_per_core_second: 20_000
  readonly reached: boolean
}

const PAGE = 500
const NOWHERE: Lookup = { article: () => null, country: () => null }

export function run(orders: number, seed = 20_261_120): Promise<ReadingBench> {
  const wires = fc.sample(orderWishes, { seed, numRuns: PAGE }).map((wish, no) => makeOrder(`ORDER${no}`, wish).wire)
  const page = JSON.stringify({ orders: wires })
  const pages = Math.ceil(orders / PAGE)
  readPages(page, Math.min(pages, 10))
  const parsing = coreSeconds(() => {
    for (let no = 0; no < pages; no++) JSON.parse(page)
  })
  const whole = coreSeconds(() => readPages(page, pages))
  const read = pages * PAGE
  const rate = Math.round(read / (whole - parsing))
  return Promise.resolve({
    bench: 'reading',
    orders: read,
    bytes_per_order: Math.round(page.length / PAGE),
    orders_per_core_second: rate,
    with_pages_per_core_second: Math.round(read / whole),
    goal_orders_per_core_second: 20_000,
    reached: rate >= 20_000,
  })
}

function readPages(page: string, count: number): void {
  let told = 0
  for (let no = 0; no < count; no++) {
    for (const record of reader.recordsOf('order', JSON.parse(page))) {
      for (const subject of record.subjects) told += reader.read(subject, [record], [], NOWHERE).sales.length
    }
  }
  if (told !== count * PAGE) throw new Error(`${count * PAGE} orders told ${told} sales`)
}

function coreSeconds(work: () => void): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

if (import.meta.main) console.log(JSON.stringify(await run(Number(process.argv[2] ?? 100_000))))
