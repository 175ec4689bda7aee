import type { AddressInfo } from 'node:net'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer } from 'smtp-server'
import { afterAll } from 'vitest'

// A real mail server on a free port of this machine, that keeps what it takes.

export type MailServer = {
  readonly url: string
  readonly mails: Email[]
  /** What it does with the next mails, one each; then it takes them. A number is answered after the mail's end. */
  readonly moods: ('hang_up' | number)[]
}

const open = new Set<SMTPServer>()
afterAll(() => Promise.all([...open].map((server) => new Promise<void>((resolve) => server.close(() => resolve())))))

export async function startMailServer(): Promise<MailServer> {
  const mails: Email[] = []
  const moods: ('hang_up' | number)[] = []
  const server = new SMTPServer({
    authMethods: ['PLAIN'],
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    onAuth(auth, _session, done) {
      if (auth.username === 'hub' && auth.password === 'open sesame') done(null, { user: 'hub' })
      else done(new Error('Invalid username or password'))
    },
    onData(stream, _session, done) {
      const pieces: Buffer[] = []
      stream.on('data', (piece: Buffer) => pieces.push(piece))
      stream.on('end', async () => {
        const mood = moods.shift()
        if (mood === 'hang_up') {
          mails.push(await PostalMime.parse(Buffer.concat(pieces)))
          for (const connection of server.connections as Set<{ close(): void; _socket?: { destroy(): void } }>) {
            connection._socket?.destroy()
          }
          return
        }
        if (mood !== undefined) {
          done(Object.assign(new Error('not now'), { responseCode: mood }))
          return
        }
        mails.push(await PostalMime.parse(Buffer.concat(pieces)))
        done()
      })
    },
  })
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.add(server)
  const { port } = server.server.address() as AddressInfo
  return { url: `smtp://hub:open%20sesame@127.0.0.1:${port}`, mails, moods }
}
