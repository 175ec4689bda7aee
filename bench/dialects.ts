import { deepStrictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import { readAs, tableOf } from '#connectors/conformance/files.ts'
import { spreadsheet } from '#connectors/spreadsheet/connector.ts'
import { truthOf } from '#connectors/spreadsheet/dialects/dialect.ts'
import { dialects, trades } from '#connectors/spreadsheet/dialects/test-arbitraries.ts'
import { type ToldSale, toldBy, toldOf } from '#connectors/spreadsheet/dialects/test-truth.ts'
import { writeTrade } from '#connectors/spreadsheet/dialects/write.ts'

// The property of the spreadsheet connector at its full count: made sales, written down in a made dialect, arrive as they
// were. Counted apart: files that ask a question first, and files that ask nothing and are wrong, which there must not be.

export type DialectsBench = {
  readonly bench: 'dialects'
  readonly seed: number
  readonly cases: number
  /** Something in the file was in doubt; with the truth for an answer it was read as it was. */
  readonly asked: number
  readonly equal: number
  readonly wrong: number
}

export async function run(cases: number, seed = 20_261_120): Promise<DialectsBench> {
  const { files } = spreadsheet
  if (files === undefined) throw new Error('the connector reads no files')
  let [asked, equal, wrong] = [0, 0, 0]
  const made = fc.asyncProperty(dialects, trades, async (dialect, { trade, lasting }) => {
    const site = { zone: dialect.zone, currency: trade.currency }
    const table = await tableOf(files, writeTrade(trade, dialect).bytes)
    const guessed = await files.detect(table, site, {})
    const doubtful = guessed.notes.some((note) => note.severity === 'confirm')
    const truth = truthOf(dialect, trade.tax, trade.currency)
    const detection = doubtful ? await files.detect(table, site, truth) : guessed
    const { sales, slices } = await readAs(files, table, detection, site)
    const read = sales.map(({ sale, part, day }) => toldOf(sale, part, day))
    if (doubtful) asked++
    try {
      deepStrictEqual(byId(read), byId(toldBy(trade, dialect, lasting, detection.levels)))
      deepStrictEqual(
        slices.flatMap(({ rejected, refunds }) => [...rejected, ...refunds]),
        [],
      )
      equal++
    } catch (cause) {
      wrong++
      console.error(cause)
    }
  })
  await fc.assert(made, { numRuns: cases, seed })
  return { bench: 'dialects', seed, cases, asked, equal, wrong }
}

function byId(sales: readonly ToldSale[]): readonly ToldSale[] {
  return sales.toSorted((a, b) => (a.externalId < b.externalId ? -1 : 1))
}

if (import.meta.main) console.log(JSON.stringify(await run(Number(process.argv[2] ?? 20_000))))
