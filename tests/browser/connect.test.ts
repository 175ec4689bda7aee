import type { Locator } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { useBrowser, type Visitor } from '#tests/harness/browser.ts'
import { useHub } from '#tests/harness/hub.ts'
import { NAMELESS, WIDER } from '#tests/harness/page-checks.ts'
import { startSquare } from '../../simulators/square/simulate.ts'
import { shopOf, sitesOf } from '../../simulators/trade/shop.ts'

// A merchant with an account at a provider: from the empty page to each sale as it is rung up, and to the end of it. The
// provider is the simulator, which the hub asks as it would ask the real one.

const DAY_MS = 86_400_000
const MAIN = { name: 'Main' }
const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true, colorScheme: 'dark' } as const

const shop = (name: string, places: number) =>
  shopOf('cafe', { name, timeZone: 'Europe/Dublin', sites: sitesOf(places) })

const square = await startSquare({
  sellers: [
    { shop: shop('Lindenhof Coffee', 3), country: 'IE' },
    { shop: shop('Hafen Kiosk', 1), country: 'IE' },
    { shop: shop('Markt Stand', 1), country: 'IE' },
  ],
})
const day = (daysAgo: number) => new Date(Date.now() - daysAgo * DAY_MS).toISOString().slice(0, 10)
const [cafe, kiosk, stall] = square.square.sellers
square.sell({ from: day(40), to: day(1), count: 1_200, merchant: cafe?.merchantId ?? '', seed: 'past' })
square.sell({ from: day(10), to: day(1), count: 80, merchant: kiosk?.merchantId ?? '', seed: 'past' })
const { application } = square.credentials
const kioskToken = () => square.connect(kiosk?.merchantId ?? '').accessToken

