import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { useBrowser, type Visitor } from '#tests/harness/browser.ts'
import { useHub } from '#tests/harness/hub.ts'
import { NAMELESS, WIDER } from '#tests/harness/page-checks.ts'
import { startDinePos } from '../../simulators/dine-pos/simulate.ts'
import { startSquare } from '../../simulators/square/simulate.ts'
import { shopOf, sitesOf } from '../../simulators/trade/shop.ts'

// A merchant whose web shop hands in orders: from the first of them to the one that only a person can decide. Both POS
// systems are simulators, which the hub asks as it would ask the real ones.

const MAIN = { name: 'Main' }
const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true, colorScheme: 'dark' } as const
const DARK = { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' } as const

const square = await startSquare({
  sellers: [{ shop: shopOf('cafe', { name: 'Lindenhof Coffee', sites: sitesOf(1) }), country: 'IE' }],
})
const kitchen = await startDinePos({
  profile: 'petpooja',
  kitchen: null,
  shop: shopOf('restaurant', {
    name: 'Lindenhof Kitchen',
    currency: shopOf('cafe').currency,
    sites: sitesOf(1),
  }),
})
const { application } = square.credentials

describe('a merchant whose web shop hands in orders', () => {
  const hub = useHub({
    privateAddresses: 'allow',
    providers: new Map([
      ['SQUARE_BASE_URL', square.baseUrl],
      ['SQUARE_APPLICATION_ID', application.id],
      ['SQUARE_APPLICATION_SECRET', application.secret],
    ]),
  })
  const browser = useBrowser()
  let ada: Visitor
  let cafeId = ''
  let orders: Readonly<Record<string, string>> = {}

  /** What a program would ask, with the visitor's own session. */
  async function ask<T>(method: string, path: string, data?: unknown): Promise<T> {
    const headers = { 'x-tenant-id': 'lindenhof', origin: hub.url.origin }
    const where = path.startsWith('/') ? path : `/api/v1/tenants/lindenhof/${path}`
    const answer = await ada.page.request.fetch(where, { method, headers, ...(data === undefined ? {} : { data }) })
    if (!answer.ok()) throw new Error(`${method} ${where}: ${answer.status()} ${await answer.text()}`)
    return (await answer.json()) as T
  }

  type Line = { readonly id: string | null; readonly name: string; readonly amount: number; readonly note?: string }
  async function order(number: string, location: string, ...lines: readonly Line[]): Promise<string> {
    const money = (amount: number) => ({ amount, currency: 'EUR' })
    const made = await ask<{ id: string }>('POST', 'orders', {
      channel: 'web-shop',
      external_id: `W-${number}`,
      number,
      placed_at: new Date().toISOString(),
      currency: 'EUR',
      location,
      fulfilment: { kind: 'pickup' },
      customer: { name: 'Maria Rossi', phone: '+353851234567', email: 'maria@example.org' },
      items: lines.map(({ id, name, amount, note }) => ({
        item_id: id,
        name,
        quantity: 1,
        unit_price: money(amount),
        ...(note === undefined ? {} : { note }),
      })),
      total: money(lines.reduce((sum, { amount }) => sum + amount, 0)),
      payment: { state: 'paid', method: 'card' },
    })
    orders = { ...orders, [number]: made.id }
    return made.id
  }

  beforeAll(async () => {
    ada = await browser.visit(hub.url)
    const { page } = ada
    await page.goto(hub.running.setUpLink ?? '')
    await page.getByLabel('Your name').fill('Ada')
    await page.getByLabel('E-mail').fill('ada@bakery.example')
    await page.getByLabel('Password', { exact: true }).fill('a loaf of rye at dawn')
    await page.getByLabel('Name of the business').fill('Lindenhof')
    await page.getByLabel('Currency').selectOption('EUR')
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('navigation', MAIN).first().waitFor()
    const { id } = await ask<{ id: string }>('POST', 'pos/configurations', {
      pos_system: 'square',
      name: 'Lindenhof Coffee',
      credentials: { access_token: square.credentials.access_token },
      locations: 'all',
    })
    cafeId = id
  })
  afterAll(async () => {
    await ada?.leave()
    await square.close()
    await kitchen.close()
  })

  test('reads how the first order comes in, as a call that works', async () => {
    const { page } = ada
    await page.goto('/orders')
    await page.getByRole('heading', { name: 'No order yet' }).waitFor()
    const call = page.getByRole('region', { name: 'A first order' }).last()
    await call.getByText('/api/v1/tenants/', { exact: false }).waitFor()
    const body = /-d '(.*)'$/s.exec((await call.textContent()) ?? '')?.[1] ?? ''
    expect(await ask('POST', 'orders?dry_run=true', JSON.parse(body))).toMatchObject({ dry_run: true, status: 'valid' })
    await expectWhole(ada, 'no order')
    await ada.picture('orders-first')
  })

  test('sends orders to her POS once she has read what that costs', async () => {
    const { page } = ada
    await page.goto(`/connections/${cafeId}`)
    await page.getByRole('tab', { name: 'Orders' }).click()
    await page.getByText('Orders do not go here').waitFor()
    await page.getByRole('button', { name: 'Send orders here' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('charges the seller 1 %', { exact: false }).waitFor()
    await ada.picture('connection-orders-ask')
    await dialog.getByRole('button', { name: 'Send orders here' }).click()
    await page.getByText('Orders go here', { exact: true }).waitFor()
    await page.getByLabel('Tell the POS the customer’s phone and e-mail').uncheck()
    await page.getByRole('region', { name: 'How they are put in' }).getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved.').waitFor()
    await page.reload()
    expect(await page.getByLabel('Tell the POS the customer’s phone and e-mail').isChecked()).toBe(false)
    await ada.picture('connection-orders')
  })

  test('sees a test order go the whole way', async () => {
    const { page } = ada
    await page.getByRole('button', { name: 'Send a test order' }).click()
    await page.getByRole('link', { name: 'Look at the test order' }).click()
    await page.getByRole('heading', { name: /^Order TEST/ }).waitFor()
    await page.getByRole('heading', { name: /Test order$/ }).waitFor()
    await page.getByRole('list', { name: 'Timeline' }).getByText('Taken back from the POS').waitFor()
  })

  test('maps the items of her web shop with the keyboard, all sure ones at once, and by hand', async () => {
    const { page } = ada
    type Article = { id: string; name: string; variant: string | null; price: { amount: number } | null }
    const articles = await untilSome(() =>
      ask<{ data: Article[] }>('GET', `pos/configurations/${cafeId}/articles?kind=article&limit=60`),
    )
    const plain = articles.filter(({ price, variant }) => price !== null && variant === null).slice(0, 12)
    const [dearer, ...same] = plain
    await ask('PUT', 'channels/web-shop/items', {
      items: [
        ...same.map(({ name, price }, at) => ({ id: `w-${at}`, name, price: { ...price, currency: 'EUR' } })),
        { id: 'dearer', name: dearer?.name, price: { amount: (dearer?.price?.amount ?? 0) + 30, currency: 'EUR' } },
        { id: 'box', name: 'Seasonal surprise', price: { amount: 2490, currency: 'EUR' } },
      ],
    })
    await page.goto('/mapping')
    const table = page.getByRole('table', { name: 'Items and what they stand for' })
    await table
      .getByRole('button', { name: /^Confirm:/ })
      .first()
      .waitFor()
    await page.getByRole('button', { name: 'Look through now' }).click()
    await page.getByText('Looked through.').waitFor()
    await ada.picture('mapping')

    const first = table.getByRole('row').nth(1)
    await first.getByRole('checkbox').focus()
    await page.keyboard.press('Enter')
    await first.getByText('Mapped', { exact: true }).waitFor()
    await page.keyboard.press('ArrowDown')
    expect(await page.evaluate<string>('document.activeElement?.getAttribute("aria-label") ?? ""')).toMatch(/^Select /)

    await page.getByRole('button', { name: 'Confirm all that are sure' }).click()
    await page.getByLabel('At least so sure').selectOption({ label: '70%' })
    await page.getByRole('dialog').getByRole('button', { name: 'Confirm them' }).click()
    await page.getByText(/^\d+ items confirmed\.$/).waitFor()

    const box = table.getByRole('row', { name: /Seasonal surprise/ })
    await box.getByRole('button', { name: /^Choose an article/ }).click()
    const dialog = page.getByRole('dialog', { name: /Which article is Seasonal surprise/ })
    await dialog.getByRole('searchbox').fill(plain[1]?.name ?? '')
    await dialog
      .getByRole('button', { name: plain[1]?.name ?? '' })
      .first()
      .click()
    await box.getByText('Mapped', { exact: true }).waitFor()
    await box.getByText('also 1 item').waitFor()

    await page.getByLabel('Shown items').selectOption('repriced')
    await page
      .getByRole('button', { name: /^Accept the other price/ })
      .first()
      .waitFor()
    await ada.picture('mapping-repriced')
  })

  test('gives a table back that is wrong and is told where; what she changed last she undoes', async () => {
    const { page } = ada
    await page.goto('/mapping')
    await page.getByRole('button', { name: 'As a table' }).click()
    await page.getByRole('menuitem', { name: /Give a table back/ }).click()
    const dialog = page.getByRole('dialog')
    const table = (text: string) => ({ name: 'mapping.csv', mimeType: 'text/csv', buffer: Buffer.from(text) })
    await dialog.getByLabel('File').setInputFiles(table('item_id,pos_item_id\nw-0,nowhere\n'))
    await dialog.getByRole('button', { name: 'Replace the mapping' }).click()
    await dialog.getByText(/Line 2, pos_item_id/).waitFor()
    await ada.picture('mapping-table-refused')
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('button', { name: 'Undo the last change' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Undo' }).click()
    await page.getByText(/^Undone:/).waitFor()
    const box = page.getByRole('row', { name: /Seasonal surprise/ })
    await box.getByText('Nothing similar').waitFor()
    await box.getByRole('button', { name: 'More for Seasonal surprise' }).click()
    await page.getByRole('menuitem', { name: /It stands for none/ }).click()
    await box.getByText('Stands for none').waitFor()
  })

  test('sees an order come in by itself, go into the POS, and be ready', async () => {
    const { page } = ada
    await page.goto('/orders')
    await page.getByRole('table', { name: 'List of orders' }).waitFor()
    const { data } = await ask<{ data: { item: { id: string; name: string; price: { amount: number } } }[] }>(
      'GET',
      `pos/configurations/${cafeId}/item-mappings?channel=web-shop&state=mapped&limit=2`,
    )
    const lines = data.map(({ item }) => ({ id: item.id, name: item.name, amount: item.price.amount }))
    const id = await order('1042', 'main', ...lines.map((line) => ({ ...line, note: 'not too hot, Maria' })))
    const row = page.getByRole('row', { name: /Open order 1042/ })
    await row.getByRole('cell', { name: 'In the POS' }).waitFor()
    await ada.picture('orders')
    await row.getByRole('link', { name: 'Open order 1042' }).click()
    await page.getByRole('heading', { name: /^Order 1042/ }).waitFor()
    await page.getByText('Maria Rossi').waitFor()
    await page.getByText(`In the POS: ${lines[0]?.name}`).first().waitFor()
    const timeline = page.getByRole('list', { name: 'Timeline' })
    await timeline.getByText('Sent to the POS').waitFor()
    // What was asked is shown, and who asked for it is covered.
    await timeline.getByLabel('Show call orders.create').click()
    const asked = timeline.getByRole('region', { name: 'What was asked' }).first()
    await asked.getByText('"line_items"').waitFor()
    expect(await asked.textContent()).not.toMatch(/Maria|353851234567|not too hot/)
    await ada.picture('order')
    square.act('move-order', { reference_id: id, state: 'PREPARED' })
    const steps = page.getByRole('region', { name: 'How far the order is' })
    await steps.locator('[aria-current=step]', { hasText: 'Ready' }).waitFor()
    await ada.picture('order-ready')
  })

  test('shows what would be sent, says at the counter how far it is, and takes another one back', async () => {
    const { page } = ada
    await page.getByRole('button', { name: 'More', exact: true }).click()
    await page.getByRole('menuitem', { name: 'Show what would be sent' }).click()
    await page.getByRole('dialog').getByRole('table', { name: 'What its items stand for' }).waitFor()
    await ada.picture('order-rehearsal')
    await page.getByRole('button', { name: 'Close' }).click()
    await page.getByRole('button', { name: 'More', exact: true }).click()
    await page.getByRole('menuitem', { name: 'Mark as completed' }).click()
    await page.getByRole('dialog').getByLabel('Note').fill('Handed over')
    await page.getByRole('dialog').getByRole('button', { name: 'Mark' }).click()
    await page.getByRole('list', { name: 'Timeline' }).getByText('“Handed over”').waitFor()

    const id = await order('1043', 'main', { id: null, name: 'Lemon tart', amount: 450 })
    await page.goto(`/orders/${id}`)
    await page.getByRole('heading', { name: /In the POS/ }).waitFor()
    await page.getByRole('button', { name: 'More', exact: true }).click()
    await page.getByRole('menuitem', { name: 'Cancel the order' }).click()
    await page.getByLabel('Reason').fill('Ordered twice')
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel the order' }).click()
    // Square takes back nothing that is paid: that is said, and becomes somebody's task.
    await page.getByRole('list', { name: 'Timeline' }).getByText('Not taken back').waitFor()
    await page
      .getByRole('region', { name: 'Waits for a person' })
      .getByRole('link', { name: /Order 1043/ })
      .waitFor()
    await ada.picture('order-cancel-refused')
  })

  test('hears of an order that cannot get in, and says that somebody saw to it', async () => {
    const { page } = ada
    await ask('POST', 'sites', { name: 'Pop-up', time_zone: 'Europe/Dublin', currency: 'EUR', close_out: '00:00' })
    const { data } = await ask<{ data: { name: string; slug: string }[] }>('GET', 'sites')
    const slug = data.find(({ name }) => name === 'Pop-up')?.slug ?? ''
    await page.goto('/tasks')
    await order('1044', slug, { id: null, name: 'Lemon tart', amount: 450 })
    await page.getByRole('link', { name: /Open task: Order 1044 is not in the POS/ }).waitFor()
    await page.getByRole('button', { name: /^Notices, \d+ unread/ }).click()
    const bell = page.getByRole('dialog', { name: 'Notices' })
    await bell
      .getByRole('link', { name: /Order 1044/ })
      .first()
      .waitFor()
    await ada.picture('bell')
    await bell.getByRole('button', { name: 'Mark all as read' }).click()
    await page.getByRole('button', { name: 'Notices', exact: true }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('link', { name: /Open task: Order 1044/ }).click()
    await page.getByRole('link', { name: 'Go to the order' }).click()
    await page.getByText('No place of the connection is the site', { exact: false }).first().waitFor()
    await page.getByRole('button', { name: 'Push again' }).waitFor()
    await ada.picture('order-failed')
    await page.getByRole('button', { name: 'More', exact: true }).click()
    await page.getByRole('menuitem', { name: 'Seen to by hand' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Yes, by hand' }).click()
    await page.getByText('Decided.').waitFor()
    await page.goto('/tasks?kind=push.failed')
    await page.getByRole('heading', { name: 'No tasks here' }).waitFor()
  })

  test('decides about an order of which nobody knows whether it arrived', async () => {
    const { page } = ada
    const { id, account } = await ask<{ id: string; account: { id: string } }>('POST', 'pos/configurations', {
      pos_system: 'dine-pos',
      name: 'Lindenhof Kitchen',
      credentials: kitchen.credentials,
      locations: 'all',
    })
    await ask('POST', '/api/v1/pos/connect', {
      business_id: 'lindenhof',
      provider: 'dine-pos',
      merchant_id: account.id,
    })
    const places = await ask<{ data: { site_id: string }[] }>('GET', `pos/configurations/${id}/places`)
    type Article = { id: string; name: string; price: { amount: number } | null }
    const dishes = await untilSome(() =>
      ask<{ data: Article[] }>('GET', `pos/configurations/${id}/articles?kind=article&limit=5`),
    )
    const dish = dishes.find(({ price }) => price !== null)
    await ask('PATCH', `pos/configurations/${id}/item-mappings`, {
      channel: 'web-shop',
      mappings: [{ item_id: 'w-0', pos_item_id: dish?.id }],
    })
    kitchen.fault({ name: 'error-before-commit', on: true, rate: 1, times: 1, calls: ['orders.push'] })
    const line = { id: 'w-0', name: dish?.name ?? '', amount: dish?.price?.amount ?? 0 }
    const lost = await order('1045', places.data[0]?.site_id ?? '', line)
    await page.goto(`/orders/${lost}`)
    const question = page.getByRole('region', { name: 'Is this order in the POS?' })
    await question.getByText('The POS cannot be asked for it', { exact: false }).waitFor()
    await ada.picture('order-undecided')
    expect(await page.getByRole('button', { name: /^Push/ }).count()).toBe(0)
    await question.getByRole('button', { name: 'Send it again' }).click()
    const dialog = page.getByRole('dialog', { name: 'Send this order again?' })
    await dialog.getByText('it will be made twice', { exact: false }).waitFor()
    await dialog.getByRole('button', { name: 'Send it again' }).click()
    await page.getByRole('heading', { name: /In the POS/ }).waitFor()
    await question.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'More', exact: true }).click()
    await page.getByRole('menuitem', { name: 'Cancel the order' }).click()
    await page.getByLabel('Reason').fill('The guest left')
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel the order' }).click()
    await page.getByRole('heading', { name: /Cancelled/ }).waitFor()
    await page.getByText('The order was cancelled.', { exact: false }).waitFor()

    kitchen.fault({ name: 'error-before-commit', on: true, rate: 1, times: 1, calls: ['orders.push'] })
    const found = await order('1046', places.data[0]?.site_id ?? '', line)
    await page.goto(`/orders/${found}`)
    await question.getByLabel('Its id in the POS').fill('K-77')
    await question.getByRole('button', { name: 'It is in the POS' }).click()
    await page.getByRole('heading', { name: /In the POS/ }).waitFor()
    await page.getByText('K-77').first().waitFor()
  })

  test('gives a task to herself and settles it by hand with a note', async () => {
    const { page } = ada
    await page.goto('/tasks?kind=matching.repriced')
    await page
      .getByRole('link', { name: /Open task: / })
      .first()
      .click()
    await page.getByLabel('Give it to').selectOption({ label: 'You' })
    await page.getByText('Given.').waitFor()
    await page.getByRole('button', { name: 'Settle by hand' }).click()
    await page.getByRole('dialog').getByLabel('Note').fill('The shop’s own prices hold.')
    await page.getByRole('dialog').getByRole('button', { name: 'Settle' }).click()
    await page.getByText('The shop’s own prices hold.').waitFor()
    await page.getByText('By hand', { exact: true }).waitFor()
    await ada.picture('task')
    await page.goto('/tasks?state=settled')
    await page
      .getByRole('link', { name: /Open task: / })
      .first()
      .waitFor()
    await ada.picture('tasks')
  })

  test('chooses how she is told; a number is taken with her consent alone', async () => {
    const { page } = ada
    await page.goto('/settings')
    await page.getByRole('link', { name: 'How you are told' }).click()
    await page.getByLabel('An order fails three times in a row: E-mail').check()
    await page.getByLabel('Keep quiet at night').check()
    await page.getByLabel('From', { exact: true }).fill('21:30')
    await page.getByLabel('Number', { exact: true }).fill('+353 85 123 4567')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('alert').getByText('Agree first', { exact: false }).waitFor()
    await page.getByLabel(/^I agree/).check()
    await page.getByLabel('Number', { exact: true }).fill('12')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('alert').first().waitFor()
    expect(await page.getByLabel('Number', { exact: true }).getAttribute('aria-invalid')).toBe('true')
    await page.getByLabel('Number', { exact: true }).fill('+353 85 123 4567')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('The number that ends in 4567', { exact: false }).waitFor()
    await page.reload()
    expect(await page.getByLabel('An order fails three times in a row: E-mail').isChecked()).toBe(true)
    expect(await page.getByLabel('From', { exact: true }).inputValue()).toBe('21:30')
    await page.getByRole('region', { name: 'E-mail' }).getByText('Not set up').waitFor()
    await ada.picture('notices-settings')
  })

  test('sees how orders get into her systems, and the numbers behind the picture', async () => {
    const { page } = ada
    await page.goto('/orders')
    await page.getByRole('link', { name: 'Statistics' }).click()
    await page.getByText('Lindenhof Kitchen').first().waitFor()
    await ada.picture('orders-statistics')
    await page.getByRole('button', { name: 'Show as table' }).click()
    const numbers = page.getByRole('table', { name: 'By connection' })
    await numbers.getByRole('row', { name: /Lindenhof Coffee/ }).waitFor()
    await numbers.getByRole('row', { name: /Lindenhof Kitchen/ }).waitFor()
  })

  test.each([
    ['dark', DARK],
    ['phone', PHONE],
  ])('sees all of it in the %s', async (name, options) => {
    const other = await browser.visit(hub.url, options)
    await other.page.context().addCookies(await ada.page.context().cookies())
    for (const [shown, path] of [
      ['orders', '/orders'],
      ['order', `/orders/${orders['1042']}`],
      ['order-failed', `/orders/${orders['1044']}`],
      ['orders-statistics', '/orders/statistics'],
      ['mapping', `/mapping?connection=${cafeId}`],
      ['tasks', '/tasks?state=all'],
      ['notices-settings', '/settings/notices'],
      ['connection-orders', `/connections/${cafeId}?tab=orders`],
    ] as const) {
      await other.page.goto(path)
      await settled(other.page)
      await expectWhole(other, path)
      await other.picture(`${shown}-${name}`)
    }
    await other.leave()
  })
})

/** The catalogue of a connection is read a moment after it was made. */
async function untilSome<Row>(look: () => Promise<{ readonly data: readonly Row[] }>): Promise<readonly Row[]> {
  for (let tries = 0; tries < 150; tries++) {
    const { data } = await look()
    if (data.length > 0) return data
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error('the connection has no catalogue')
}

/** Nothing is loading any more. The stream of events never ends, so what is waited for is the page's own words. */
async function settled(page: Page): Promise<void> {
  const main: Locator = page.getByRole('main')
  await main.getByRole('heading', { level: 1 }).waitFor()
  await main.getByRole('status', { name: 'Loading…' }).first().waitFor({ state: 'detached' })
}

/** It does not move sideways, every control says what it is, and the tab of the browser names the page. */
async function expectWhole({ page }: Visitor, where: string): Promise<void> {
  expect(await page.evaluate<number>(WIDER), where).toBeLessThanOrEqual(0)
  expect(await page.evaluate<string[]>(NAMELESS), where).toEqual([])
  expect(await page.title(), where).toMatch(/Tillwire/)
}
