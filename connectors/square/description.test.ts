import { describe, expect, test } from 'vitest'
import { instant } from '#kernel/instant.ts'
import type { ProviderCall, PullWindow, Talk } from '../contract.ts'
import { books } from './books.ts'
import { locations } from './locations.ts'
import { oauth } from './oauth.ts'
import { pull } from './pull.ts'
import type { Compiled } from './shape.ts'
import { signIn } from './sign-in.ts'
import { subscriptions } from './subscriptions.ts'
import { findDescription } from './test-description.ts'
import { fixture } from './test-fixtures.ts'
import { have, LINK } from './test-talk.ts'
import { ORDER, PAYMENT, REFUND } from './wire.ts'
import { CATALOG_OBJECT } from './wire-catalogue.ts'

const found = findDescription()

// Square's description lies beside the checkout; without it there is nothing to hold our calls against.
describe.skipIf(found === null)('by Square’s own description, where it is there', () => {
  const description = found as NonNullable<typeof found>
  const window = (by: PullWindow['by']): PullWindow => ({
    by,
    from: instant(0),
    to: instant(86_400_000),
    locations: ['L1'],
  })
  const application = { id: 'sq0idp-test', secret: 'sq0csp-test', credentials: {} }
  const grant = { code: 'c', redirectUri: 'https://hub.example.com/callback', codeVerifier: 'v' }
  const tokens = { access_token: 'a', refresh_token: 'EQAA-test' }
  const refs = ['order', 'payment', 'refund', 'catalog', 'inventory_count', 'customer'].map((kind) => ({
    kind,
    id: 'X:Y:Z',
  }))

  const talks: Readonly<Record<string, () => Talk<unknown>>> = {
    'the sign-in': () => signIn.check(LINK),
    'the places': () => locations(),
    'the books': () => books.figures(LINK, { location: 'L1', from: instant(0), to: instant(1) }),
    'an exchange of a code': () => oauth.exchange(application, grant),
    'a refresh': () => oauth.refresh(application, tokens),
    'a revocation': () => oauth.revoke(application, LINK),
    'fetching by name': () => pull.fetch(LINK, refs),
    subscribing: () => subscriptions.subscribe(LINK, 'https://hub.example.com/x', 'key'),
    unsubscribing: () => subscriptions.unsubscribe(LINK, 'wbhk_1'),
    'a turn of the key': () => subscriptions.rotate?.(LINK, 'wbhk_1', 'key') ?? locations(),
    ...Object.fromEntries(
      pull.streams.flatMap((stream) =>
        (['created', 'updated', 'whole'] as const)
          .filter((by) => by === stream.backfillBy || by === 'updated')
          .map((by) => [`${stream.name} by ${by}`, () => stream.page(LINK, window(by), 'cursor')]),
      ),
    ),
  }

  test.each(Object.keys(talks))('%s asks as it is described', (name) => {
    const talk = talks[name]
    if (talk === undefined) throw new Error('a talk by that name')
    const { calls } = have(talk(), answer)
    expect(calls.length).toBeGreaterThan(0)
    for (const call of calls) expect(description.faultsOfCall(call)).toEqual([])
  })

  function answer({ name }: ProviderCall) {
    if (name.startsWith('oauth.')) return { body: { access_token: 'a', merchant_id: 'M', refresh_token: 'r' } }
    if (name === 'merchants.me') return { body: { merchant: { id: 'M' } } }
    if (name === 'webhooks.rotate') return { body: { signature_key: 'k' } }
    if (name === 'webhooks.subscribe') return { body: { subscription: { id: 'S' } } }
    if (name === 'payments.get' || name === 'refunds.get') return { status: 404, body: {} }
    return { body: {} }
  }

  test('what is no call of Square’s is found out', () => {
    const call = { name: 'x', method: 'GET', path: '/v2/payments?since=1', body: null, repeatable: true } as const
    expect(description.faultsOfCall(call)).toEqual(['since is no parameter of /v2/payments'])
    expect(description.faultsOfCall({ ...call, path: '/v2/sales' })).toEqual(['there is no GET /v2/sales'])
    const body = JSON.stringify({ order_ids: 7, since: 1 })
    const posted = description.faultsOfCall({ ...call, method: 'POST', path: '/v2/orders/batch-retrieve', body })
    expect(posted).toEqual(['BatchRetrieveOrdersRequest has no since', expect.stringContaining('must be array')])
  })

  test('the fixtures have the shapes that Square describes', () => {
    const bundles = ['breakfast', 'lunch', 'late-return', 'exchange'].map(
      (name) => fixture(name) as Record<string, unknown[]>,
    )
    for (const { order, orders = [order], payments = [], refunds = [] } of bundles) {
      for (const one of orders) expect(description.faultsOf('Order', one)).toEqual([])
      for (const one of payments) expect(description.faultsOf('Payment', one)).toEqual([])
      for (const one of refunds) expect(description.faultsOf('PaymentRefund', one)).toEqual([])
    }
    for (const one of (fixture('catalog') as { objects: unknown[] }).objects) {
      expect(description.faultsOf('CatalogObject', one)).toEqual([])
    }
  })

  test.each([
    ['Order', ORDER],
    ['OrderLineItem', inside(ORDER, 'line_items')],
    ['OrderLineItemModifier', inside(ORDER, 'line_items', 'modifiers')],
    ['OrderLineItemTax', inside(ORDER, 'taxes')],
    ['OrderServiceCharge', inside(ORDER, 'service_charges')],
    ['OrderReturn', inside(ORDER, 'returns')],
    ['OrderReturnLineItem', inside(ORDER, 'returns', 'return_line_items')],
    ['OrderReturnTip', inside(ORDER, 'returns', 'return_tips')],
    ['OrderMoneyAmounts', inside(ORDER, 'net_amounts')],
    ['Tender', inside(ORDER, 'tenders')],
    ['TenderCardDetails', inside(ORDER, 'tenders', 'card_details')],
    ['Refund', inside(ORDER, 'refunds')],
    ['Payment', PAYMENT],
    ['CardPaymentDetails', inside(PAYMENT, 'card_details')],
    ['Card', inside(PAYMENT, 'card_details', 'card')],
    ['ExternalPaymentDetails', inside(PAYMENT, 'external_details')],
    ['DigitalWalletDetails', inside(PAYMENT, 'wallet_details')],
    ['BuyNowPayLaterDetails', inside(PAYMENT, 'buy_now_pay_later_details')],
    ['ProcessingFee', inside(PAYMENT, 'processing_fee')],
    ['PaymentRefund', REFUND],
  ])('no field of %s that is described is taken for a new one', (schema, shape) => {
    const fields = description.fieldsOf(schema)
    expect(fields.length).toBeGreaterThan(0)
    expect(fields.filter((name) => !shape.fields.has(name))).toEqual([])
  })

  test('the fields of articles that are read are there', () => {
    const described = new Set(description.fieldsOf('CatalogObject'))
    expect([...CATALOG_OBJECT.fields.keys()].filter((name) => !described.has(name))).toEqual([])
  })
})

/** The shape below these fields. */
function inside(shape: Compiled, ...path: readonly string[]): Compiled {
  return path.reduce((outer, name) => {
    const field = outer.fields.get(name)
    if (field === undefined || typeof field === 'string' || 'words' in field) throw new Error(`${name} holds no shape`)
    return 'one' in field ? field.one : field.many
  }, shape)
}
