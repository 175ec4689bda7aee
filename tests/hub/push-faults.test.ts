import { expect, test } from 'vitest'
import { run, SMOKE } from '../../bench/push-faults.ts'

// Slices of the great runs of pushed orders (`npm run faults`): real connectors, a real PostgreSQL, simulated systems that
// time out, fail, throttle and go away, and workers that end between any two steps, at moments that a seed chooses.

test.each(['square', 'dine-pos', 'dine-pos-petpooja'])(
  'at %s each order is in the POS once, or a person is asked, and the history has every try',
  async (provider) => {
    const said: string[] = []
    // Where nobody can look anything up, a process of its own adds nothing that the others do not show.
    const options = provider === 'dine-pos-petpooja' ? { ...SMOKE, killed: 0 } : SMOKE
    const result = await run(provider, { ...options, seed: 'slice' }, (progress) => void said.push(progress))
    expect(result, said.join('\n')).toMatchObject({
      ...{ twice: 0, lost: 0, wrongly_successful: 0, wrongly_failed: 0, not_at_rest: 0, undecided_without_task: 0 },
      ...{ calls_missing: 0, history_broken: 0, states_add_up: true, pushes: options.pushes },
    })
    const ended = Object.values({ ...result.abandoned_at, ...result.killed_at })
    expect(ended.length).toBeGreaterThan(0)
    expect(Object.keys(result.struck).length).toBeGreaterThan(2)
    if (provider !== 'dine-pos-petpooja') expect(result.in_the_pos).toBe(result.pushes)
  },
  120_000,
)
