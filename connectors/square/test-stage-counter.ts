import type { OrderProgress } from '#canon/order.ts'
import type { CatalogueEntry } from '#simulators/square/reads/catalogue.ts'
import type { RunningSquare } from '#simulators/square/simulate.ts'
import type { Order } from '#simulators/square/wire.ts'
import type { HeldOrder, StageCounter } from '../conformance/stage.ts'
import type { PosArticle } from '../contract.ts'

// The counter of the simulated Square: what its catalogue sells, and the orders that were put in from outside.

const DISHES_MAX = 6
const EXTRAS_MAX = 2

/** The steps that Square has, by its own words; it knows no other. */
const STATES: Readonly<Partial<Record<OrderProgress, string>>> = {
  accepted: 'RESERVED',
  ready: 'PREPARED',
  completed: 'COMPLETED',
  cancelled: 'CANCELED',
}

export function counterOf(running: RunningSquare): StageCounter {
  const seller = running.square.mainSeller
  const entries = [...seller.reads.catalogue.entriesAt(running.square.now()).values()].filter(({ deleted }) => !deleted)
  const named = (type: CatalogueEntry['type']) => entries.filter((entry) => entry.type === type)
  const extras = named('MODIFIER').slice(0, EXTRAS_MAX).map(articleOf)
  return {
    menu: named('ITEM_VARIATION')
      .slice(0, DISHES_MAX)
      .map((entry) => ({ article: articleOf(entry), extras })),
    held: async () => [...seller.allOrders()].filter(({ reference_id }) => reference_id !== undefined).map(heldOf),
    move: async (id, progress) => {
      const state = STATES[progress]
      if (state === undefined) return false
      running.act('move-order', { id, state })
      return true
    },
  }
}

function articleOf({ id, parentId, data }: CatalogueEntry): PosArticle {
  const price = (data.price_money as { readonly amount?: number } | undefined)?.amount
  return {
    externalId: id,
    parentExternalId: parentId,
    name: String(data.name ?? id),
    price: price === undefined ? null : BigInt(price),
  }
}

function heldOf(order: Order): HeldOrder {
  return {
    externalId: order.id,
    reference: order.reference_id ?? null,
    total: BigInt(order.total_money.amount),
    lines: order.line_items?.length ?? 0,
    isWhole: (order.net_amount_due_money?.amount ?? 0) === 0,
    isCancelled: order.state === 'CANCELED',
    content: JSON.stringify(order),
  }
}
