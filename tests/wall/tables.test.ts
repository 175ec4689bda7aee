import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { refundFiling, saleFiling } from '#app/demo/traded.ts'
import { newId, type TenantId } from '#kernel/ids.ts'
import { createConnection } from '#modules/connections/connections.ts'
import { recordSales } from '#modules/mirror/mirror.ts'
import { withdrawBatch } from '#modules/mirror/withdraw.ts'
import { raiseTask } from '#modules/notices/notices.ts'
import { getDefaultSite } from '#modules/sites/sites.ts'
import { openOutbox } from '#platform/outbox/outbox.ts'
import { connectionFor, sqlState } from '#platform/postgres/database.ts'
import { type RunningSquare, startSquare } from '#simulators/square/simulate.ts'
import { shopOf } from '#simulators/trade/shop.ts'
import { trade } from '#simulators/trade/trade.ts'
import { importEnds, type Shop, systemClock, until, useHub } from '#tests/harness/hub.ts'

// The wall between tenants, tried on everything that the database holds. Nothing is listed here but exceptions: the
// catalogue says what exists, so a table that is made tomorrow is tried tomorrow, and fails until it is seeded below.

type Relation = {
  readonly name: string
  readonly kind: 'table' | 'partitioned' | 'view' | 'materialised view' | 'foreign table'
  readonly isPartition: boolean
  readonly hasTenant: boolean
  readonly rowSecurity: boolean
  readonly forced: boolean
  readonly options: readonly string[] | null
}

const RELATIONS = `
  select format('%I.%I', n.nspname, c.relname) as name,
    case c.relkind when 'r' then 'table' when 'p' then 'partitioned' when 'v' then 'view'
      when 'm' then 'materialised view' else 'foreign table' end as kind,
    c.relispartition as "isPartition", c.relrowsecurity as "rowSecurity", c.relforcerowsecurity as forced,
    c.reloptions as options,
    exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped)
      as "hasTenant"
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f')
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  order by 1`

/** Tables that a tenant may look into though their column is not called tenant_id, and what the column is called. */
const TENANT_BY_OTHER_NAME: Readonly<Record<string, string>> = { 'hub.tenants': 'id' }

/** Unique keys and indexes of a tenant's table that do not begin with the tenant, each with its reason. */
const KEYS_WITHOUT_TENANT: Readonly<Record<string, string>> = {
  'hub.api_keys_hash_key': 'a key is shown before it is known whose it is',
  'hub.sign_in_links_hash_key': 'a link is shown before it is known whose it is',
  'hub.sign_in_links_pkey': 'links of the hub itself belong to no tenant',
  'pos.configurations_account': 'an account is connected once in a hub, whoever has it',
  'pos.oauth_attempts_state': 'a browser comes back before it is known for whom',
}
const INDEXES_WITHOUT_TENANT: Readonly<Record<string, string>> = {
  ...KEYS_WITHOUT_TENANT,
  'hub.outbox_cursors_retry': 'the outbox asks across tenants which followers are due',
  'hub.idempotency_keys_expiry': 'expired keys of all tenants are removed together',
  'pos.configurations_refresh': 'sign-ins of all tenants are renewed as they fall due',
  'pos.oauth_attempts_expiry': 'ways to a page of consent that nobody came back from are removed together',
  'pos.webhook_endpoints_due': 'subscriptions of all tenants are looked after as they fall due',
  'pos.due_reads_due': 'records of all tenants are read again as they fall due',
  'pos.sync_logs_ended': 'old logs of all tenants are removed together',
  'pos.sync_logs_unfinished': 'a start asks across tenants which syncs were left',
  'pos.sync_schedules_due': 'all tenants are read as they fall due',
  'pos.item_availability_until': 'articles of all tenants are there again as their time comes',
  'pos.item_watches_due': 'items of all tenants are looked through as they fall due',
  'pos.item_watches_look': 'catalogues of all tenants are compared as they fall due',
  'pos.notice_messages_due': 'messages of all tenants are sent as they fall due',
  'pos.pushes_due': 'orders of all tenants go into their POS as they fall due',
  'pos.push_calls_begun': 'bodies of old calls of all tenants are removed together',
  'pos.imports_unfinished': 'a start asks across tenants which imports were left',
}

