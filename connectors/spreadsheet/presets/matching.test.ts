import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { currencyCode } from '#kernel/currency.ts'
import { zoneName } from '#kernel/zone.ts'
import { sourceOf } from '../../conformance/files.ts'
import type { FileChoices, FileDetection } from '../../contract-files.ts'
import { detectSales } from '../detect.ts'
import { knownColumns, matchPreset } from './matching.ts'
import type { Preset } from './preset.ts'

// How known exports are told by their headings, and what a preset may decide.

const receipts: Preset = {
  id: 'acme-receipts',
  name: 'Acme: receipts',
  family: 'acme',
  needs: ['Receipt #', 'Date', 'Total'],
  grain: 'sale',
  columns: { 'Receipt #': 'sale_id', Date: 'date', Total: 'total', Moms: 'tax' },
}
const fullReceipts: Preset = { ...receipts, id: 'acme-receipts-full', needs: [...receipts.needs, 'Staff'] }
const lines: Preset = { ...receipts, id: 'acme-lines', needs: [...receipts.needs, 'Item'], lacks: ['Staff'] }
const presets = [receipts, fullReceipts, lines]

function matched(headers: readonly string[]): string | null {
  return matchPreset(headers, presets)?.id ?? null
}

describe('an export is known by its headings', () => {
  test('of several that fit, the one that asks for most', () => {
    expect(matched(['Receipt #', 'Date', 'Total'])).toBe('acme-receipts')
    expect(matched(['Receipt #', 'Date', 'Total', 'Staff'])).toBe('acme-receipts-full')
    expect(matched(['Receipt #', 'Date', 'Total', 'Item'])).toBe('acme-lines')
    expect(matched(['Receipt #', 'Date', 'Total', 'Item', 'Staff'])).toBe('acme-receipts-full')
    expect(matched(['Receipt #', 'Date'])).toBeNull()
  })

  test('whatever their order, their case and what else is there', () => {
    const headers = fc.shuffledSubarray(['receipt number', 'DATE', 'Total (EUR)', 'Comment', ''], { minLength: 5 })
    fc.assert(
      fc.property(headers, (shuffled) => {
        expect(matched(shuffled)).toBe('acme-receipts')
      }),
    )
  })

  test('and not by headings that we added', () => {
    expect(matched(['Receipt #', 'Date', 'tillwire_total'])).toBeNull()
    expect(knownColumns(receipts, ['tillwire_reason', 'Date'])).toEqual([null, { role: 'date', detail: null }])
  })

  test('a rate or a currency in a heading is none of its name', () => {
    const columns = knownColumns(receipts, ['Moms', 'Moms (25.0%)', 'Moms 12 %', 'Total ($)', 'Momsfri'])
    expect(columns.map((column) => column?.role ?? null)).toEqual(['tax', 'tax', 'tax', 'total', null])
  })
})

const SQUARE =
  'Date,Time,Time Zone,Item,Qty,Price Point Name,Gross Sales,Discounts,Net Sales,Tax,Transaction ID,Event Type'

function detect(rows: readonly string[], choices: FileChoices = {}): Promise<FileDetection> {
  const home = { zone: zoneName('America/New_York'), currency: currencyCode('USD') }
  return detectSales(sourceOf(Buffer.from(`${[SQUARE, ...rows].join('\n')}\n`)), home, choices)
}

const TEA =
  '2026-03-13,10:02:11,Eastern Time (US & Canada),Tea,1,Regular,$8.00,$0.00,$8.00,$0.64,K7hTq2WzX9bLm4,Payment'

describe('a known export', () => {
  test('says what its columns are, passes over what it does not name, and leaves habits to the cells', async () => {
    const detection = await detect([TEA])
    expect(detection).toMatchObject({
      preset: { id: 'square-items' },
      family: 'square',
      grain: 'item',
      dateOrder: 'ymd',
    })
    expect(detection.columns.every(({ from, confidence }) => from === 'preset' && confidence === 1)).toBe(true)
    expect(detection.columns[8]).toMatchObject({ header: 'Net Sales', role: 'ignore' })
    expect(detection.columns[8]?.because).toContain('Square')
    expect(detection.score).toBeGreaterThan(0.9)
  })

  test('is overruled by a column whose cells plainly are something else, with a word about it', async () => {
    const detection = await detect([
      TEA.replace(',1,Regular', ',lots,Regular'),
      TEA.replace(',1,Regular', ',few,Regular'),
    ])
    expect(detection.columns[4]).toMatchObject({ header: 'Qty', role: 'ignore' })
    expect(detection.notes).toContainEqual(expect.objectContaining({ code: 'preset_column_odd', severity: 'warning' }))
  })

  test('is overruled by a person, for a column or as a whole', async () => {
    const one = await detect([TEA], { columns: { 'Net Sales': 'total' } })
    expect(one.columns[8]).toMatchObject({ role: 'total', from: 'person' })
    expect(one.preset?.id).toBe('square-items')
    const none = await detect([TEA], { preset: null })
    expect(none).toMatchObject({ preset: null, family: none.shape })
    expect(none.columns[8]?.role).toBe('net')
  })

  test('settles days that may be months only where the cells do not', async () => {
    const dated = (day: string): string => TEA.replace('2026-03-13', day)
    expect((await detect([dated('3/4/2026')], { preset: 'loyverse-receipts' })).preset?.id).toBe('loyverse-receipts')
    const open = await detect([dated('3/4/2026')])
    const closed = await detect([dated('3/4/2026'), dated('31/4/2026')])
    expect(open.notes.map((note) => note.code)).toContain('dates_ambiguous')
    expect(closed.dateOrder).toBe('dmy')
  })

  test('that holds no sales is refused with the export to give instead, and read all the same when a person insists', async () => {
    const text =
      'Afregningsdato,Betalingsdato,Reference,Type,Netto,Saldo\n13.03.2026,12.03.2026,1,Kortbetaling,10.00,10.00\n'
    const home = { zone: zoneName('Europe/Copenhagen'), currency: currencyCode('DKK') }
    const file = sourceOf(Buffer.from(text))
    await expect(detectSales(file, home, {})).rejects.toMatchObject({ code: 'file.no_sales_export' })
    expect(await detectSales(file, home, { preset: null })).toMatchObject({ preset: null })
  })
})
