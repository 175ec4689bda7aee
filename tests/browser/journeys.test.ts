import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Instant, instant } from '#kernel/instant.ts'
import { useBrowser, type Visitor } from '#tests/harness/browser.ts'
import { rowsOf, until, useHub } from '#tests/harness/hub.ts'
import { NAMELESS, WIDER } from '#tests/harness/page-checks.ts'
import { type HubProcess, type Machine, newMachine } from '#tests/harness/process.ts'

// What a person does, by the names that things have for them.

const DAY_MS = 86_400_000

/** Three days of a bakery, the last of them yesterday. */
function bakeryFile(): { name: string; mimeType: string; buffer: Buffer } {
  const lines = ['Date,Receipt,Item,Quantity,Price,Payment']
  for (let ago = 3; ago >= 1; ago--) {
    const day = new Date(Date.now() - ago * DAY_MS).toISOString().slice(0, 10)
    for (let n = 0; n < 12; n++) {
      const at = `${day} ${String(8 + (n % 8)).padStart(2, '0')}:1${n % 6}`
      lines.push(`${at},${ago}-${n},Rye loaf,1,4.20,Card`, `${at},${ago}-${n},Bun,${1 + (n % 3)},0.90,Card`)
    }
  }
  return { name: 'three-days.csv', mimeType: 'text/csv', buffer: Buffer.from(`${lines.join('\n')}\n`) }
}

// Scripts for the page itself, as text: this file is checked as a program of Node, which knows no document.

/** How light the page is, 0 to 255. Drawn, because a colour may be written in any colour space. */
const LUMINANCE = `(() => {
  const canvas = document.createElement('canvas').getContext('2d')
  canvas.fillStyle = getComputedStyle(document.body).backgroundColor
  canvas.fillRect(0, 0, 1, 1)
  const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data
  return (red + green + blue) / 3
})()`

/** What has the focus, and whether a person can tell. A row of a table is lit as a whole where its link has the focus. */
const FOCUSED = `(() => {
  const node = document.activeElement ?? document.body
  const around = node.closest('label')
  const outlined = [node, ...(around ? [around] : [])].map((one) => getComputedStyle(one)).some((style) =>
    (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none')
  const box = node.getBoundingClientRect()
  return {
    tag: node.tagName,
    name: (node.getAttribute('aria-label') ?? node.textContent ?? '').trim().slice(0, 60),
    visible: box.width > 1 && box.height > 1,
    outlined: outlined || node.closest('tr') !== null,
  }
})()`

