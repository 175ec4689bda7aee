import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'

// A person in front of the dashboard. Whatever the browser complains of, and whatever our own pages ask of a foreign
// address, fails the test in which it happened.

export type Visitor = {
  readonly page: Page
  /** What went wrong so far, in the browser's words. */
  readonly complaints: readonly string[]
  /** Keeps what is seen now, for people to look at. */
  picture(name: string): Promise<void>
  leave(): Promise<void>
}

export type VisitOptions = BrowserContextOptions & {
  /** Where else the visitor is led, such as a provider's page of consent. */
  readonly elsewhere?: readonly string[]
}

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export function useBrowser(): { visit(base: URL, options?: VisitOptions): Promise<Visitor> } {
  let browser: Browser | undefined
  const open = new Set<Visitor>()

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: browserPath(), headless: true, args: FLAGS })
  })
  afterEach(async () => {
    const complaints = [...open].flatMap((visitor) => visitor.complaints)
    expect(complaints).toEqual([])
  })
  afterAll(async () => {
    await browser?.close()
  })

  return {
    async visit(base, { elsewhere = [], ...options } = {}) {
      if (!browser) throw new Error('the browser is there from the first test on, not before')
      const context = await browser.newContext({
        baseURL: base.href,
        locale: 'en-GB',
        timezoneId: 'Europe/Berlin',
        // Nothing moves, so a picture is never taken half-way.
        reducedMotion: 'reduce',
        ...options,
      })
      const page = await context.newPage()
      page.setDefaultTimeout(15_000)
      const complaints: string[] = []
      page.on('console', (message) => {
        // A page that finds out that nobody is signed in, that something is not there, or that a change cannot be, has
        // asked the hub and was told so: no fault of anybody's. Pages of others may complain as they like.
        const at = URL.parse(message.location().url)
        const told = at?.pathname.startsWith('/api/') && /status of (?:400|401|404|409|422)/.test(message.text())
        if (message.type() === 'error' && at?.origin === base.origin && !told) complaints.push(message.text())
      })
      page.on('pageerror', (error) => complaints.push(`${error.name}: ${error.message}`))
      page.on('request', (request) => {
        const url = new URL(request.url())
        const known = [base.origin, ...elsewhere].includes(url.origin)
        if (url.protocol.startsWith('http') && !known) complaints.push(`asked ${url.origin}`)
      })
      const visitor: Visitor = {
        page,
        complaints,
        picture: async (name) => {
          const file = fileURLToPath(new URL(`../screenshots/${name}.png`, import.meta.url))
          await page.screenshot({ path: file, fullPage: true })
        },
        async leave() {
          open.delete(visitor)
          await context.close()
        },
      }
      open.add(visitor)
      return visitor
    },
  }
}

function browserPath(): string {
  const named = process.env.CHROMIUM_PATH
  if (named !== undefined && named !== '') return named
  if (existsSync('/usr/bin/chromium')) return '/usr/bin/chromium'
  for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
    try {
      return execFileSync('which', [name], { encoding: 'utf8' }).trim()
    } catch {
      // The next name, perhaps.
    }
  }
  throw new Error('There is no Chromium on this machine. Install one, or name it in CHROMIUM_PATH.')
}