const GIVE_WORK = `select hub.enqueue('intake.import', '{}', for_tenant => $1)`

// A provider that both shops have an account at, each its own. It must stand before the hub does.
const providers = new Map<string, string>()
let square: RunningSquare

beforeAll(async () => {
  const sellers = ['MERCHANTBAKERY', 'MERCHANTBUTCHER'].map((merchantId) => {
    return { shop: shopOf('cafe'), country: 'IE', merchantId }
  })
  square = await startSquare({ rateLimit: null, sellers })
  providers.set('SQUARE_BASE_URL', square.baseUrl)
  providers.set('SQUARE_APPLICATION_ID', square.credentials.application.id)
})
afterAll(() => square?.close())

const hub = useHub({ providers })
const { db } = hub
let relations: readonly Relation[] = []
let bakery: Shop
let butcher: Shop
/** Signs in as the hub does, with the tenant's role, and keeps the tenant for the whole session. */
let stranger: pg.Client
let asButcher: pg.Client

beforeAll(async () => {
  bakery = await hub.openShop('bakery')
  butcher = await hub.openShop('butcher', { currency: 'CHF', timeZone: 'Europe/Zurich' })
  for (const shop of [bakery, butcher]) await fillEveryTable(shop)
  relations = await db.query<Relation>(RELATIONS)
  stranger = await signIn(null)
  asButcher = await signIn(butcher)
}, 120_000)

afterAll(async () => {
  await stranger?.end()
  await asButcher?.end()
})

describe('what a tenant’s role can see', () => {
  test('the shops have something in every table and view that knows tenants', async () => {
    const empty: string[] = []
    for (const { name, hasTenant, isPartition } of relations) {
      if (!hasTenant || isPartition) continue
      for (const { tenant } of [bakery, butcher]) {
        const [found] = await db.query<{ n: number }>(`select count(*)::int as n from ${name} where tenant_id = $1`, [
          tenant.id,
        ])
        if (found?.n === 0) empty.push(`${name} holds nothing of ${tenant.slug}: seed it in this file`)
      }
    }
    expect(empty).toEqual([])
  })

  test('a session that names no tenant sees no row of anything', async () => {
    const seen: string[] = []
    for (const { name } of relations) {
      const rows = await countAs(stranger, name)
      if (rows !== 'denied' && rows > 0) seen.push(`${name} shows ${rows} rows`)
    }
    expect(seen).toEqual([])
  })

  test('a tenant sees all of its own rows where it may look at all, and none of its neighbour’s anywhere', async () => {
    const wrong: string[] = []
    let looked = 0
    for (const { name, hasTenant } of relations) {
      const rows = await countAs(asButcher, name)
      if (rows === 'denied') continue
      looked++
      const column = hasTenant ? 'tenant_id' : TENANT_BY_OTHER_NAME[name]
      if (column === undefined) {
        wrong.push(`${name} is open to tenants and says of no row whose it is`)
        continue
      }
      const [own] = await db.query<{ n: number }>(`select count(*)::int as n from ${name} where ${column} = $1`, [
        butcher.tenant.id,
      ])
      const { rows: foreign } = await asButcher.query(`select 1 from ${name} where ${column} <> $1 limit 1`, [
        butcher.tenant.id,
      ])
      if (rows !== own?.n) wrong.push(`${name} shows ${rows} rows of ${own?.n}`)
      if (foreign.length > 0) wrong.push(`${name} shows a row of somebody else`)
    }
    expect(wrong).toEqual([])
    expect(looked).toBeGreaterThan(15)
  })

  test('a tenant that is no tenant’s id at all is an error and not an open door', async () => {
    await expect(stranger.query(`begin; set local tillwire.tenant = 'everybody'`)).resolves.toBeDefined()
    await expect(stranger.query('select 1 from pos.transactions')).rejects.toMatchObject({ code: '22P02' })
    await stranger.query('rollback')
  })
})