describe('a merchant with an account at a provider', () => {
  const hub = useHub({
    providers: new Map([
      ['SQUARE_BASE_URL', square.baseUrl],
      ['SQUARE_APPLICATION_ID', application.id],
      ['SQUARE_APPLICATION_SECRET', application.secret],
    ]),
  })
  const browser = useBrowser()
  let ada: Visitor

  beforeAll(async () => {
    ada = await browser.visit(hub.url, { elsewhere: [square.baseUrl] })
    const { page } = ada
    await page.goto(hub.running.setUpLink ?? '')
    await page.getByLabel('Your name').fill('Ada')
    await page.getByLabel('E-mail').fill('ada@bakery.example')
    await page.getByLabel('Password', { exact: true }).fill('a loaf of rye at dawn')
    await page.getByLabel('Name of the business').fill('Lindenhof')
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('navigation', MAIN).first().waitFor()
  })
  afterAll(async () => {
    await ada?.leave()
    await square.close()
  })

  test('is led from the empty page to the systems; what is only planned says so and leads nowhere', async () => {
    const { page } = ada
    await page.goto('/connections')
    await page.getByRole('heading', { name: 'No connection yet' }).waitFor()
    await ada.picture('connections-empty')
    await page.getByRole('main').getByRole('link', { name: 'Connect a system' }).first().click()
    await page.getByRole('heading', { name: 'Connect a system' }).waitFor()
    const planned = page.getByRole('region', { name: 'To come' })
    await planned.getByText('Shopify').waitFor()
    expect(await planned.getByRole('link').count()).toBe(0)
    expect(await planned.getByText('Planned').count()).toBeGreaterThan(5)
    await page.getByRole('link', { name: /Import files/ }).waitFor()
    await ada.picture('connect-systems')
  })

  test('is told what is wrong with a token, and keeps her place over a reload', async () => {
    const { page } = ada
    await page.getByRole('link', { name: 'Connect Square' }).click()
    await page.getByRole('radio', { name: /Use an access token/ }).check()
    await page.getByLabel('Access token', { exact: true }).fill('EAAAnotatoken')
    await page.getByRole('button', { name: 'Test and connect' }).click()
    await page.getByRole('alert').getByText('does not accept these credentials', { exact: false }).waitFor()
    expect(await page.getByLabel('Access token', { exact: true }).getAttribute('aria-invalid')).toBe('true')
    await ada.picture('connect-sign-in-refused')
    await page.reload()
    expect(await page.getByRole('radio', { name: /Use an access token/ }).isChecked()).toBe(true)
    expect(await page.getByLabel('Access token', { exact: true }).inputValue()).toBe('')
  })

  test('connects with a right token and chooses what is read, with the keyboard’s focus led along', async () => {
    const { page } = ada
    await page.getByLabel('Access token', { exact: true }).fill(square.credentials.access_token)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'What shall be read?' }).waitFor()
    expect(await page.evaluate<string>('document.activeElement?.tagName')).toBe('H1')
    await page.getByText('this is Lindenhof Coffee', { exact: false }).waitFor()
    await page.getByText('Everything that is needed is allowed.').waitFor()
    expect(await page.getByRole('checkbox', { name: /^Read / }).count()).toBe(3)
    await ada.picture('connect-places')
    // A shop without places is none.
    for (const place of await page.getByRole('checkbox', { name: /^Read / }).all()) await place.uncheck()
    await page.getByRole('button', { name: 'Begin to read' }).click()
    await page.getByText('Choose at least one place.').waitFor()
    for (const place of await page.getByRole('checkbox', { name: /^Read / }).all()) await place.check()
    await page.getByRole('radio', { name: 'Since a day of my choice' }).check()
    await page.getByRole('button', { name: 'Begin to read' }).click()
    await page.getByText('Say the first day.').waitFor()
    await page.getByLabel('First day').fill(day(60))
    await page.reload()
    await page.getByRole('heading', { name: 'What shall be read?' }).waitFor()
    await page.getByRole('radio', { name: 'Since a day of my choice' }).check()
    await page.getByLabel('First day').fill(day(60))
    await page.getByRole('button', { name: 'Begin to read' }).click()
  })

  test('sees the sales come in, newest first, and may go back and forth', async () => {
    const { page } = ada
    await page.getByRole('heading', { name: /Your sales/ }).waitFor()
    const newest = page.getByRole('list', { name: 'Newest sales' })
    await newest.getByRole('listitem').first().waitFor()
    await ada.picture('connect-first-sync')
    await page.getByRole('link', { name: 'Back', exact: true }).click()
    await page.getByRole('heading', { name: 'What shall be read?' }).waitFor()
    await page.goBack()
    await page.getByRole('heading', { name: 'Your sales are here' }).waitFor()
    await page.getByRole('link', { name: 'Compare yesterday' }).click()
  })

  test('holds yesterday’s total against the provider’s: no with a note first, then yes', async () => {
    const { page } = ada
    await page.getByRole('heading', { name: 'Is this right?' }).waitFor()
    await page.getByText('The same, to the cent').first().waitFor()
    await ada.picture('connect-figures-first')
    expect(await page.getByText('The same, to the cent').count()).toBe(3)
    await page.getByRole('button', { name: 'No, something is wrong' }).click()
    await page.getByLabel('What is wrong?').fill('The evening is missing.')
    await page.getByRole('button', { name: 'Keep this note' }).click()
    await page.getByText('Your note is kept with the connection.').waitFor()
    await ada.picture('connect-figures')
    await page.reload()
    expect(await page.getByLabel('What is wrong?').inputValue()).toBe('The evening is missing.')
    await page.getByRole('button', { name: 'Yes, this is right' }).click()
    await page.getByRole('heading', { name: /Lindenhof Coffee/ }).waitFor()
    await page.getByText(/that they are right/).waitFor()
  })

  test('sees how it is doing, and a sale a moment after it was rung up', async () => {
    const { page } = ada
    await page.getByText('Live', { exact: true }).first().waitFor()
    await page.getByText('Everything since', { exact: false }).first().waitFor()
    await ada.picture('connection-overview')
    await page.getByRole('tab', { name: 'Webhooks' }).click()
    await page.getByText('Subscribed', { exact: true }).waitFor()
    square.sell({ count: 3, merchant: cafe?.merchantId ?? '' })
    const log = page.getByRole('region', { name: 'Log' }).last()
    await log
      .getByRole('link', { name: /payment\.updated/ })
      .first()
      .waitFor()
    await ada.picture('connection-webhooks')
    const health = await page.request.get('/api/pos-integrations/health', { headers: { 'x-tenant-id': 'lindenhof' } })
    expect(await health.json()).toMatchObject({ connections: [{ last_arrival: { kind: 'event' } }] })
  })

  test('holds a message beside what it became, and has it worked at again', async () => {
    const { page } = ada
    await page.getByLabel('Outcome').selectOption('processed')
    await page
      .getByRole('link', { name: /payment\.updated/ })
      .first()
      .click()
    const sent = page.getByRole('region', { name: 'What the provider sent' }).last()
    await sent.getByText('"merchant_id"').waitFor()
    await page
      .getByRole('link', { name: /^Open sale/ })
      .first()
      .waitFor()
    await ada.picture('webhook')
    await page
      .getByRole('link', { name: /^Open sale/ })
      .first()
      .click()
    const both = page.getByRole('region', { name: 'Side by side' })
    await both.getByRole('region', { name: 'The sale in Tillwire' }).getByText('"pos_system"').waitFor()
    await both.getByLabel('Record of Square').selectOption({ label: await recordName(both, 'Order') })
    await both.getByText('"line_items"').waitFor()
    await ada.picture('sale-side-by-side')
    await page.goBack()
    await page.getByRole('button', { name: 'Work at it again' }).click()
    await page.getByText('It is worked at again.').waitFor()
    await page.getByText('Processed', { exact: true }).first().waitFor()
    await page.getByRole('link', { name: 'Back to the log' }).click()
    await page.getByRole('tab', { name: 'Webhooks' }).waitFor()
  })

  test('has it read by hand, and opens the sync', async () => {
    const { page } = ada
    await page.getByRole('button', { name: 'Sync now' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Begin' }).click()
    const history = page.getByRole('table', { name: 'History' })
    await history
      .getByRole('row', { name: /What changed.*Done/ })
      .first()
      .waitFor()
    await ada.picture('connection-syncs')
    await history
      .getByRole('link', { name: /^Open The past/ })
      .last()
      .click()
    await page.getByRole('heading', { name: /Sync: The past/ }).waitFor()
    await page.getByRole('table', { name: 'Stretches' }).getByText('orders').first().waitFor()
    await ada.picture('sync')
    await page.getByRole('link', { name: 'Back to the connection' }).click()
    await page.getByRole('tab', { name: 'Records' }).click()
    await page.getByText('every record could be read', { exact: false }).waitFor()
    await ada.picture('connection-records')
  })

  test('connects another account by the provider’s own page; leaving that page says so', async () => {
    const { page } = ada
    await page.goto('/connections/new/square')
    await page.getByRole('button', { name: 'Go to Square' }).click()
    await page.getByRole('button', { name: 'Deny' }).click()
    await page.getByRole('alert').getByText('left without agreeing', { exact: false }).waitFor()
    await ada.picture('connect-denied')
    await page.getByRole('link', { name: 'Connect again' }).click()
    await page.getByRole('link', { name: 'Connect Square' }).click()
    await page.getByRole('button', { name: 'Go to Square' }).click()
    await page.getByLabel('Signed in as').selectOption({ label: 'Hafen Kiosk' })
    await page.getByRole('button', { name: 'Allow' }).click()
    await page.getByRole('heading', { name: 'What shall be read?' }).waitFor()
    expect(page.url()).toMatch(/\/setup\?step=places$/)
    await page.getByRole('button', { name: 'Begin to read' }).click()
    await page.getByRole('list', { name: 'Newest sales' }).getByRole('listitem').first().waitFor()
  })

  test('is told which permissions a token lacks, and what that blocks', async () => {
    const { page } = ada
    const scopes = ['MERCHANT_PROFILE_READ', 'PAYMENTS_READ', 'ORDERS_READ', 'ITEMS_READ']
    const { accessToken } = square.connect(stall?.merchantId ?? '', scopes)
    await page.goto('/connections/new/square?way=token')
    await page.getByLabel('Access token', { exact: true }).fill(accessToken)
    await page.getByRole('button', { name: 'Test and connect' }).click()
    await page.getByRole('heading', { name: 'What shall be read?' }).waitFor()
    await page.getByText('Without INVENTORY_READ, stock cannot be read', { exact: false }).waitFor()
    await page.getByRole('link', { name: 'Sign in again to allow it' }).waitFor()
    await ada.picture('connect-permissions')
    await page.getByRole('link', { name: 'Cancel' }).click()
    await page.getByText('No place is chosen yet', { exact: false }).waitFor()
    await page.getByRole('link', { name: 'Go on setting up' }).waitFor()
  })

  test('is asked to sign in again when the provider no longer believes the sign-in, and does', async () => {
    const { page } = ada
    square.act('revoke', { merchant: kiosk?.merchantId })
    await page.goto('/connections')
    await page.getByRole('link', { name: 'Open Hafen Kiosk' }).click()
    await page.getByRole('button', { name: 'Test now' }).click()
    await page.getByText('Needs sign-in').waitFor()
    await ada.picture('connection-needs-sign-in')
    await page.goto('/connections')
    const card = page.getByRole('region', { name: /Hafen Kiosk/ })
    await card.getByText('Needs sign-in').waitFor()
    await ada.picture('connections-needs-sign-in')
    await card.getByRole('link', { name: 'Sign in again' }).click()
    await page.getByRole('heading', { name: 'Sign in with Square again' }).waitFor()
    await page.getByRole('button', { name: 'Go to Square' }).click()
    await page.getByLabel('Signed in as').selectOption({ label: 'Hafen Kiosk' })
    await page.getByRole('button', { name: 'Allow' }).click()
    await page.getByRole('tab', { name: 'Overview' }).waitFor()
    await page.getByText('Needs sign-in').waitFor({ state: 'detached' })
    await page.getByRole('tab', { name: 'Webhooks' }).click()
    await ada.picture('connection-webhooks-of-application')
  })

  test('may not connect an account twice', async () => {
    const { page } = ada
    await page.goto('/connections/new/square?way=token')
    await page.getByLabel('Access token', { exact: true }).fill(kioskToken())
    await page.getByRole('button', { name: 'Test and connect' }).click()
    await page.getByRole('alert').getByText('cannot be connected here', { exact: false }).waitFor()
  })

  test('sees all of it on a phone and in the dark', async () => {
    const phone = await browser.visit(hub.url, PHONE)
    await phone.page.context().addCookies(await ada.page.context().cookies())
    for (const [name, path] of [
      ['connections-phone', '/connections'],
      ['connect-systems-phone', '/connections/new'],
      ['connect-sign-in-phone', '/connections/new/square'],
    ] as const) {
      await phone.page.goto(path)
      await settled(phone.page.getByRole('main'))
      await expectWhole(phone, path)
      await phone.picture(name)
    }
    await phone.page.goto('/connections')
    await phone.page.getByRole('link', { name: 'Open Lindenhof Coffee' }).click()
    for (const tab of ['Overview', 'Places', 'Syncs', 'Webhooks', 'Records', 'Settings']) {
      await phone.page.getByRole('tab', { name: tab }).click()
      await settled(phone.page.getByRole('main'))
      await expectWhole(phone, tab)
      await phone.picture(`connection-${tab.toLowerCase()}-phone`)
    }
    await phone.page.goto(`${new URL(phone.page.url()).pathname}/setup?step=places`)
    await phone.page.getByRole('heading', { name: 'What shall be read?' }).waitFor()
    await settled(phone.page.getByRole('main'))
    await expectWhole(phone, 'places')
    await phone.picture('connect-places-phone')
    await phone.page.goto(`${new URL(phone.page.url()).pathname}?step=figures`)
    await phone.page.getByText('The same, to the cent').first().waitFor()
    await expectWhole(phone, 'figures')
    await phone.picture('connect-figures-phone')
    await phone.page.goBack()
    await phone.page.goto(new URL(phone.page.url()).pathname.replace('/setup', '?tab=webhooks'))
    await phone.page
      .getByRole('link', { name: /payment\.updated/ })
      .first()
      .click()
    await phone.page.getByRole('heading', { name: 'What it became' }).waitFor()
    await settled(phone.page.getByRole('main'))
    await expectWhole(phone, 'webhook')
    await phone.picture('webhook-phone')
    await phone.leave()
  })

  test('ends a connection, having read what is kept and what is not', async () => {
    const { page } = ada
    await page.goto('/connections')
    await page.getByRole('link', { name: 'Open Hafen Kiosk' }).click()
    await page.getByRole('tab', { name: 'Settings' }).click()
    await page.getByRole('button', { name: 'Disconnect' }).click()
    const dialog = page.getByRole('dialog', { name: /Disconnect “Hafen Kiosk”/ })
    await dialog.getByText('Every sale, with its history').waitFor()
    await dialog.getByText('The access token and every other secret').waitFor()
    await ada.picture('connection-disconnect')
    await dialog.getByRole('button', { name: 'Disconnect' }).click()
    const card = page.getByRole('region', { name: /Hafen Kiosk/ })
    await card.getByText('Disconnected', { exact: true }).waitFor()
    await ada.picture('connections')
    await card.getByRole('link', { name: 'Open Hafen Kiosk' }).click()
    await page.getByRole('tab', { name: 'Syncs' }).click()
    await page.getByRole('table', { name: 'History' }).getByText('The past').first().waitFor()
    await ada.picture('connection-ended')
    expect(await page.getByRole('button', { name: 'Sync now' }).count()).toBe(0)
  })
})

