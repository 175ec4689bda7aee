import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { createServer as createSocketServer } from 'node:net'
import { afterAll } from 'vitest'

/** A real server on a free port of this machine, gone after the file's last test. */
export type TestServer = { readonly baseUrl: string; close(): Promise<void> }

const open = new Set<TestServer>()
afterAll(async () => {
  await Promise.all([...open].map((server) => server.close()))
})

export async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<TestServer> {
  const server = createServer((request, response) => {
    // Answered when the whole request has arrived, as a provider would.
    request.resume().on('end', () => answer(request, response))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return keep(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
}

/** A server that speaks no HTTP of its own: it does with each connection what the test says. */
export async function serveSockets(onConnection: (socket: Socket) => void): Promise<TestServer> {
  const sockets = new Set<Socket>()
  const server = createSocketServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    onConnection(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return keep(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
}

/** An address where nobody listens. */
export async function nobody(): Promise<string> {
  const server = await serve(() => undefined)
  await server.close()
  return server.baseUrl
}

function keep(baseUrl: string, close: () => Promise<void>): TestServer {
  const server = {
    baseUrl,
    async close() {
      open.delete(server)
      await close()
    },
  }
  open.add(server)
  return server
}