describe('what a tenant’s role can do', () => {
  test('nothing can be written into another tenant, by insert, by update or by delete', async () => {
    const wrong: string[] = []
    let tried = 0
    for (const { name, hasTenant, isPartition, kind } of relations) {
      if (!hasTenant || isPartition || kind === 'view') continue
      const may = await grantsOn(name)
      const [row] = await db.query<{ row: unknown }>(
        `select to_jsonb(t) as row from ${name} t where tenant_id = $1 limit 1`,
        [bakery.tenant.id],
      )
      const copy = `insert into ${name} select * from jsonb_populate_record(null::${name}, $1)`
      const attempts: [string, string, unknown[]][] = [
        ['insert', copy, [JSON.stringify(row?.row)]],
        ['update', `update ${name} set tenant_id = $1`, [bakery.tenant.id]],
      ]
      for (const [verb, text, values] of attempts) {
        const outcome = await attempt(asButcher, text, values)
        if (may.has(verb)) tried++
        if (outcome !== '42501') wrong.push(`${verb} into ${name}: ${outcome}`)
      }
      for (const verb of ['update', 'delete'] as const) {
        if (!may.has(verb)) continue
        const text = verb === 'update' ? `update ${name} set tenant_id = tenant_id` : `delete from ${name}`
        const touched = await attempt(asButcher, `${text} where tenant_id = $1`, [bakery.tenant.id])
        if (touched !== '0 rows') wrong.push(`${verb} of the neighbour’s rows in ${name}: ${touched}`)
      }
    }
    expect(wrong).toEqual([])
    expect(tried).toBeGreaterThan(25)
  })

  test('work cannot be given to the queue in another tenant’s name', async () => {
    expect(await attempt(asButcher, GIVE_WORK, [bakery.tenant.id])).toBe('42501')
    expect(await attempt(asButcher, GIVE_WORK, [butcher.tenant.id])).toBe('1 rows')
  })

  test('a transaction that forgot its tenant cannot give work in the name of any', async () => {
    expect(await attempt(stranger, GIVE_WORK, [bakery.tenant.id])).toBe('42501')
  })

  test('a table cannot be emptied, referred to or given a trigger, which row security would not see', async () => {
    const wrong: string[] = []
    for (const { name } of relations) {
      const [may] = await db.query<{ any: boolean }>(
        `select has_table_privilege('tillwire_app', $1, 'truncate, references, trigger, maintain') as any`,
        [name],
      )
      if (may?.any) wrong.push(name)
    }
    expect(wrong).toEqual([])
  })

  test('the role is no superuser, walks past no wall, owns nothing and can become nobody else', async () => {
    const roles = await db.query(
      `select rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin from pg_roles
       where rolname in ('tillwire_app', 'tillwire_system', 'tillwire_owner', 'tillwire_auth') order by 1`,
    )
    const weak = { rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcreatedb: false, rolcanlogin: false }
    expect(roles).toEqual(
      ['tillwire_app', 'tillwire_auth', 'tillwire_owner', 'tillwire_system'].map((rolname) => ({ rolname, ...weak })),
    )
    const owned = await db.query(
      `select pg_describe_object(classid, objid, objsubid) as what from pg_shdepend
       where refclassid = 'pg_authid'::regclass and refobjid = 'tillwire_app'::regrole and deptype = 'o'
         and dbid in (0, (select oid from pg_database where datname = current_database()))`,
    )
    expect(owned).toEqual([])
    const others = await db.query(
      `select rolname from pg_roles where rolname <> 'tillwire_app' and pg_has_role('tillwire_app', oid, 'member')`,
    )
    expect(others).toEqual([])
    const schemas = await db.query(
      `select nspname from pg_namespace where has_schema_privilege('tillwire_app', oid, 'create') and nspname !~ '^pg_'`,
    )
    expect(schemas).toEqual([])
  })
})