describe('a merchant on a hub that no provider knows', () => {
  const hub = useHub()
  const browser = useBrowser()

  test('reads which settings are missing and what to enter where, and may use a token instead', async () => {
    const ada = await browser.visit(hub.url)
    const { page } = ada
    await page.goto(hub.running.setUpLink ?? '')
    await page.getByLabel('Your name').fill('Ada')
    await page.getByLabel('E-mail').fill('ada@bakery.example')
    await page.getByLabel('Password', { exact: true }).fill('a loaf of rye at dawn')
    await page.getByLabel('Name of the business').fill('Bakery')
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('navigation', MAIN).first().waitFor()
    await page.goto('/connections/new/square')
    // What works without settings is offered first.
    await page.getByLabel('Access token', { exact: true }).waitFor()
    await page.getByRole('radio', { name: /Sign in with Square/ }).check()
    await page.getByRole('heading', { name: 'Square does not know this hub yet' }).waitFor()
    await page.getByText('SQUARE_APPLICATION_SECRET').waitFor()
    await page.getByText(new URL('/api/integrations/pos/square/oauth/callback', hub.url).href).waitFor()
    expect(await page.getByRole('button', { name: 'Go to Square' }).count()).toBe(0)
    await ada.picture('connect-settings-missing')
    await page.goto('/connections/new/toast')
    await page.getByRole('heading', { name: 'This system cannot be connected' }).waitFor()
    await ada.leave()
  })
})

/** The first record of a kind among those of a sale. */
async function recordName(both: Locator, kind: string): Promise<string> {
  const names = await both.getByRole('option').allTextContents()
  return names.find((name) => name.startsWith(kind)) ?? `no ${kind} among ${names.join(', ')}`
}

/** Nothing is loading any more. */
async function settled(main: Locator): Promise<void> {
  await main.waitFor()
  await main.page().waitForLoadState('networkidle')
  await main.getByRole('status', { name: 'Loading…' }).first().waitFor({ state: 'detached' })
}

/** It does not move sideways, every control says what it is, and the tab of the browser names the page. */
async function expectWhole({ page }: Visitor, where: string): Promise<void> {
  expect(await page.evaluate<number>(WIDER), where).toBeLessThanOrEqual(0)
  expect(await page.evaluate<string[]>(NAMELESS), where).toEqual([])
  expect(await page.title(), where).toMatch(/Tillwire/)
}
