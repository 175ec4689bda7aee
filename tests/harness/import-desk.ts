import { expect } from 'vitest'
import { type Answer, rowsOf, type Shop, type TestHub, until } from './hub.ts'

// What a person does with a file at the dashboard, by the addresses that the dashboard asks.

export type Json = Readonly<Record<string, unknown>>

export type ImportDesk = {
  send(shop: Shop, method: string, path: string, json?: unknown): Promise<Answer>
  /** Uploads it whole, to wait for a person unless `query` says otherwise. */
  give(shop: Shop, body: string | Uint8Array, query?: Readonly<Record<string, string>>): Promise<Json>
  look(shop: Shop, id: unknown): Promise<Json>
  correct(shop: Shop, id: unknown, json: unknown): Promise<Json>
  /** Waits for the end of the dry run. */
  checked(shop: Shop, id: unknown): Promise<Json>
  /** Confirms, and waits for the end. */
  confirmed(shop: Shop, id: unknown): Promise<Json>
  /** Waits for the end of what was confirmed already. */
  ended(shop: Shop, id: unknown): Promise<Json>
  /** Takes back, and waits for the end. */
  undone(shop: Shop, id: unknown): Promise<Json>
  /** Uploads, confirms, and waits for the end. */
  taken(shop: Shop, body: string | Uint8Array, query?: Readonly<Record<string, string>>): Promise<Json>
  /** Every sale that stands, without what tells who made it when. */
  sales(shop: Shop): Promise<readonly Json[]>
}

export function importDesk(hub: TestHub): ImportDesk {
  const send = (shop: Shop, method: string, path: string, json?: unknown) =>
    hub.ask(`/api/v1/tenants/${shop.tenant.slug}/${path}`, {
      method,
      key: shop.key,
      ...(json === undefined ? {} : { json }),
    })
  const answered = (answer: Answer, status = 200): Json => {
    expect(answer.status, answer.text).toBe(status)
    return answer.json as Json
  }
  const look = async (shop: Shop, id: unknown) => answered(await send(shop, 'GET', `imports/${id}`))
  const give = async (shop: Shop, body: string | Uint8Array, query: Readonly<Record<string, string>> = {}) => {
    const words = new URLSearchParams({ file_name: 'march.csv', confirm: 'no', ...query })
    const where = `/api/v1/tenants/${shop.tenant.slug}/imports?${words}`
    const given = answered(await hub.ask(where, { method: 'POST', key: shop.key, body }), 201)
    if (given.state !== 'receiving') return given
    return until(
      'the rest of a packed file',
      () => look(shop, given.id),
      ({ state }) => state !== 'receiving',
    )
  }
  const ended = (shop: Shop, id: unknown) =>
    until(
      `the end of import ${id}`,
      () => look(shop, id),
      ({ state }) => state === 'done' || state === 'failed',
      60_000,
    )
  const confirmed = async (shop: Shop, id: unknown) => {
    answered(await send(shop, 'POST', `imports/${id}/confirm`))
    return ended(shop, id)
  }
  return {
    send,
    give,
    look,
    confirmed,
    ended,
    correct: async (shop, id, json) => answered(await send(shop, 'PATCH', `imports/${id}`, json)),
    checked: (shop, id) =>
      until(
        `the end of the dry run of ${id}`,
        () => look(shop, id),
        ({ check }) => ['done', 'failed'].includes(String((check as Json | null)?.state)),
      ),
    async undone(shop, id) {
      answered(await send(shop, 'POST', `imports/${id}/undo`))
      return until(
        `import ${id} to be undone`,
        () => look(shop, id),
        ({ state }) => state === 'undone',
        60_000,
      )
    },
    async taken(shop, body, query) {
      const received = await give(shop, body, query)
      expect(received, JSON.stringify(received.fault)).toMatchObject({ state: 'detected' })
      return confirmed(shop, received.id)
    },
    async sales(shop) {
      const answer = await send(shop, 'GET', 'pos/transactions?limit=200')
      expect(answer.status, answer.text).toBe(200)
      return rowsOf<Json>(answer)
        .map(
          ({ id: _id, version: _version, connection_id: _connection, items, ...sale }): Json => ({
            ...sale,
            items: (items as Json[]).map(({ article, ...item }) => {
              const { id: _article, ...named } = article as Json
              return { ...item, article: named }
            }),
          }),
        )
        .sort((a, b) => (String(a.external_id) < String(b.external_id) ? -1 : 1))
    },
  }
}
