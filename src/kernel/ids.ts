import { V7Generator } from 'uuidv7'

/** A UUIDv7 in its usual text form. Made here and not in the database: PostgreSQL has the function only from 18. */
export type Id = string & { readonly __brand: 'Id' }
export type TenantId = Id & { readonly __tenant: true }

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

// Asking the system for random bytes costs more than an id is worth, so they are drawn for many ids at once.
const words = new Uint32Array(1_024)
let drawn = words.length

function nextUint32(): number {
  if (drawn === words.length) {
    crypto.getRandomValues(words)
    drawn = 0
  }
  return words[drawn++] ?? 0
}

const generator = new V7Generator({ nextUint32 })

/** A new id. Ids of one process rise, so that rows made later lie later in an index. */
export function newId(): Id {
  return generator.generate().toString() as Id
}

export function isId(text: string): text is Id {
  return UUID.test(text)
}