describe('how the wall is built', () => {
  test('every table with a tenant has row security, forced, and a policy for the tenant’s role', async () => {
    const policies = await db.query<{ name: string; roles: string[]; using: string | null; check: string | null }>(
      `select format('%I.%I', schemaname, tablename) as name, roles::text[] as roles, qual as using, with_check as check
       from pg_policies`,
    )
    const wrong: string[] = []
    for (const { name, kind, hasTenant, rowSecurity, forced } of relations) {
      if (kind === 'view' || !(hasTenant || name in TENANT_BY_OTHER_NAME)) continue
      if (!rowSecurity || !forced) wrong.push(`${name} has no forced row security`)
      const mine = policies.filter((policy) => policy.name === name && policy.roles.includes('tillwire_app'))
      if (mine.length === 0) wrong.push(`${name} has no policy for tillwire_app`)
      if (!mine.every(({ using }) => using?.includes('current_tenant()')))
        wrong.push(`${name} has a policy without a tenant`)
      if (policies.some((policy) => policy.name === name && policy.roles.includes('public'))) {
        wrong.push(`${name} has a policy for everybody`)
      }
    }
    expect(wrong).toEqual([])
  })

  test('no partition can be reached by its own name, not even by a column', async () => {
    const partitions = relations.filter(({ isPartition }) => isPartition)
    expect(partitions.length).toBeGreaterThan(4)
    const open: string[] = []
    for (const { name } of partitions) {
      const [may] = await db.query<{ any: boolean }>(
        `select has_any_column_privilege(role, $1, 'select, insert, update, references')
           or has_table_privilege(role, $1, 'select, insert, update, delete, truncate, references, trigger, maintain') as any
         from unnest(array['tillwire_app', 'tillwire_system', 'tillwire_auth']) as role order by 1 desc limit 1`,
        [name],
      )
      if (may?.any) open.push(name)
    }
    expect(open).toEqual([])
  })

  test('every view asks with the rights of whoever looks, and nothing is materialised or foreign', () => {
    const views = relations.filter(({ kind }) => kind === 'view')
    const trusting = views.filter(({ name, options }) => {
      // The queue’s own views lie in a schema that no tenant may enter.
      if (name.startsWith('graphile_worker.')) return false
      return !options?.some((option) => /^security_invoker=(true|on|1|yes)$/.test(option))
    })
    expect(trusting.map(({ name }) => name)).toEqual([])
    expect(views.length).toBeGreaterThan(0)
    expect(relations.filter(({ kind }) => kind === 'materialised view' || kind === 'foreign table')).toEqual([])
  })

  test('the tenant is the first column of every key and index, but for those with a reason', async () => {
    const indexes = await db.query<{ name: string; first: string; isUnique: boolean }>(
      `select format('%I.%I', n.nspname, i.relname) as name, x.indisunique as "isUnique",
         coalesce((select a.attname from pg_attribute a where a.attrelid = c.oid and a.attnum = x.indkey[0]), '') as first
       from pg_index x join pg_class c on c.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
         join pg_namespace n on n.oid = c.relnamespace
       where exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped)
         and n.nspname !~ '^pg_' order by 1`,
    )
    const unled = indexes.filter(({ first }) => first !== 'tenant_id' && first !== 'tenant')
    expect(unled.filter(({ isUnique }) => isUnique).map(({ name }) => name)).toEqual(
      Object.keys(KEYS_WITHOUT_TENANT).sort(),
    )
    const excused = [...Object.keys(INDEXES_WITHOUT_TENANT), 'hub.sign_in_links_tenant']
    expect(unled.map(({ name }) => name).filter((name) => !excused.includes(name))).toEqual([])
  })

  test('a function that runs with its owner’s rights has a fixed search path and is not everybody’s', async () => {
    const functions = await db.query<{ name: string; path: string | null; public: boolean }>(
      `select p.oid::regprocedure::text as name,
         (select option from unnest(p.proconfig) as option where option like 'search_path=%') as path,
         has_function_privilege('public', p.oid, 'execute') as public
       from pg_proc p join pg_namespace n on n.oid = p.pronamespace
       where p.prosecdef and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' order by 1`,
    )
    expect(functions.length).toBeGreaterThan(1)
    for (const { name, path, public: everybody } of functions) {
      expect({ name, path, everybody }).toEqual({ name, path: 'search_path=pg_catalog, pg_temp', everybody: false })
    }
  })
})

