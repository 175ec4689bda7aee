import fc from 'fast-check'
import { expect, test } from 'vitest'
import { currencyCode } from '#kernel/currency.ts'
import { zoneName } from '#kernel/zone.ts'
import type { FileChoices } from '../../../connectors/contract-files.ts'
import { COLUMN_ROLES, choicesOf, wireChoices, wireOfChoices } from './wire-choices.ts'

const level = fc.constantFrom('line' as const, 'sale' as const)
const choices: fc.Arbitrary<FileChoices> = fc.record(
  {
    encoding: fc.constantFrom('utf-8' as const, 'windows-1252' as const),
    delimiter: fc.constantFrom(',', ';', '\t', '|'),
    headerRow: fc.integer({ min: 1, max: 1_000 }),
    dateOrder: fc.constantFrom('ymd' as const, 'dmy' as const, 'mdy' as const),
    decimalMark: fc.constantFrom('.' as const, ',' as const),
    currency: fc.constantFrom('EUR', 'USD', 'KWD').map(currencyCode),
    zone: fc.constantFrom('Europe/Berlin', 'UTC').map(zoneName),
    grain: fc.constantFrom('item' as const, 'sale' as const, 'payment' as const, 'mixed' as const),
    tax: fc.constantFrom('added' as const, 'included' as const),
    levels: fc.record({ gross: level, tip: level, service_charge: level }, { requiredKeys: [] }),
    columns: fc.dictionary(fc.string({ minLength: 1, maxLength: 20 }), fc.constantFrom(...COLUMN_ROLES), {
      noNullPrototype: true,
    }),
    preset: fc.option(fc.string({ maxLength: 20 })),
    accepted: fc.array(fc.string({ maxLength: 20 }), { maxLength: 5 }),
  },
  { requiredKeys: [] },
)

test('choices that go over the wire come back the same', () => {
  fc.assert(
    fc.property(choices, (said) => {
      const sent: unknown = JSON.parse(JSON.stringify(wireOfChoices(said)))
      expect(choicesOf(wireChoices.parse(sent))).toEqual(said)
    }),
  )
})
