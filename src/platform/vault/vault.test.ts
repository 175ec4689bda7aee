import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { newId, type TenantId } from '#kernel/ids.ts'
import { instant } from '#kernel/instant.ts'
import { openDatabase } from '#platform/postgres/database.ts'
import { useDatabase } from '#tests/harness/database.ts'
import { wrapNewKey } from './keys.ts'
import { openVault } from './vault.ts'

const db = useDatabase()
const rootKey = randomBytes(32)
const clock = { now: () => instant(Date.UTC(2026, 2, 14, 8)) }
const BINDING = ['credentials', 'till', 'access_token']
const secret = Buffer.from('EAAA-planted-marker')

const tenant = () => newId() as TenantId
const vault = (changes: { rootKey?: Buffer; monotonicMs?: () => number } = {}) =>
  openVault({ database: db.database, clock, rootKey, ...changes })

test('what one process seals another opens, with the tenant’s key from the database', async () => {
  const bakery = tenant()
  const sealed = (await vault().tenant(bakery)).seal(secret, BINDING)
  expect((await vault().tenant(bakery)).open(sealed, BINDING)).toEqual(secret)
})

test('a tenant’s secret opens for no other tenant and not for the hub', async () => {
  const [bakery, butcher] = [tenant(), tenant()]
  const ours = vault()
  const sealed = (await ours.tenant(bakery)).seal(secret, BINDING)
  const butchers = await ours.tenant(butcher)
  expect(() => butchers.open(sealed, BINDING)).toThrow(expect.objectContaining({ code: 'vault.unreadable' }))
  const hubs = await ours.hub()
  expect(() => hubs.open(sealed, BINDING)).toThrow(expect.objectContaining({ code: 'vault.unreadable' }))
  const own = hubs.seal(secret, BINDING)
  expect(hubs.open(own, BINDING)).toEqual(secret)
  expect(() => butchers.open(own, BINDING)).toThrow(expect.objectContaining({ code: 'vault.unreadable' }))
})

test('processes that meet a tenant at the same moment all come away with one key', async () => {
  const bakery = tenant()
  const other = openDatabase({ url: db.url, connectionsMax: 4 })
  try {
    const vaults = Array.from({ length: 12 }, (_, index) =>
      openVault({ database: index % 2 === 0 ? db.database : other, clock, rootKey }),
    )
    const sealers = await Promise.all(vaults.map((one) => one.tenant(bakery)))
    const hubs = await Promise.all(vaults.map((one) => one.hub()))
    for (const group of [sealers, hubs]) {
      const sealed = group.map((sealer) => sealer.seal(secret, BINDING))
      for (const opener of group) for (const one of sealed) expect(opener.open(one, BINDING)).toEqual(secret)
    }
    const keys = await db.query('select key_no from hub.tenant_keys where tenant_id = $1', [bakery])
    expect(keys).toEqual([{ key_no: 1 }])
  } finally {
    await other.close()
  }
})

test('another root key opens nothing, and says that it is another one', async () => {
  const bakery = tenant()
  await vault().tenant(bakery)
  await expect(vault({ rootKey: randomBytes(32) }).tenant(bakery)).rejects.toMatchObject({
    code: 'vault.root-key-wrong',
  })
  // A refusal is not remembered.
  await expect(vault().tenant(bakery)).resolves.toBeDefined()
})

test('a tenant’s key that was altered, or that lies in another tenant’s row, is not used', async () => {
  const [bakery, butcher] = [tenant(), tenant()]
  await vault().tenant(bakery)
  await vault().tenant(butcher)
  await db.query(
    `update hub.tenant_keys set wrapped = (select wrapped from hub.tenant_keys where tenant_id = $1) where tenant_id = $2`,
    [bakery, butcher],
  )
  await expect(vault().tenant(butcher)).rejects.toMatchObject({ code: 'vault.unreadable' })
  await db.query(
    'update hub.tenant_keys set wrapped = set_byte(wrapped, 30, 255 - get_byte(wrapped, 30)) where tenant_id = $1',
    [bakery],
  )
  await expect(vault().tenant(bakery)).rejects.toMatchObject({ code: 'vault.unreadable' })
})

test('a second key seals what is new, and the first one still opens what was sealed with it', async () => {
  const bakery = tenant()
  let nowMs = 0
  const ours = vault({ monotonicMs: () => nowMs })
  const before = (await ours.tenant(bakery)).seal(secret, BINDING)
  await addKey(bakery, 2)
  await db.query(`update hub.tenant_keys set retired_at = '2026-03-15' where tenant_id = $1 and key_no = 1`, [bakery])
  nowMs += 60_000
  const sealer = await ours.tenant(bakery)
  const after = sealer.seal(secret, BINDING)
  expect([before.readUInt32BE(1), after.readUInt32BE(1)]).toEqual([1, 2])
  expect(sealer.open(before, BINDING)).toEqual(secret)
  expect(sealer.open(after, BINDING)).toEqual(secret)
})

test('destroying a tenant’s key makes its secrets unreadable for good, and no new key takes its number', async () => {
  const bakery = tenant()
  let nowMs = 0
  const ours = vault({ monotonicMs: () => nowMs })
  const sealed = (await ours.tenant(bakery)).seal(secret, BINDING)
  await db.query(`update hub.tenant_keys set wrapped = null, retired_at = '2026-03-15' where tenant_id = $1`, [bakery])
  nowMs += 60_000
  await expect(ours.tenant(bakery)).rejects.toMatchObject({ code: 'vault.key-missing' })
  await addKey(bakery, 2)
  const sealer = await ours.tenant(bakery)
  expect(() => sealer.open(sealed, BINDING)).toThrow(expect.objectContaining({ code: 'vault.key-missing' }))
})

test('no key lies in the database as it is', async () => {
  const bakery = tenant()
  const sealed = (await vault().tenant(bakery)).seal(secret, BINDING)
  const [row] = await db.query<{ wrapped: Buffer }>('select wrapped from hub.tenant_keys where tenant_id = $1', [
    bakery,
  ])
  expect(row?.wrapped).toHaveLength(65)
  expect(row?.wrapped.includes(rootKey)).toBe(false)
  expect(sealed.includes(secret)).toBe(false)
})

/** A further key, as turning keys would make it. */
async function addKey(bakery: TenantId, keyNo: number): Promise<void> {
  await db.query(
    `insert into hub.tenant_keys (tenant_id, key_no, wrapped, created_at) values ($1, $2, $3, '2026-03-15')`,
    [bakery, keyNo, wrapNewKey(rootKey, bakery, keyNo)],
  )
}
