import { instant } from '#kernel/instant.ts'
import { openDatabase } from '#platform/postgres/database.ts'
import { diceOf } from '../outages/dice.ts'
import { workAll } from './crew.ts'
import { openPushHub } from './hub.ts'
import { planKills } from './kills.ts'
import type { ProviderAccess } from './provider.ts'

// A crew as a process of its own, which is told the time and kills itself at a named point: SIGKILL, so that nothing is
// brought to its end. Its parent counts the point that it says last.

export type ProcessOrder = {
  readonly url: string
  readonly rootKey: string
  readonly access: ProviderAccess
  readonly now: number
  readonly seed: string
  readonly every: number
}

export type ToProcess =
  | { readonly begin: ProcessOrder }
  | { readonly tick: number }
  | { readonly now: number }
  | { readonly end: true }
export type FromProcess = { readonly ready: true } | { readonly done: number } | { readonly dies: string }

const say = (message: FromProcess) => new Promise<void>((resolve) => process.send?.(message, () => resolve()))

let now = 0
let work: ((now: number) => Promise<void>) | null = null
let close: (() => Promise<void>) | null = null

async function begin({ url, rootKey, access, seed, every, ...order }: ProcessOrder): Promise<void> {
  now = order.now
  const dice = diceOf(seed)
  const kills = planKills(diceOf(`${seed}/kills`), every)
  const database = openDatabase({ url, connectionsMax: 8 })
  const hub = openPushHub({
    ...{ database, access, random: dice, rootKey: Buffer.from(rootKey, 'base64') },
    clock: { now: () => instant(now) },
    async at(point) {
      if (!kills.strikes(point)) return
      await say({ dies: point })
      process.kill(process.pid, 'SIGKILL')
      await new Promise(() => undefined)
    },
  })
  await hub.outbox.start()
  work = async (at) => {
    await workAll(hub, instant(at))
    await say({ done: at })
  }
  close = async () => {
    await hub.close()
    await database.close()
    process.disconnect()
  }
  await say({ ready: true })
}

process.on('message', (message: ToProcess) => {
  if ('begin' in message) void begin(message.begin)
  if ('now' in message) now = message.now
  if ('end' in message) void close?.()
  if ('tick' in message) {
    now = message.tick
    void work?.(now)
  }
})

// Nobody is left to tell it the time.
process.once('disconnect', () => process.exit(0))