/** Writes as the hub writes: through its addresses and its modules, never past them. */
async function fillEveryTable(shop: Shop): Promise<void> {
  const { tenant, key } = shop
  const { database } = hub.running.storage
  const base = `/api/v1/tenants/${tenant.slug}`
  const now = systemClock.now()

  const invited = await hub.ask(`${base}/members`, {
    method: 'POST',
    key,
    headers: { 'idempotency-key': 'first-invitation' },
    json: { email: `baker@${tenant.slug}.example`, role: 'viewer' },
  })
  expect(invited.status).toBe(201)

  const rows = [
    'Date,Receipt,Item,Quantity,Price',
    '2026-03-02 08:01,1,Rye loaf,1,4.20',
    '2026-03-02 08:05,2,Bun,3,0.90',
  ]
  const received = await hub.ask(`${base}/imports?file_name=march.csv&confirm=yes`, {
    method: 'POST',
    key,
    body: [...rows, 'the day the till broke,3,Bun,1,0.90', ''].join('\n'),
  })
  expect(received).toMatchObject({ status: 201 })
  const ended = await importEnds(hub.url, shop, String(received.json?.id))
  expect(ended).toMatchObject({ state: 'done', rows_rejected: 1, sales_created: 2 })

  // What a person says of a shape of file is remembered when they confirm; a sale that two files tell has two tellers.
  const april = await hub.ask(`${base}/imports?file_name=april.csv&confirm=no`, {
    method: 'POST',
    key,
    body: [...rows.slice(0, 2), '2026-04-02 08:05,2,Bun,3,0.90', ''].join('\n'),
  })
  const where = `${base}/imports/${april.json?.id}`
  const corrected = await hub.ask(where, { method: 'PATCH', key, json: { choices: { date_order: 'ymd' } } })
  expect(corrected.status, corrected.text).toBe(200)
  expect((await hub.ask(`${where}/confirm`, { method: 'POST', key })).status).toBe(200)
  expect(await importEnds(hub.url, shop, String(april.json?.id))).toMatchObject({ state: 'done', sales_unchanged: 1 })

  const site = await database.tenant(tenant.id, (tx) => getDefaultSite(tx, tenant.id))
  const week = [...trade(shopOf('cafe'), { seed: 'wall', from: '2026-01-05', to: '2026-01-11' })]
  const refunds = week.flatMap((sale) => sale.refunds.map((refund) => refundFiling(refund, sale, site)))
  expect(refunds.length).toBeGreaterThan(0)
  await database.tenant(tenant.id, async (tx) => {
    const draft = { posSystem: 'generic-rest', name: 'Till', siteId: site.id } as const
    const connection = await createConnection(tx, tenant.id, draft, now)
    const other = await createConnection(tx, tenant.id, { ...draft, name: 'Other till' }, now)
    const source = {
      tenantId: tenant.id,
      connectionId: connection.id,
      posSystem: 'generic-rest',
      batchId: null,
      actor: 'job:test',
      requestId: null,
      now,
    }
    await recordSales(
      tx,
      source,
      week.map((sale) => saleFiling(sale, site, now)),
      refunds,
    )
    // An import that is half taken back.
    const batchId = newId()
    const filings = week.slice(0, 3).map((sale) => saleFiling(sale, site, now))
    await recordSales(tx, { ...source, connectionId: other.id, batchId }, filings)
    expect(await withdrawBatch(tx, { ...source, connectionId: other.id }, batchId, 1)).toMatchObject({ left: true })
  })

  const connectionId = await connectAccount(shop)
  await sellOnline(shop, connectionId)

  const outbox = openOutbox({ database: db.database, clock: systemClock })
  outbox.follow({ name: 'bookkeeper', handle: async () => undefined })
  await outbox.start()
  await outbox.idle()
  await outbox.stop()
}

