import type { RunningSquare } from './simulate.ts'

// For tests: calls to a running simulator as any program would make them, over HTTP and with a token.

// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever an address answers, field by field.
export type Json = any

export type Reply = { readonly status: number; readonly headers: Headers; readonly body: Json }

export type Client = {
  get(path: string, query?: Readonly<Record<string, string>>): Promise<Reply>
  post(path: string, body?: unknown): Promise<Reply>
  put(path: string, body?: unknown): Promise<Reply>
  delete(path: string): Promise<Reply>
}

/** With the application's own token if no other is named; `headers` win over what is set here. */
export function clientOf(
  running: RunningSquare,
  token: string = running.credentials.access_token,
  headers: Readonly<Record<string, string>> = {},
): Client {
  const call = async (method: string, path: string, body?: unknown): Promise<Reply> => {
    const response = await fetch(`${running.baseUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      redirect: 'manual',
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const json = response.headers.get('content-type')?.includes('json') === true
    return { status: response.status, headers: response.headers, body: json && text !== '' ? JSON.parse(text) : text }
  }
  return {
    get: (path, query = {}) => call('GET', `${path}?${new URLSearchParams(query)}`),
    post: (path, body = {}) => call('POST', path, body),
    put: (path, body = {}) => call('PUT', path, body),
    delete: (path) => call('DELETE', path),
  }
}

/** All pages of a list, by its cursor. */
export async function allOf(
  page: (cursor: string | undefined) => Promise<Reply>,
  field: string,
): Promise<{ readonly items: Json[]; readonly sizes: number[] }> {
  const items: Json[] = []
  const sizes: number[] = []
  let cursor: string | undefined
  do {
    const { status, body } = await page(cursor)
    if (status !== 200) throw new Error(`${status}: ${JSON.stringify(body)}`)
    const list: Json[] = body[field] ?? []
    items.push(...list)
    sizes.push(list.length)
    cursor = body.cursor
  } while (cursor !== undefined)
  return { items, sizes }
}

/** A page of a search for orders at all locations of the main seller, oldest change first. */
export function ordersPage(running: RunningSquare, client: Client, limit: number) {
  const location_ids = running.square.mainSeller.locations.map(({ id }) => id).slice(0, 10)
  const query = { sort: { sort_field: 'UPDATED_AT', sort_order: 'ASC' } }
  return (cursor: string | undefined) => client.post('/v2/orders/search', { location_ids, limit, query, cursor })
}
