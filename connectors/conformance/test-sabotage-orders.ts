import type { Order } from '#canon/order.ts'
import { sum } from '#kernel/money.ts'
import { acme } from '../../examples/acme-connector/connector.ts'
import {
  CallFailed,
  type Link,
  type Live,
  type OrderReport,
  type Orders,
  type OutgoingOrder,
  type PreparedOrder,
  type ProviderCall,
  type PushedOrder,
  type Talk,
} from '../contract.ts'
import type { Candidate } from './stage.ts'

// Saboteurs of the checks of orders: each puts orders in as somebody really has, and wrongly.

const live = acme.live as Live
const orders = live.orders as Orders
const { find, report, cancel, amend, menu } = orders as Required<Orders>

const withOrders = (change: Partial<Orders>): Candidate => ({
  ...acme,
  live: { ...live, orders: { ...orders, ...change } },
})
const withOutgoing = (change: (outgoing: OutgoingOrder) => OutgoingOrder) =>
  withOrders({
    prepare: (outgoing, link) => orders.prepare(change(outgoing), link),
    push: (link, outgoing) => orders.push(link, change(outgoing)),
  })
const withOrder = (change: (order: Order) => Partial<Order>) =>
  withOutgoing((outgoing) => ({ ...outgoing, order: { ...outgoing.order, ...change(outgoing.order) } }))
const withPrepared = (change: (prepared: PreparedOrder, outgoing: OutgoingOrder) => Partial<PreparedOrder>) =>
  withOrders({
    prepare: (outgoing, link) => {
      const prepared = orders.prepare(outgoing, link)
      return { ...prepared, ...change(prepared, outgoing) }
    },
  })
const withPush = (push: (link: Link, outgoing: OutgoingOrder) => Talk<PushedOrder>) => withOrders({ push })
const withReport = (change: (report: OrderReport) => Partial<OrderReport>) =>
  withOrders({
    *report(...args) {
      const told = yield* report(...args)
      return told === null ? null : { ...told, ...change(told) }
    },
  })

/** The talk with its calls changed on their way. */
function* changed<T>(talk: Talk<T>, change: (call: ProviderCall) => ProviderCall): Talk<T> {
  let step = talk.next()
  while (!step.done) {
    const call = change(step.value)
    try {
      step = talk.next(yield call)
    } catch (failure) {
      step = talk.throw(failure)
    }
  }
  return step.value
}

const isFailed = (failure: unknown): failure is CallFailed => failure instanceof CallFailed

let counter = 0