/** What only a provider can tell: an account that is read and tells of its sales, some of them oddly. */
async function connectAccount({ tenant, key }: Shop): Promise<string> {
  const base = `/api/v1/tenants/${tenant.slug}`
  const seller = square.square.sellers[tenant.slug === 'bakery' ? 0 : 1]
  const merchant = seller?.merchantId ?? ''
  const day = (ago: number) => new Date(systemClock.now() - ago * 86_400_000).toISOString().slice(0, 10)
  square.fault({ name: 'unknown-field', on: true })
  square.sell({ merchant, from: day(4), to: day(2), count: 40 })
  const { accessToken } = square.connect(merchant)
  const access_token = tenant.slug === 'bakery' ? square.credentials.access_token : accessToken
  const body = { pos_system: 'square', name: 'Live till', credentials: { access_token } }
  const made = await hub.ask(`${base}/pos/configurations`, { method: 'POST', key, json: body })
  expect(made.status, made.text).toBe(201)
  const begun = await hub.ask('/api/integrations/pos/square/oauth', { method: 'POST', key })
  expect(begun.status, begun.text).toBe(200)
  // As a merchant does who makes the subscription by hand.
  const where = `${base}/pos/configurations/${made.json?.id}`
  const notificationUrl = new URL(`/api/v1/webhooks/square/${made.json?.id}`, hub.url).href
  const eventTypes = ['payment.created', 'payment.updated']
  const { signatureKey } = square.subscribe({ notificationUrl, eventTypes })
  const pasted = await hub.ask(where, { method: 'PUT', key, json: { sync: { webhook_secret: signatureKey } } })
  expect(pasted.status, pasted.text).toBe(200)
  // Lines that are long in coming are looked for again and again.
  square.fault({ name: 'thin-event', on: true, value: 3_600 })
  square.sell({ merchant, count: 5 })
  await until(
    'what was read and told',
    () =>
      db.query<{ n: number }>(
        `select count(*)::int as n from pos.webhook_logs where tenant_id = $1 and processed_at is not null
         union all select count(*)::int from pos.sync_logs where tenant_id = $1 and state = 'done'`,
        [tenant.id],
      ),
    ([told, read]) => (told?.n ?? 0) > 0 && (read?.n ?? 0) > 0,
    60_000,
  )
  return String(made.json?.id)
}

/** A web shop of its own, whose orders go into that account, and people who are told of it. */
async function sellOnline({ tenant, key }: Shop, connectionId: string): Promise<void> {
  const base = `/api/v1/tenants/${tenant.slug}`
  const write = async (method: string, path: string, json: unknown) => {
    const answer = await hub.ask(path, { method, key, json })
    expect(answer.status, `${path}: ${answer.text}`).toBeLessThan(300)
    return answer
  }
  const article = await until(
    'an article of the account',
    () =>
      db.query<{ external_id: string; name: string; currency: string }>(
        `select external_id, name, currency from pos.catalog_articles
         where tenant_id = $1 and kind = 'article' and price > 0 order by external_id limit 1`,
        [tenant.id],
      ),
    (rows) => rows.length > 0,
    60_000,
  )
  const { external_id: posItemId = '', name = '', currency = '' } = article[0] ?? {}
  const price = { amount: 420, currency }
  const items = [
    { id: 'mapped', name, kind: 'item', price },
    { id: 'suggested', name, kind: 'item', price },
  ]
  await write('PUT', `${base}/channels/web-shop/items`, { items })
  const mappings = `${base}/pos/configurations/${connectionId}/item-mappings`
  await write('PUT', mappings, { channel: 'web-shop', mappings: [{ item_id: 'mapped', pos_item_id: posItemId }] })
  expect((await hub.ask(`${mappings}/suggestions?channel=web-shop`, { key })).status).toBe(200)
  await write('POST', '/api/v1/pos/connect', { business_id: tenant.slug, provider: 'square' })
  await write('PUT', `${base}/pos/configurations/${connectionId}`, { push: { auto_sync_orders: true } })
  await write('POST', `${base}/preflights`, { connection_id: connectionId, channel: 'web-shop' })
  const [place] = await db.query<{ site_id: string }>(
    'select site_id from pos.connection_places where tenant_id = $1 and chosen limit 1',
    [tenant.id],
  )
  const order = await write('POST', `${base}/orders`, {
    channel: 'web-shop',
    external_id: 'w-1',
    placed_at: new Date(systemClock.now()).toISOString(),
    currency,
    location: place?.site_id,
    fulfilment: { kind: 'pickup' },
    customer: { name: 'Ada' },
    items: [{ item_id: 'mapped', name, quantity: '1', unit_price: price }],
    total: price,
    payment: { state: 'paid', method: 'card', reference: null },
  })
  await until(
    'the order in the account',
    () =>
      db.query<{ status: string }>('select status, error_code, error_message from pos.pushes where tenant_id = $1', [
        tenant.id,
      ]),
    ([push]) => push?.status === 'success',
    60_000,
  )
  await write('POST', `${base}/orders/${order.json?.id}/progress`, { progress: 'ready', note: 'On the counter' })
  await tellSomebody(tenant.id, connectionId, posItemId)
}

