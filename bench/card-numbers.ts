import { sift } from '../connectors/spreadsheet/sift.ts'
import { filesWithCards, filesWithoutCards, judge, type MadeFile } from '../connectors/spreadsheet/test-card-corpus.ts'

// What the card-number gate finds, what it takes for a card by mistake, and how fast a file without any goes through. The
// files are made from seeds; by themselves, the lines of this file print a table of every habit and every kind of number.

export type CardNumbersBench = {
  readonly bench: 'card-numbers'
  readonly cards: number
  readonly found_share: number
  readonly other_numbers: number
  readonly false_alarm_share: number
  /** The kind of number that is most often taken for a card. */
  readonly worst_kind: string
  readonly worst_share: number
  readonly mb_per_core_second: number
  readonly goal_mb_per_core_second: 300
  readonly reached: boolean
}

export type Rate = { readonly kind: string; readonly numbers: number; readonly masked: number; readonly spoilt: number }

export async function run(megabytes = 300, seeds = 5): Promise<CardNumbersBench> {
  const cards = await ratesOf(filesWithCards, seeds)
  const others = await ratesOf(filesWithoutCards, seeds)
  const worst = others.toSorted((a, b) => changed(b) / b.numbers - changed(a) / a.numbers)[0]
  const mbPerCoreSecond = Math.max(await speed(megabytes), await speed(megabytes))
  return {
    bench: 'card-numbers',
    cards: sum(cards, (rate) => rate.numbers),
    found_share: share(
      sum(cards, (rate) => rate.masked),
      sum(cards, (rate) => rate.numbers),
    ),
    other_numbers: sum(others, (rate) => rate.numbers),
    false_alarm_share: share(
      sum(others, changed),
      sum(others, (rate) => rate.numbers),
    ),
    worst_kind: worst?.kind ?? '',
    worst_share: worst === undefined ? 0 : share(changed(worst), worst.numbers),
    mb_per_core_second: mbPerCoreSecond,
    goal_mb_per_core_second: 300,
    reached: mbPerCoreSecond >= 300,
  }
}

/** How the numbers of each kind of file fared, over several seeds. */
export async function ratesOf(make: (seed: number) => MadeFile[], seeds: number): Promise<Rate[]> {
  const rates = new Map<string, { kind: string; numbers: number; masked: number; spoilt: number }>()
  for (let seed = 1; seed <= seeds; seed++) {
    for (const file of make(seed)) {
      const rate = rates.get(file.kind) ?? { kind: file.kind, numbers: 0, masked: 0, spoilt: 0 }
      const { masked, spoilt } = judge(file, await sifted(file.bytes))
      rate.numbers += file.numbers.length
      rate.masked += masked
      rate.spoilt += spoilt
      rates.set(file.kind, rate)
    }
  }
  return [...rates.values()]
}

async function sifted(bytes: Uint8Array): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of sift(once(bytes)).bytes) pieces.push(piece)
  return Buffer.concat(pieces)
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

/** Megabytes of an export without any card-like number that pass in a second of processor time. */
async function speed(megabytes: number): Promise<number> {
  const rows = Array.from({ length: 20_000 }, (_, row) => {
    const minute = String(row % 60).padStart(2, '0')
    return `2026-05-04,12:${minute}:07,${100_000 + row},Flat white,Drinks,${1 + (row % 3)},${(row % 997) / 100},Card,Main street\n`
  })
  const block = Buffer.from(rows.join(''))
  const blocks = Math.ceil((megabytes * 1e6) / block.length)
  async function* pieces() {
    for (let no = 0; no < blocks; no++) {
      for (let at = 0; at < block.length; at += 65_536) yield block.subarray(at, at + 65_536)
    }
  }
  const before = process.cpuUsage()
  let bytes = 0
  for await (const piece of sift(pieces()).bytes) bytes += piece.length
  if (bytes !== blocks * block.length) throw new Error('bytes were lost')
  const { user, system } = process.cpuUsage(before)
  return Math.round(bytes / (user + system))
}

const changed = (rate: Rate) => rate.masked + rate.spoilt
const share = (part: number, whole: number) => (whole === 0 ? 0 : Math.round((part / whole) * 1e5) / 1e5)
function sum(rates: readonly Rate[], of: (rate: Rate) => number): number {
  return rates.reduce((total, rate) => total + of(rate), 0)
}

if (import.meta.main) {
  for (const [title, make] of [
    ['found', filesWithCards],
    ['taken by mistake', filesWithoutCards],
  ] as const) {
    console.log(`\n${title}`)
    for (const rate of await ratesOf(make, 5)) {
      const part = title === 'found' ? rate.masked : changed(rate)
      const percent = ((part / rate.numbers) * 100).toFixed(2).padStart(7)
      console.log(
        `  ${rate.kind.padEnd(52)} ${String(part).padStart(6)} of ${String(rate.numbers).padStart(6)} ${percent} %`,
      )
    }
  }
  console.log(JSON.stringify(await run()))
}
