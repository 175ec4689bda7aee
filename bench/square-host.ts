import { parseArgs } from 'node:util'
import { startSquare } from '#simulators/square/simulate.ts'

// Square in a process of its own, with a year of trade behind it, for benches: what it costs is not the hub's. Prints one
// line when it serves, and serves until it is killed.

const { values } = parseArgs({
  options: { sales: { type: 'string' }, 'per-second': { type: 'string' }, burst: { type: 'string' } },
})
const perSecond = Number(values['per-second'] ?? 20)
const square = await startSquare({ rateLimit: { perSecond, burst: Number(values.burst ?? 40) }, seed: 'bench' })
const day = (ago: number) => new Date(square.clock.now() - ago * 86_400_000).toISOString().slice(0, 10)
const { sold } = square.sell({
  from: day(365),
  to: day(1),
  ...(values.sales === undefined ? {} : { count: Number(values.sales) }),
})
const line = { base_url: square.baseUrl, control_url: square.controlUrl, credentials: square.credentials }
process.stdout.write(`${JSON.stringify({ ...line, locations: square.locations, sold })}\n`)