/** What no address writes by itself within a test's patience. */
async function tellSomebody(tenantId: TenantId, connectionId: string, posItemId: string): Promise<void> {
  const { database } = hub.running.storage
  const now = systemClock.now()
  const [person, message] = [newId(), newId()]
  await database.tenant(tenantId, async (tx) => {
    const about = { title: 'A test', say: 'It is one.', subject: 'order/1', now }
    await raiseTask(tx, tenantId, { ...about, kind: 'test', key: 'wall' })
  })
  const [notice] = await db.query<{ id: string }>(
    `select id from pos.notices where tenant_id = $1 and kind = 'task' limit 1`,
    [tenantId],
  )
  const rows: [string, unknown[]][] = [
    ['insert into pos.notice_reads values ($1, $2, $3, now())', [tenantId, person, notice?.id]],
    [
      `insert into pos.notice_preferences (tenant_id, person_id, kinds, time_zone, urgent_at_once, updated_at)
       values ($1, $2, '{}', 'UTC', true, now())`,
      [tenantId, person],
    ],
    [
      `insert into pos.notice_messages (tenant_id, id, person_id, way, state, created_at, ended_at)
       values ($1, $2, $3, 'email', 'sent', now(), now())`,
      [tenantId, message, person],
    ],
    [
      `insert into pos.notice_message_parts (tenant_id, message_id, notice_id, person_id, way)
       values ($1, $2, $3, $4, 'email')`,
      [tenantId, message, notice?.id, person],
    ],
    [
      `insert into pos.item_availability (tenant_id, connection_id, external_id, location, available, said_at, recorded_at)
       values ($1, $2, $3, '', false, now(), now())`,
      [tenantId, connectionId, posItemId],
    ],
  ]
  for (const [text, values] of rows) await db.query(text, values)
}

async function signIn(shop: Shop | null): Promise<pg.Client> {
  const client = new pg.Client(connectionFor(db.url, 'tillwire_app'))
  await client.connect()
  if (shop) await client.query(`select set_config('tillwire.tenant', $1, false)`, [shop.tenant.id])
  return client
}

async function countAs(client: pg.Client, name: string): Promise<number | 'denied'> {
  try {
    const { rows } = await client.query<{ n: number }>(`select count(*)::int as n from ${name}`)
    return rows[0]?.n ?? 0
  } catch (error) {
    if (sqlState(error) === '42501') return 'denied'
    throw error
  }
}

/** What came of a statement, which is undone whatever it did: an SQL state, or how many rows it touched. */
async function attempt(client: pg.Client, text: string, values: unknown[]): Promise<string> {
  await client.query('begin')
  try {
    const { rowCount } = await client.query(text, values)
    return `${rowCount} rows`
  } catch (error) {
    return sqlState(error) ?? String(error)
  } finally {
    await client.query('rollback')
  }
}

async function grantsOn(name: string): Promise<ReadonlySet<string>> {
  const [may] = await db.query<Record<string, boolean>>(
    `select has_table_privilege('tillwire_app', $1, 'insert') as insert,
       has_table_privilege('tillwire_app', $1, 'update') as update,
       has_table_privilege('tillwire_app', $1, 'delete') as delete`,
    [name],
  )
  return new Set(Object.entries(may ?? {}).flatMap(([verb, granted]) => (granted ? [verb] : [])))
}
