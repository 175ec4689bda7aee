import { createServer } from 'node:http'

// The hub's time: the provider's, and as much ahead of it or behind as its clock is wrong just now.

export type HubClock = {
  /** What TILLWIRE_CLOCK_URL is set to. */
  readonly url: string
  /** Milliseconds ahead of the provider; below nought behind it. */
  wrongByMs: number
  close(): Promise<void>
}

export async function openHubClock(providersTime: () => number): Promise<HubClock> {
  const server = createServer((_, to) => {
    to.writeHead(200, { 'content-type': 'application/json' })
    to.end(JSON.stringify({ now: new Date(providersTime() + clock.wrongByMs).toISOString() }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the clock has no port')
  const clock: HubClock = {
    url: `http://127.0.0.1:${address.port}`,
    wrongByMs: 0,
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
  return clock
}
