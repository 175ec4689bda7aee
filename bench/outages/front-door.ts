import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'

// One address in front of several hubs: each call goes to the next of them, whether it is well or not. Where one cannot be
// reached the caller hears 502, as behind a balancer that has not noticed yet.

export type FrontDoor = {
  readonly url: string
  /** The hubs behind it, by their ports. */
  lead(ports: readonly number[]): void
  close(): Promise<void>
}

export async function openFrontDoor(port: number): Promise<FrontDoor> {
  const agent = new Agent({ keepAlive: true })
  let ports: readonly number[] = []
  let turn = 0
  const pass = (from: IncomingMessage, to: ServerResponse) => {
    const port = ports[turn++ % ports.length]
    const { method, url: path, headers } = from
    const onwards = request({ host: '127.0.0.1', port, method, path, headers, agent }, (answer) => {
      to.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.on('error', () => to.destroy())
      answer.pipe(to)
    })
    onwards.on('error', () => (to.headersSent ? to.destroy() : to.writeHead(502).end()))
    from.pipe(onwards)
  }
  const server = createServer(pass)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${port}`,
    lead(led) {
      ports = led
    },
    close() {
      agent.destroy()
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