export const ORDER_SABOTAGE: Readonly<Record<string, Candidate>> = {
  'orders/says-what-it-is': withOrders({ assurance: { ...orders.assurance, keyLifeMs: 0 } }),
  'orders/prepare-is-pure': withOutgoing((outgoing) => ({ ...outgoing, key: `${outgoing.key}-${counter++}` })),
  // The note is put in only when it is sent.
  'orders/sends-what-it-showed': withPush((link, outgoing) =>
    orders.push(link, { ...outgoing, order: { ...outgoing.order, note: 'Sent by the hub' } }),
  ),
  // Drafted, and never sent to the kitchen.
  'orders/arrives': withPush(function* (link, outgoing) {
    const talk = orders.push(link, outgoing)
    const draft = talk.next()
    if (draft.done) return draft.value
    yield draft.value
    const [found] = yield* find(link, outgoing, { first: outgoing.order.placedAt, last: outgoing.order.placedAt })
    if (found === undefined) throw new Error('Acme has what was drafted')
    return found.pushed
  }),
  'orders/same-key-once': withPush((link, outgoing) =>
    orders.push(link, { ...outgoing, key: `${outgoing.key}-${counter++}` }),
  ),
  // The key made of what is ordered, so that nobody orders the same again.
  'orders/alike-are-two': withOutgoing((outgoing) => ({ ...outgoing, key: `key-${outgoing.order.total}` })),
  'orders/every-fulfilment': withPush(function* (link, outgoing) {
    if (outgoing.order.fulfilment.kind === 'dine_in') {
      throw new CallFailed('orders.draft', { kind: 'refused', code: 'no_tables', say: 'There are no tables.' }, true)
    }
    return yield* orders.push(link, outgoing)
  }),
  'orders/unmapped': withPrepared(({ warnings }) => ({
    warnings: warnings.filter(({ code }) => code !== 'orders.unmapped-item'),
  })),
  // What it calls a problem is sent all the same.
  'orders/problems-are-final': withPrepared((_, { order }) => {
    if (order.payment.state === 'paid') return {}
    return { problems: [{ code: 'orders.unpaid', pointer: '/payment/state', say: 'Acme wants it paid.' }] }
  }),
  'orders/whole-reference': withOutgoing((outgoing) => ({ ...outgoing, reference: outgoing.reference.slice(0, 39) })),
  'orders/menu': withOrders({
    *menu(link) {
      return (yield* menu(link)).slice(1)
    },
  }),
  'orders/records-are-read': {
    ...acme,
    live: { ...live, reader: { ...live.reader, personal: { ...live.reader.personal, order: ['note'] } } },
  },
  // Looked for by the guest, too.
  'orders/tells-nobody': withOrders({
    find: (link, outgoing, sent) =>
      changed(find(link, outgoing, sent), (call) => ({
        ...call,
        path: `${call.path}&guest=${encodeURIComponent(outgoing.order.customer?.name ?? '')}`,
      })),
  }),
  // Discounts are the till's own affair.
  'orders/totals': withOrder(({ discounts, total }) => ({
    discounts: [],
    total: total + sum(discounts.map(({ amount }) => amount)),
  })),
  // Every currency is taken for one with cents.
  'orders/no-decimals': withOrder(({ currency, tip, total }) => {
    return currency === 'JPY' ? { tip: tip * 100n, total: total + tip * 99n } : {}
  }),
  'orders/three-decimals': withOrder(({ currency, tip, total }) => {
    return currency === 'KWD' ? { tip: tip / 10n, total: total - tip + tip / 10n } : {}
  }),
  'orders/many-lines': withOrder(({ items, total }) => ({
    items: items.slice(0, 100),
    total: total - sum(items.slice(100).map((item) => item.total)),
  })),
  'orders/long-texts': withPrepared(({ warnings }) => ({
    warnings: warnings.filter(({ code }) => code !== 'orders.shortened'),
  })),

  'orders/found-again': withOrders({
    *find(...args) {
      return (yield* find(...args)).map((one) => ({ ...one, match: 'likely' as const }))
    },
  }),
  // Whoever looks puts in what is not there.
  'orders/looking-only-reads': withOrders({
    *find(link, outgoing, sent) {
      yield* orders.push(link, outgoing)
      return yield* find(link, outgoing, sent)
    },
  }),
  'orders/says-what-it-writes': withPush((link, outgoing) =>
    changed(orders.push(link, outgoing), ({ writes: _, ...call }) => call),
  ),
  'orders/unknown-is-no-refusal': {
    ...acme,
    live: {
      ...live,
      api: {
        ...live.api,
        judge: (call, answer) => {
          const verdict = live.api.judge(call, answer)
          return verdict.kind === 'unavailable' ? { kind: 'refused', code: verdict.code, say: 'No.' } : verdict
        },
      },
    },
  },
  // What is there is taken for whole.
  'orders/found-after-no-answer': withOrders({
    *find(...args) {
      return (yield* find(...args)).map((one) => ({ ...one, whole: true }))
    },
  }),
  'orders/again-after-no-answer': withPush((link, outgoing) =>
    orders.push(link, { ...outgoing, key: `${outgoing.key}-${counter++}` }),
  ),
  // The draft is there, so the rest will be.
  'orders/never-arrived': withPush(function* (link, outgoing) {
    let drafted: PushedOrder | undefined
    try {
      return yield* orders.push(link, outgoing)
    } catch (failure) {
      if (!isFailed(failure) || failure.call !== 'orders.send') throw failure
      const at = outgoing.order.placedAt
      drafted = (yield* find(link, outgoing, { first: at, last: at }))[0]?.pushed
    }
    if (drafted === undefined) throw new Error('Acme has what was drafted')
    return drafted
  }),
  'orders/unknown-order': withOrders({
    *report(...args) {
      const told = yield* report(...args)
      return told ?? { ...NOTHING, externalId: args[1] }
    },
  }),

  'orders/cancel': withOrders({ *cancel() {} }),
  'orders/cancel-too-late': withOrders({
    *cancel(...args) {
      try {
        yield* cancel(...args)
      } catch (failure) {
        if (!isFailed(failure) || failure.verdict.kind !== 'refused') throw failure
      }
    },
  }),
  // Only the first change counts.
  'orders/amend': withOrders({
    *amend(link, externalId, outgoing) {
      const { order } = outgoing
      return yield* amend(link, externalId, { ...outgoing, order: { ...order, note: order.note && 'Window seat' } })
    },
  }),
  'orders/progress': withReport(({ progress }) => ({ progress: progress === 'ready' ? 'accepted' : progress })),
  'orders/progress-cancelled': withReport(({ progress }) => ({
    progress: progress === 'cancelled' ? 'completed' : progress,
  })),
  // What was put in is a sale, and what the till rings up of it another.
  'orders/becomes-a-sale': {
    ...acme,
    live: {
      ...live,
      reader: {
        ...live.reader,
        read: (...args) => {
          const reading = live.reader.read(...args)
          return {
            ...reading,
            sales: reading.sales.flatMap((one) => [one, { ...one, externalId: `${one.externalId}-o` }]),
          }
        },
      },
    },
  },
}

const NOTHING: OrderReport = {
  externalId: '',
  reference: null,
  progress: 'placed',
  at: null,
  reason: null,
  readyAt: null,
}
