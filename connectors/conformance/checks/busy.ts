import { readsSales } from '../check.ts'
import { openOrdering, putIn } from '../ordering.ts'
import type { CapturedDelivery } from '../stage.ts'
import type { Hub, Trial } from '../trial.ts'
import { playable, pullAll, traded } from './shop.ts'

// A provider at which something has happened, for checks that do not mind what: sales, or orders that were put in and worked
// on where the provider shows no sales.

const ORDERS = 2

/** With so many sales, which nobody has read yet; or with orders, of which nothing was heard. */
export async function busyHub(trial: Trial, count: number): Promise<Hub> {
  if (readsSales(trial.live)) return (await traded(trial, count)).hub
  return trial.live.orders === undefined ? trial.open() : (await ordered(trial)).hub
}

/** What is told of something that happened just now. */
export async function toldOfSomething(
  trial: Trial,
  count = 1,
): Promise<{ readonly hub: Hub; readonly deliveries: readonly CapturedDelivery[] }> {
  if (!readsSales(trial.live)) return await ordered(trial)
  const hub = await trial.open()
  await hub.locations()
  return { hub, deliveries: await hub.sellNow(count, playable(trial)) }
}

/** A hub that has read all there is. */
export async function wellRead(trial: Trial, count: number): Promise<Hub> {
  if (!readsSales(trial.live)) {
    const { hub, deliveries } = await ordered(trial)
    for (const one of deliveries) await hub.receive(one)
    return hub
  }
  const { hub } = await traded(trial, count)
  await pullAll(hub)
  return hub
}

async function ordered(trial: Trial) {
  const ordering = await openOrdering(trial)
  const { hub, counter } = ordering
  for (let nth = 0; nth < ORDERS; nth++) {
    const { externalId, records } = await putIn(ordering, ordering.make())
    hub.keeper.keep(records, hub.provider.now())
    for (const step of ['accepted', 'ready', 'completed'] as const) await counter.move?.(externalId, step)
  }
  await hub.fill()
  const deliveries = await hub.provider.deliveries()
  if (deliveries.length === 0) throw new Error('the stage worked on orders and delivered nothing')
  return { hub, deliveries }
}
