import { type Followed, type ReadsEvent, rfc3339, shareOf } from './followed.ts'

// The seller's customer directory. Somebody is in it from the first order that names them. Names are put together from
// two short lists, addresses end in example.com and numbers begin with the area code that nobody has.

const GIVEN = ['Ada', 'Ben', 'Chloe', 'Dario', 'Emre', 'Frida', 'Goran', 'Hana', 'Ivo', 'Juna', 'Kofi', 'Lena', 'Milo']
const FAMILY = ['Abel', 'Brook', 'Castor', 'Dunn', 'Eder', 'Falk', 'Grove', 'Hale', 'Ito', 'Jansen', 'Kerr']

export const SOURCES = [
  'OTHER',
  'APPOINTMENTS',
  'COUPON',
  'DELETION_RECOVERY',
  'DIRECTORY',
  'EGIFTING',
  'EMAIL_COLLECTION',
  'FEEDBACK',
  'IMPORT',
  'INVOICES',
  'LOYALTY',
  'MARKETING',
  'MERGE',
  'ONLINE_STORE',
  'INSTANT_PROFILE',
  'TERMINAL',
  'THIRD_PARTY',
  'THIRD_PARTY_IMPORT',
  'UNMERGE_RECOVERY',
] as const

export type Customer = {
  readonly id: string
  readonly created_at: string
  readonly updated_at: string
  readonly given_name: string
  readonly family_name: string
  readonly email_address: string
  readonly phone_number: string
  readonly preferences: { readonly email_unsubscribed: boolean }
  readonly creation_source: (typeof SOURCES)[number]
  readonly version: number
}

export class Customers {
  readonly #byId = new Map<string, Customer>()

  /** Whoever is named for the first time is entered; answers the event of it. */
  follow({ order, at }: Followed): readonly ReadsEvent[] {
    const id = order.customer_id
    if (id === undefined) return []
    const known = this.#byId.get(id)
    if (known === undefined) return [this.#put('customer.created', newcomer(id, at))]
    // Past trade may be told after trade that came later.
    if (at < Date.parse(known.created_at)) this.#byId.set(id, newcomer(id, at))
    return []
  }

  /** A new name, as the seller would type it in. */
  rename(id: string, name: { readonly given: string; readonly family: string }, now: number): ReadsEvent {
    const known = this.#existing(id)
    const version = known.version + 1
    const changed = { ...known, given_name: name.given, family_name: name.family, updated_at: rfc3339(now), version }
    return this.#put('customer.updated', changed)
  }

  /** Deletes the profile; orders go on naming it. */
  remove(id: string): ReadsEvent {
    const known = this.#existing(id)
    this.#byId.delete(id)
    return { type: 'customer.deleted', dataType: 'customer', id, object: { customer: known } }
  }

  find(id: string): Customer | undefined {
    return this.#byId.get(id)
  }

  all(): readonly Customer[] {
    return [...this.#byId.values()]
  }

  #existing(id: string): Customer {
    const known = this.#byId.get(id)
    if (known === undefined) throw new RangeError(`There is no customer ${id} in the directory.`)
    return known
  }

  #put(type: string, customer: Customer): ReadsEvent {
    this.#byId.set(customer.id, customer)
    return { type, dataType: 'customer', id: customer.id, object: { customer } }
  }
}

function newcomer(id: string, at: number): Customer {
  const given = GIVEN[Math.floor(shareOf(`given ${id}`) * GIVEN.length)] ?? 'Ada'
  const family = FAMILY[Math.floor(shareOf(`family ${id}`) * FAMILY.length)] ?? 'Abel'
  const created = rfc3339(at)
  return {
    id,
    created_at: created,
    updated_at: created,
    given_name: given,
    family_name: family,
    email_address: `${given}.${family}.${id.slice(0, 6)}@example.com`.toLowerCase(),
    phone_number: phoneOf(id),
    preferences: { email_unsubscribed: false },
    creation_source: shareOf(`source ${id}`) < 0.3 ? 'INSTANT_PROFILE' : 'LOYALTY',
    version: 0,
  }
}

export function phoneOf(customerId: string): string {
  return `+1555${String(Math.floor(shareOf(`phone ${customerId}`) * 10 ** 7)).padStart(7, '0')}`
}
