import { expect, test } from 'vitest'
import type { Sizes } from '../../bench/outages/scenarios.ts'
import { play, type ScenarioName, SMOKE } from '../../bench/outages.ts'

// Slices of the great fault runs (`npm run faults`), short enough for every change: real hubs, a real PostgreSQL, a provider
// that keeps its own books, and trouble at moments that a seed chooses.

const SLICES: readonly (readonly [ScenarioName, Partial<Sizes>])[] = [
  ['kills', { kills: 6 }],
  ['deliveries', { deliveries: 250 }],
  ['two-hubs', { hubKills: 2 }],
]

test.each(SLICES)(
  'after %s the books are equal to the cent, and nothing stands twice',
  async (name, sizes) => {
    const said: string[] = []
    const options = { ...SMOKE, ...sizes, seed: 'slice', days: 0, patience: { seconds: 60, quietHours: 0 } }
    const { differences, broken, sales } = await play(name, options, (progress) => void said.push(progress))
    expect({ differences, broken }, said.join('\n')).toEqual({ differences: [], broken: [] })
    expect(sales).toBeGreaterThan(40)
  },
  180_000,
)
