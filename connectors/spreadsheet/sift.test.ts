import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sift } from './sift.ts'
import { filesWithCards, filesWithoutCards, judge, madeCard, randomFrom } from './test-card-corpus.ts'

type Sifted = { readonly text: string; readonly bytes: Buffer; readonly found: number }

async function sifted(bytes: string | Uint8Array, cuts: readonly number[] = []): Promise<Sifted> {
  const whole = Buffer.from(bytes)
  async function* pieces() {
    let at = 0
    for (const cut of [...cuts, whole.length]) {
      const to = Math.min(whole.length, Math.max(at, cut))
      yield whole.subarray(at, to)
      at = to
    }
  }
  const result = sift(pieces())
  const out: Uint8Array[] = []
  for await (const piece of result.bytes) out.push(piece)
  const together = Buffer.concat(out)
  return { text: together.toString(), bytes: together, found: result.found() }
}

const everyNth = (length: number, step: number) =>
  Array.from({ length: Math.floor(length / step) }, (_, n) => (n + 1) * step)

describe('a card number is found', () => {
  for (const file of filesWithCards(11)) {
    test(file.kind, async () => {
      const { bytes, found } = await sifted(file.bytes)
      expect(bytes).toHaveLength(file.bytes.length)
      expect(file.numbers.length).toBeGreaterThan(0)
      expect(judge(file, bytes)).toEqual({ masked: file.numbers.length, left: 0, spoilt: 0 })
      expect(found).toBeGreaterThanOrEqual(file.numbers.length)
    })
  }
})

describe('no card number, and left as it is', () => {
  // Where too few numbers stand together for proof, one that passes is masked: at most so many of them.
  const rare: Readonly<Record<string, number>> = {
    '16-digit ids, small files, no telling name': 0.1,
    '16-digit ids of every beginning': 0.01,
  }

  const files = Map.groupBy(filesWithoutCards(11), ({ kind }) => kind)

  test.each([...files])('%s', async (kind, made) => {
    let masked = 0
    let numbers = 0
    for (const file of made) {
      const count = judge(file, (await sifted(file.bytes)).bytes)
      masked += count.masked + count.spoilt
      numbers += file.numbers.length
    }
    expect(numbers).toBeGreaterThan(0)
    expect(masked / numbers).toBeLessThanOrEqual(rare[kind] ?? 0)
  })
})

describe('a column is judged by all that stands in it', () => {
  const random = randomFrom(3)
  const ids = Array.from({ length: 300 }, () => `4${String(random()).slice(2).padEnd(15, '7').slice(0, 15)}`)
  const table = (heading: string, cells: readonly string[]) =>
    `n,${heading}\n${cells.map((id, n) => `${n},${id}\n`).join('')}`

  test('ids stay, whatever the column is called, unless it is called a card’s', async () => {
    for (const heading of ['Order Id', 'Reference', 'x', '']) {
      expect((await sifted(table(heading, ids))).found).toBe(0)
    }
    expect((await sifted(table('Card number', ids))).found).toBe(ids.length)
  })

  test('cards are masked under the name of an id', async () => {
    const cards = Array.from({ length: 50 }, () => madeCard(random, [['4', 16]]))
    expect((await sifted(table('Order Id', cards))).found).toBe(50)
  })

  test('three ids under their own name stay, and a lone one in a note does not', async () => {
    expect((await sifted(table('Transaction ID', ['4111111111111111', '4000000000000002', '42']))).found).toBe(0)
    expect((await sifted(table('Note', ['4111111111111111', 'cash', 'check']))).found).toBe(1)
  })

  test('a card in a note stays masked in a file full of ids', async () => {
    const rows = ids.map((id, n) => `${id},${n === 150 ? 'by phone 4111 1111 1111 1111' : 'ok'}\n`).join('')
    const { text, found } = await sifted(`Order Id,Note\n${rows}`)
    expect(found).toBe(1)
    expect(text).toContain('by phone **** **** **** 1111')
  })

  test('a card of another scheme among ids is masked', async () => {
    const { found } = await sifted(table('Reference', [...ids.slice(0, 100), '5555555555554444', ...ids.slice(100)]))
    expect(found).toBe(1)
  })

  test('an id that is repeated on every line of its sale is one witness', async () => {
    const cells = Array.from({ length: 40 }, () => '4000000000000001')
    expect((await sifted(table('Reference', [...cells, '4111111111111111']))).found).toBe(1)
  })

  test('ids behind the first megabyte are known from those in it', async () => {
    const many = Array.from({ length: 60_000 }, (_, n) => `4${String(n * 7919).padStart(15, '3')}`)
    const { text, found } = await sifted(table('Vorgang', many))
    expect(text.length).toBeGreaterThan(1024 * 1024)
    expect(found).toBe(0)
  })
})