describe('a new owner', () => {
  // By the shop's clock it is always noon: a demonstration café that is closed sells nothing.
  const shift = noonShift()
  const hub = useHub({}, { now: () => (Date.now() + shift) as Instant })
  const browser = useBrowser()
  let ada: Visitor

  beforeAll(async () => {
    ada = await browser.visit(hub.url)
  })
  afterAll(() => ada?.leave())

  test('opens the set-up link, says who she is, and stands before an empty overview', async () => {
    const { page } = ada
    await page.goto(hub.running.setUpLink ?? '')
    await page.getByRole('heading', { name: 'Set up Tillwire' }).waitFor()
    await ada.picture('set-up')
    await page.getByLabel('Your name').fill('Ada')
    await page.getByLabel('E-mail').fill('ada@bakery.example')
    await page.getByLabel('Password', { exact: true }).fill('a loaf of rye at dawn')
    await page.getByLabel('Name of the business').fill('Bakery')
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('heading', { name: 'No sales yet' }).waitFor()
    await page.getByRole('navigation', { name: 'Main' }).first().waitFor()
    await ada.picture('overview-empty')
    // The token must not stay where a neighbour could read it, nor in the browser's history.
    expect(page.url()).not.toContain('token')
  })

  test('uploads a file, sees what was understood, and finds her figures', async () => {
    const { page } = ada
    await page.getByRole('link', { name: 'Imports' }).first().click()
    await page.getByRole('heading', { name: 'Imports', exact: true }).waitFor()
    await page.getByLabel('Choose files').setInputFiles(bakeryFile())
    await page.getByRole('heading', { name: /three-days\.csv/ }).waitFor()
    await ada.picture('import-understood')
    const go = page.getByRole('button', { name: 'Import 36 sales' })
    const finished = page.getByText('Import finished').first()
    await go.or(finished).first().waitFor()
    if (await go.isVisible()) {
      for (const doubt of await page.getByRole('checkbox').all()) await doubt.check()
      await go.click()
    }
    await finished.waitFor()
    await ada.picture('import-finished')
    await page.getByRole('link', { name: 'POS Analytics' }).first().click()
    await page.getByText('Rye loaf').first().waitFor()
    const figures = await page.getByRole('main').textContent()
    // 36 sales: 36 loaves at 4.20, and 72 buns at 0.90.
    expect(figures).toMatch(/216[.,]00/)
    expect(figures).toMatch(/36/)
    await ada.picture('overview')
  })

  test('opens the list, then one sale, and reads the row it came from', async () => {
    const { page } = ada
    await page.getByRole('link', { name: 'Sales', exact: true }).first().click()
    await page.getByRole('heading', { name: 'Sales', exact: true }).waitFor()
    await ada.picture('sales')
    await page.getByRole('link', { name: /^Open sale 1-11/ }).click()
    await page.getByRole('heading', { name: /Sale 1-11/ }).waitFor()
    const raw = page.getByText('Raw source').first()
    await raw.click()
    await page
      .getByText(/1-11,Rye loaf,1,4\.20,Card/)
      .first()
      .waitFor()
    await ada.picture('sale')
    await page.getByRole('link', { name: 'All sales' }).click()
    await page.getByRole('heading', { name: 'Sales', exact: true }).waitFor()
  })

  test('sees a sale that another till just made within a second or two, without asking for it', async () => {
    const { page } = ada
    await page
      .getByRole('link', { name: /^Open sale/ })
      .first()
      .waitFor()
    const before = await page.getByRole('link', { name: /^Open sale/ }).count()
    const cookies = await page.context().cookies()
    const now = new Date(Date.now() - 60_000).toISOString()
    const tenants = await hub.ask('/api/v1/tenants', {
      cookie: cookies.map((one) => `${one.name}=${one.value}`).join('; '),
    })
    const id = rowsOf<{ id: string }>(tenants)[0]?.id ?? ''
    const sent = await hub.ask(`/api/v1/tenants/${id}/imports?confirm=yes&file_name=late.csv`, {
      method: 'POST',
      cookie: cookies.map((one) => `${one.name}=${one.value}`).join('; '),
      origin: hub.url.origin,
      tenant: id,
      body: `Date,Receipt,Item,Quantity,Price,Payment\n${now.slice(0, 10)} ${now.slice(11, 16)},late-1,Midnight pie,1,7.50,Cash\n`,
    })
    expect(sent.status, sent.text).toBe(201)
    await page.getByRole('link', { name: 'Open sale late-1' }).waitFor({ timeout: 8_000 })
    expect(await page.getByRole('link', { name: /^Open sale/ }).count()).toBeGreaterThanOrEqual(Math.min(before, 50))
  })

  test('reaches every main control with the keyboard alone, and sees where she is', async () => {
    const { page } = ada
    await page.goto('/')
    await page.getByText('Rye loaf').first().waitFor()
    await page.keyboard.press('Tab')
    const first = await focused(page)
    expect(first.name).toBe('Skip to the content')
    expect(first.visible).toBe(true)
    const reached = new Set<string>()
    const unseen: string[] = []
    for (let n = 0; n < 80; n++) {
      await page.keyboard.press('Tab')
      const here = await focused(page)
      if (here.tag === 'BODY') break
      reached.add(here.name)
      if (!here.outlined) unseen.push(`${here.tag} ${here.name}`)
    }
    for (const name of ['POS Analytics', 'Sales', 'Imports', 'Connections', 'Settings', 'Sign out']) {
      expect(
        [...reached].some((one) => one.includes(name)),
        `${name} in ${[...reached].join(' | ')}`,
      ).toBe(true)
    }
    expect([...reached].some((one) => /Date range|Last \d+ days|This month/.test(one))).toBe(true)
    expect([...new Set(unseen)]).toEqual([])
  })

  test('finds nothing without a name: buttons, links, fields and pictures say what they are', async () => {
    const { page } = ada
    for (const where of ['/', '/sales', '/imports', '/connections', '/settings']) {
      await page.goto(where)
      await page.getByRole('heading', { level: 1 }).first().waitFor()
      const nameless = await page.evaluate<string[]>(NAMELESS)
      expect(nameless, where).toEqual([])
      expect(await page.title(), where).toMatch(/Tillwire/)
      expect(await page.locator('html').getAttribute('lang'), where).toBeTruthy()
    }
  })

  test('sees it on a phone without moving sideways, and in the dark', async () => {
    const state = await ada.page.context().storageState()
    const phone = await browser.visit(hub.url, {
      storageState: state,
      viewport: { width: 360, height: 740 },
      isMobile: true,
      hasTouch: true,
      colorScheme: 'dark',
    })
    for (const where of ['/', '/sales', '/imports', '/connections', '/settings']) {
      await phone.page.goto(where)
      await phone.page.getByRole('heading', { level: 1 }).first().waitFor()
      const wide = await phone.page.evaluate<number>(WIDER)
      expect(wide, where).toBeLessThanOrEqual(0)
      await phone.picture(`phone-dark${where.replaceAll('/', '-')}`)
    }
    const luminance = await phone.page.evaluate<number>(LUMINANCE)
    expect(luminance).toBeLessThan(80)
    await phone.leave()
  })

  test('loads demo data into a shop of its own, is told so, and sees sales ring by themselves', async () => {
    const { page } = ada
    await page.goto('/')
    await page.getByRole('button', { name: 'More actions' }).click()
    await page.getByRole('menuitem', { name: 'Load demo data' }).click()
    await page.getByRole('complementary', { name: 'Demonstration data' }).waitFor({ timeout: 30_000 })
    await page.getByText('Every sale here is made up.').first().waitFor()
    await page.getByRole('link', { name: 'Sales', exact: true }).first().click()
    await page
      .getByRole('link', { name: /^Open sale/ })
      .first()
      .waitFor({ timeout: 30_000 })
    const seen = new Set(await saleNames(page))
    await until(
      'a sale that was not there before',
      async () => (await saleNames(page)).filter((name) => !seen.has(name)),
      (fresh) => fresh.length > 0,
      150_000,
    )
    await ada.picture('demonstration')
  }, 240_000)

  test('signs out, and the way back does not show what was there', async () => {
    const { page } = ada
    await page.goto('/')
    await page.getByRole('button', { name: 'Sign out' }).first().click()
    await page
      .getByRole('heading', { name: /Sign in/ })
      .first()
      .waitFor()
    await page.goBack().catch(() => null)
    await page
      .getByRole('heading', { name: /Sign in/ })
      .first()
      .waitFor()
    expect(await page.getByText('Rye loaf').count()).toBe(0)
    await page.goto('/sales')
    await page.getByLabel('E-mail').fill('ada@bakery.example')
    await page.getByLabel('Password').fill('a loaf of rye at dawn')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Sales', exact: true }).waitFor()
  })
})

