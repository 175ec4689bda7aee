import { createHash, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

// A made-up provider on real sockets, one for each environment: accounts with tokens, a page of consent, refreshes that
// may be single-use, subscriptions, and its own figures. It keeps score of what it was asked.

export type Account = {
  readonly id: string
  readonly name: string
  readonly environment: 'production' | 'sandbox'
  readonly scopes: readonly string[]
  places: { id: string; name: string; active: boolean; currency: string; time_zone: string; country: string }[]
  /** What the books say per place; the same for every day. */
  takings: Record<string, { payments: number; paid: number; tips: number; refunds: number; refunded: number }>
}

export type Provider = {
  readonly urls: Readonly<Record<'production' | 'sandbox', string>>
  readonly applicationToken: string
  readonly accounts: Map<string, Account>
  /** Access tokens: whose, until when, and whether the account withdrew it. */
  readonly tokens: Map<string, { account: string; expiresAt: number | null; revoked: boolean }>
  readonly refreshTokens: Map<string, { account: string; used: boolean }>
  readonly subscriptions: Map<string, { id: string; url: string; enabled: boolean; secret: string; by: string }>
  readonly asked: string[]
  readonly behaviour: {
    rotating: boolean
    down: boolean
    /** A refresh is done, and its answer never comes. */
    losesRefreshAnswer: boolean
    refreshDelayMs: number
    tokenLifeMs: number | null
    now: () => number
  }
  openAccount(draft: Partial<Account> & { readonly id: string }): { readonly account: Account; readonly token: string }
  /** The merchant agrees on the page at `url`: answers where the browser is sent. */
  agree(url: string, account: string): string
  countOf(path: string): number
  close(): Promise<void>
}

const APPLICATION = { id: 'acme-app', secret: 'acme-app-secret' }

export async function startProvider(): Promise<Provider> {
  const codes = new Map<string, { account: string; challenge: string | null; redirectUri: string }>()
  const provider = {
    applicationToken: `app_${randomBytes(8).toString('hex')}`,
    accounts: new Map(),
    tokens: new Map(),
    refreshTokens: new Map(),
    subscriptions: new Map(),
    asked: [] as string[],
    behaviour: {
      rotating: false,
      down: false,
      losesRefreshAnswer: false,
      refreshDelayMs: 0,
      tokenLifeMs: null,
      now: () => Date.now(),
    },
  } as unknown as Provider

  const mint = (account: string) => {
    const { behaviour, tokens, refreshTokens } = provider
    const token = `tok_${randomBytes(12).toString('hex')}`
    const refresh = `ref_${randomBytes(12).toString('hex')}`
    const expiresAt = behaviour.tokenLifeMs === null ? null : behaviour.now() + behaviour.tokenLifeMs
    tokens.set(token, { account, expiresAt, revoked: false })
    refreshTokens.set(refresh, { account, used: false })
    return { token, refresh, expiresAt }
  }

  const answer = async (request: IncomingMessage, environment: 'production' | 'sandbox') => {
    const url = new URL(request.url ?? '/', 'http://provider')
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = JSON.parse(Buffer.concat(chunks).toString() || '{}') as Record<string, string>
    provider.asked.push(`${request.method} ${url.pathname}`)
    if (provider.behaviour.down) return { status: 503, body: { code: 'DOWN' } }
    const bearer = request.headers.authorization?.replace('Bearer ', '') ?? ''
    if (url.pathname === '/oauth/token') return tokenAnswer(body)
    if (url.pathname === '/oauth/revoke') {
      for (const one of provider.tokens.values()) if (one.account === body.account) one.revoked = true
      return { status: 200, body: {} }
    }
    const isApplication = bearer === provider.applicationToken
    if (url.pathname.startsWith('/subscriptions')) {
      if (!isApplication && !holderOf(bearer, environment).account)
        return { status: 401, body: { code: 'UNKNOWN_TOKEN' } }
      return subscriptionAnswer(request.method ?? 'GET', url, body, isApplication ? 'application' : bearer)
    }
    const holder = holderOf(bearer, environment)
    if (holder.account === undefined) return { status: 401, body: { code: holder.code } }
    if (url.pathname === '/me') {
      const { id, name, scopes } = holder.account
      return { status: 200, body: { id, name, scopes, expires_at: holder.expiresAt } }
    }
    if (url.pathname === '/places') return { status: 200, body: { places: holder.account.places } }
    if (url.pathname === '/books') {
      return { status: 200, body: holder.account.takings[url.searchParams.get('place') ?? ''] ?? {} }
    }
    return { status: 404, body: { code: 'NOT_FOUND' } }
  }

  const holderOf = (bearer: string, environment: string) => {
    const held = provider.tokens.get(bearer)
    const account = held && provider.accounts.get(held.account)
    if (held === undefined || account === undefined || account.environment !== environment)
      return { code: 'UNKNOWN_TOKEN' }
    if (held.revoked) return { code: 'TOKEN_REVOKED' }
    if (held.expiresAt !== null && held.expiresAt <= provider.behaviour.now()) return { code: 'TOKEN_EXPIRED' }
    return { account, expiresAt: held.expiresAt, code: 'OK' }
  }

  const tokenAnswer = async (body: Record<string, string>) => {
    const { behaviour, refreshTokens } = provider
    if (
      body.client_secret !== APPLICATION.secret &&
      body.code_verifier === undefined &&
      body.grant_type !== 'refresh_token'
    ) {
      return { status: 401, body: { code: 'BAD_CLIENT' } }
    }
    if (body.grant_type === 'authorization_code') {
      const code = codes.get(body.code ?? '')
      codes.delete(body.code ?? '')
      const challenge = body.code_verifier && createHash('sha256').update(body.code_verifier).digest('base64url')
      if (code === undefined || code.redirectUri !== body.redirect_uri)
        return { status: 400, body: { code: 'BAD_CODE' } }
      if (code.challenge !== null && code.challenge !== challenge)
        return { status: 400, body: { code: 'BAD_VERIFIER' } }
      return granted(code.account)
    }
    const known = refreshTokens.get(body.refresh_token ?? '')
    if (behaviour.refreshDelayMs > 0) await new Promise((resolve) => setTimeout(resolve, behaviour.refreshDelayMs))
    if (known === undefined || (known.used && behaviour.rotating))
      return { status: 401, body: { code: 'REFRESH_REVOKED' } }
    known.used = true
    const made = granted(known.account, behaviour.rotating ? null : (body.refresh_token ?? null))
    return behaviour.losesRefreshAnswer ? null : made
  }

  const granted = (account: string, keep: string | null = null) => {
    const { token, refresh, expiresAt } = mint(account)
    return {
      status: 200,
      body: { access_token: token, refresh_token: keep ?? refresh, account, expires_at: expiresAt },
    }
  }

  const subscriptionAnswer = (method: string, url: URL, body: Record<string, string>, by: string) => {
    const { subscriptions } = provider
    const id = url.pathname.split('/')[2]
    if (method === 'GET') {
      const own = [...subscriptions.values()].filter((one) => one.by === by)
      return { status: 200, body: { subscriptions: own.map(({ secret: _, ...one }) => one) } }
    }
    if (method === 'POST' && id === undefined) {
      const made = {
        id: `sub_${body.key}`,
        url: body.url ?? '',
        enabled: true,
        secret: `whsec_${randomBytes(9).toString('hex')}`,
        by,
      }
      subscriptions.set(made.id, made)
      return { status: 200, body: made }
    }
    const standing = id === undefined ? undefined : subscriptions.get(id)
    if (standing === undefined) return { status: 404, body: { code: 'NOT_FOUND' } }
    if (method === 'DELETE') subscriptions.delete(standing.id)
    if (method === 'POST') standing.secret = `whsec_${randomBytes(9).toString('hex')}`
    return { status: 200, body: standing }
  }

  const servers: Server[] = []
  const listen = (environment: 'production' | 'sandbox') =>
    new Promise<string>((resolve) => {
      const server = createServer((request, response) => {
        answer(request, environment).then(
          (made) => {
            if (made === null) return response.destroy()
            return response
              .writeHead(made.status, { 'content-type': 'application/json' })
              .end(JSON.stringify(made.body))
          },
          (error: unknown) => response.writeHead(500).end(String(error)),
        )
      })
      servers.push(server)
      server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
    })

  return Object.assign(provider, {
    urls: { production: await listen('production'), sandbox: await listen('sandbox') },
    openAccount(draft: Partial<Account> & { readonly id: string }) {
      const place = {
        id: `${draft.id}-1`,
        name: 'Main',
        active: true,
        currency: 'EUR',
        time_zone: 'Europe/Berlin',
        country: 'DE',
      }
      const account: Account = {
        name: `Shop ${draft.id}`,
        environment: 'production',
        scopes: ['sales', 'catalog'],
        places: [place],
        takings: {},
        ...draft,
      }
      provider.accounts.set(account.id, account)
      return { account, token: mint(account.id).token }
    },
    agree(page: string, account: string) {
      const asked = new URL(page).searchParams
      const code = randomBytes(12).toString('hex')
      codes.set(code, { account, challenge: asked.get('challenge'), redirectUri: asked.get('redirect_uri') ?? '' })
      const back = new URL(asked.get('redirect_uri') ?? '')
      back.search = new URLSearchParams({ code, state: asked.get('state') ?? '' }).toString()
      return back.href
    },
    countOf: (path: string) => provider.asked.filter((one) => one === path).length,
    async close() {
      for (const server of servers) {
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      }
    },
  })
}

export const TEST_APPLICATION = APPLICATION
