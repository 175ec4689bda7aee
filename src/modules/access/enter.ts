import type { IncomingHttpHeaders } from 'node:http'
import { currencyCode } from '#kernel/currency.ts'
import { Fault } from '#kernel/fault.ts'
import type { Id } from '#kernel/ids.ts'
import type { Instant } from '#kernel/instant.ts'
import { zoneName } from '#kernel/zone.ts'
import type { Tenant } from '#platform/http/caller.ts'
import type { Database } from '#platform/postgres/database.ts'
import { ACCESS_FAULTS } from './faults.ts'
import { readLink, useLink } from './links.ts'
import { addMember, createPerson, findPersonByEmail, passwordHash } from './people.ts'
import type { Cookies, SignIn } from './sign-in.ts'
import { addTenant, findTenant, freeSlug, type OnTenantCreated } from './tenants.ts'
import { minutesOf } from './wire.ts'

// What a link leads to. The link is used up in the transaction that does its work: a failure leaves it usable, and two
// who use it at once cannot both succeed.

export type Entry = {
  readonly database: Database
  readonly signIn: SignIn
  readonly onTenantCreated: OnTenantCreated
}

export type Entered = {
  readonly person: { readonly id: Id; readonly name: string; readonly email: string }
  readonly tenant: Tenant
  readonly cookies: Cookies
}

export type LinkAnswer =
  | { readonly purpose: 'sign-in' }
  | { readonly purpose: 'set-up' }
  | { readonly purpose: 'join'; readonly email: string; readonly role: string; readonly tenant: string }

export async function enterByLink(
  entry: Entry,
  token: string,
  headers: IncomingHttpHeaders,
  now: Instant,
): Promise<{ readonly answer: LinkAnswer; readonly cookies: Cookies }> {
  const { database } = entry
  const link = await database.system(async (tx) => {
    const found = await readLink(tx, token, now)
    if (found.purpose === 'sign-in') await useLink(tx, token, 'sign-in', now)
    if (found.purpose !== 'join') return found
    return { ...found, tenant: (await findTenant(tx, found.tenantId))?.name ?? '' }
  })
  if (link.purpose === 'set-up') return { answer: { purpose: 'set-up' }, cookies: [] }
  if (link.purpose === 'join') {
    const { email, role, tenant } = link
    return { answer: { purpose: 'join', email, role, tenant }, cookies: [] }
  }
  return { answer: { purpose: 'sign-in' }, cookies: await entry.signIn.open(link.personId, headers) }
}

export async function setUp(
  entry: Entry,
  wanted: {
    readonly token: string
    readonly name: string
    readonly email: string
    readonly password: string
    readonly tenant: {
      readonly name: string
      readonly slug?: string | undefined
      readonly currency: string
      readonly time_zone: string
      readonly close_out: string
    }
  },
  headers: IncomingHttpHeaders,
  now: Instant,
): Promise<Entered> {
  const hash = await passwordHash(wanted.password)
  const { id, tenant } = await entry.database.system(async (tx) => {
    await useLink(tx, wanted.token, 'set-up', now)
    const tenant = await addTenant(
      tx,
      {
        slug: wanted.tenant.slug ?? (await freeSlug(tx, wanted.tenant.name)),
        name: wanted.tenant.name,
        currency: currencyCode(wanted.tenant.currency),
        timeZone: zoneName(wanted.tenant.time_zone),
        closeOutMinutes: minutesOf(wanted.tenant.close_out),
        kind: 'live',
      },
      now,
      entry.onTenantCreated,
    )
    const id = await createPerson(tx, { name: wanted.name, email: wanted.email, passwordHash: hash }, now)
    await addMember(tx, tenant.id, id, 'owner', now)
    return { id, tenant }
  })
  const cookies = await entry.signIn.open(id, headers)
  return { person: { id, name: wanted.name, email: wanted.email }, tenant, cookies }
}

export async function join(
  entry: Entry,
  wanted: { readonly token: string; readonly name?: string | undefined; readonly password: string },
  headers: IncomingHttpHeaders,
  now: Instant,
): Promise<Entered> {
  const { database, signIn } = entry
  const { link, known } = await database.system(async (tx) => {
    const link = await readLink(tx, wanted.token, now)
    if (link.purpose !== 'join') throw new Fault('denied', 'access.link', { say: ACCESS_FAULTS['access.link'] })
    return { link, known: await findPersonByEmail(tx, link.email) }
  })
  // Whoever holds an invitation does not thereby own an account that is already there: its password decides.
  const session = known ? await signIn.withPassword(link.email, wanted.password, headers) : null
  const name = wanted.name ?? link.email.split('@', 1)[0] ?? link.email
  const hash = known ? null : await passwordHash(wanted.password)
  const { id, tenant } = await database.system(async (tx) => {
    const used = await useLink(tx, wanted.token, 'join', now)
    const tenant = await findTenant(tx, link.tenantId)
    if (used.purpose !== 'join' || !tenant) {
      throw new Fault('denied', 'access.link', { say: ACCESS_FAULTS['access.link'] })
    }
    const id = known ?? (await createPerson(tx, { name, email: used.email, passwordHash: hash }, now))
    await addMember(tx, tenant.id, id, used.role, now)
    return { id, tenant }
  })
  return {
    person: { id, name, email: link.email },
    tenant,
    cookies: session?.cookies ?? (await signIn.open(id, headers)),
  }
}
