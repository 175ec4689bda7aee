import { uuidv7 } from 'uuidv7'

/** A UUIDv7 in its usual text form. Made here and not in the database: PostgreSQL has the function only from 18. */
export type Id = string & { readonly __brand: 'Id' }
export type TenantId = Id & { readonly __tenant: true }

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** A new id. Ids of one process rise, so that rows made later lie later in an index. */
export function newId(): Id {
  return uuidv7() as Id
}

export function isId(text: string): text is Id {
  return UUID.test(text)
}