describe('a visitor of the demonstration', () => {
  const browser = useBrowser()
  let machine: Machine
  let demo: HubProcess

  beforeAll(async () => {
    machine = await newMachine()
    demo = await machine.start(undefined, 'demo')
  })
  afterAll(() => machine?.scrap())

  test('opens the printed link and is in, with figures and a banner that says what they are', async () => {
    const visitor = await browser.visit(new URL(String(demo.said.base_url)))
    const { page } = visitor
    const from = performance.now()
    await page.goto(String(demo.said.url))
    await page.getByRole('complementary', { name: 'Demonstration data' }).waitFor()
    await page.getByRole('heading', { name: 'Top items' }).first().waitFor({ timeout: 30_000 })
    expect(performance.now() - from).toBeLessThan(30_000)
    await visitor.picture('demo-overview')
    await page.goto('/pos-integrations')
    await page.getByRole('heading', { name: 'POS Analytics' }).first().waitFor()
    await visitor.leave()
  })
})

async function saleNames(page: Visitor['page']): Promise<string[]> {
  return page
    .getByRole('link', { name: /^Open sale/ })
    .evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''))
}

function focused(page: Visitor['page']) {
  return page.evaluate<{ tag: string; name: string; visible: boolean; outlined: boolean }>(FOCUSED)
}

/** How far the hub's clock must be from the machine's for the café's clock to show noon of the same day. */
function noonShift(): number {
  const now = instant(Date.now())
  const hour = Number(
    new Intl.DateTimeFormat('en', { hour: 'numeric', hourCycle: 'h23', timeZone: 'Europe/Berlin' }).format(now),
  )
  return hour >= 9 && hour < 16 ? 0 : (12 - hour) * 3_600_000
}