describe('cells are told as the table has them', () => {
  test.each([
    ['a delimiter in quotes', 'id,what,card\n1,"a, b",4111111111111111\n', 1],
    ['a line end in quotes', 'id,what,card\n1,"a\nb",4111111111111111\n', 1],
    ['a doubled quote', 'id,what,card\n1,"say ""hi"", you",4111111111111111\n', 1],
    ['CR alone', 'id,card\r1,4111111111111111\r', 1],
    ['no line end', 'id,card\n1,4111111111111111', 1],
    ['a byte order mark and a quote', '\uFEFF"Order, Id",note\n"x","4111111111111111"\n', 1],
    ['a sep= line that names a digit', 'sep=1\ncard\n4111111111111111\n', 1],
    ['nothing', '', 0],
    ['one cell', '4111111111111111', 1],
  ])('%s', async (_, text, wanted) => {
    const result = await sifted(text)
    expect(result.found).toBe(wanted)
    expect(result.text).toBe(text.replace('4111111111111111', '************1111'))
  })

  test('bytes that are no text pass', async () => {
    const noise = Buffer.from(Array.from({ length: 20_000 }, (_, n) => (n * n * 31 + n * 7) % 256))
    expect((await sifted(noise)).bytes).toHaveLength(noise.length)
  })
})

const cells = fc.oneof(
  fc.constantFrom('', 'Flat white', '12.50', '2026-05-04 17:33:00', 'a "b"', '"', '4111 1111 1111 1111', 'Card number'),
  fc.constantFrom('4111111111111111', '4000000000000002', '="5555555555554444"', 'für 3782 822463 10005 ok', '\u00a0'),
  fc.bigInt({ min: 4_000_000_000_000_000n, max: 4_999_999_999_999_999n }).map(String),
  fc.string({ unit: fc.constantFrom(...'0123456789 .-"\n,;é'), maxLength: 60 }),
)

test('what comes out does not depend on how the bytes were cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(cells, { minLength: 1, maxLength: 6 }), { maxLength: 40 }),
      fc.constantFrom(',', ';', '\t'),
      fc.array(fc.nat(3000), { maxLength: 12 }),
      async (rows, delimiter, cuts) => {
        const bytes = Buffer.from(rows.map((row) => row.join(delimiter)).join('\n'))
        const whole = await sifted(bytes)
        expect(whole.bytes).toHaveLength(bytes.length)
        for (let at = 0; at < bytes.length; at++) {
          if (whole.bytes[at] !== bytes[at])
            expect(String.fromCharCode(whole.bytes[at] ?? 0, bytes[at] ?? 0)).toMatch(/^\*\d$/)
        }
        const inPieces = await sifted(
          bytes,
          cuts.toSorted((a, b) => a - b),
        )
        expect(inPieces.bytes.equals(whole.bytes)).toBe(true)
        expect((await sifted(bytes, everyNth(bytes.length, 1))).bytes.equals(whole.bytes)).toBe(true)
      },
    ),
    { numRuns: 150 },
  )
})

// Beyond the first megabyte bytes are given on as they come, so that is where a cut could do harm.
test('a long file comes out the same however it was cut', async () => {
  const random = randomFrom(5)
  const long = `${'x'.repeat(70)} ${'4111 1111 1111 1111 '.repeat(900)}`
  const rows = Array.from({ length: 26_000 }, (_, n) => {
    const note = n % 997 === 0 ? `"card ${madeCard(random)}\nby phone"` : n % 9001 === 0 ? long : `no ${n}`
    return `2026-05-04 17:33:00,40000000${String(n * 104_729).padStart(11, '0')},${note},"never closed ${n % 5000 === 1 ? '' : '"'}\n`
  })
  const bytes = Buffer.from(`Date,Order Id,Note,Other\n${rows.join('')}`)
  expect(bytes.length).toBeGreaterThan(1.5 * 1024 * 1024)
  const whole = await sifted(bytes)
  expect(whole.found).toBeGreaterThan(1_800)
  expect(whole.text).not.toMatch(/4111 1111 1111 1111/)
  const border = 1024 * 1024
  for (const cuts of [
    everyNth(bytes.length, 65_536),
    everyNth(bytes.length, 4_099),
    everyNth(bytes.length, 131),
    [border - 1, border, border + 1, border + 65_535, border + 65_537],
  ]) {
    const inPieces = await sifted(bytes, cuts)
    expect(inPieces.found).toBe(whole.found)
    expect(inPieces.bytes.equals(whole.bytes)).toBe(true)
  }
})
