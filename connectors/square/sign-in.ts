import {
  CallFailed,
  type Credentials,
  type DataType,
  type Environment,
  Garbled,
  type Link,
  type MissingPermission,
  type SignIn,
  type SignInCheck,
  type Talk,
} from '../contract.ts'
import { type Json, jsonOf, objectsIn, textIn } from './answers.ts'
import { oauth } from './oauth.ts'
import { isObject } from './read/drift.ts'
import { momentOf } from './read/moments.ts'

export const signIn: SignIn = {
  fields: [
    {
      name: 'access_token',
      label: 'Access token',
      secret: true,
      required: true,
      help: 'In Square’s Developer Console, open your application, choose Production or Sandbox, and copy the access token under Credentials.',
    },
  ],
  check,
  oauth,
  environmentOf,
}

type Need = { readonly permission: string; readonly blocks: readonly DataType[]; readonly without: string }

/** What reading needs, and what is lost without it. */
const NEEDS: readonly Need[] = [
  { permission: 'ORDERS_READ', blocks: ['sales'], without: 'sales cannot be read' },
  { permission: 'PAYMENTS_READ', blocks: ['sales'], without: 'payments and refunds cannot be read' },
  { permission: 'MERCHANT_PROFILE_READ', blocks: ['sales'], without: 'the places of sale cannot be read' },
  { permission: 'ITEMS_READ', blocks: ['catalog'], without: 'articles have no SKU and no category' },
  { permission: 'INVENTORY_READ', blocks: ['inventory'], without: 'stock cannot be read' },
  { permission: 'CUSTOMERS_READ', blocks: ['customers'], without: 'customers cannot be read' },
]

/**
 * Who the token is of, and what it may do. Where Square does not say what it may do, reading the merchant shows at least
 * whose it is; where the merchant may not be read, the token says so by itself. Either answer is enough.
 */
function* check(_link: Link): Talk<SignInCheck> {
  const status = yield* askStatus()
  const merchant = yield* askMerchant(status !== null)
  const account = textIn(merchant?.id) ?? textIn(status?.merchant_id)
  if (account === null) throw new Garbled('neither the token nor the merchant says whose it is')
  const granted = Array.isArray(status?.scopes) ? status.scopes.flatMap((scope) => textIn(scope) ?? []) : null
  return {
    account,
    accountName: textIn(merchant?.business_name),
    expiresAt: momentOf(status?.expires_at),
    granted,
    missing: missingOf(granted, merchant !== null),
  }
}

function* askStatus(): Talk<Json | null> {
  try {
    const call = {
      name: 'oauth.status',
      method: 'POST',
      path: '/oauth2/token/status',
      body: null,
      repeatable: true,
    } as const
    return jsonOf(yield call)
  } catch (failure) {
    // Whether the token is any good is for the next call to say.
    if (failure instanceof Garbled || isAnswered(failure)) return null
    throw failure
  }
}

/** `isKnown`: the token said by itself whose it is, so that being refused here is a missing permission and no more. */
function* askMerchant(isKnown: boolean): Talk<Json | null> {
  try {
    const answer = jsonOf(
      yield { name: 'merchants.me', method: 'GET', path: '/v2/merchants/me', body: null, repeatable: true },
    )
    return isObject(answer.merchant) ? answer.merchant : (objectsIn(answer.merchant)[0] ?? null)
  } catch (failure) {
    if (isKnown && failure instanceof CallFailed && failure.verdict.kind === 'forbidden') return null
    throw failure
  }
}

/** Square answered, and the answer is no. Not being answered at all is another matter. */
function isAnswered(failure: unknown): boolean {
  if (!(failure instanceof CallFailed)) return false
  return ['unauthorized', 'forbidden', 'missing', 'refused', 'garbled', 'conflict'].includes(failure.verdict.kind)
}

function missingOf(granted: readonly string[] | null, mayReadMerchant: boolean): readonly MissingPermission[] {
  const isMissing = (permission: string) =>
    granted === null ? permission === 'MERCHANT_PROFILE_READ' && !mayReadMerchant : !granted.includes(permission)
  return NEEDS.filter(({ permission }) => isMissing(permission)).map(({ permission, blocks, without }) => ({
    permission,
    blocks,
    say: `Without ${permission}, ${without}. Connect Square again and allow it.`,
  }))
}

/** Ids and secrets of applications say where they are from; access tokens of both sides look alike. */
function environmentOf(credentials: Credentials): Environment | null {
  for (const value of Object.values(credentials)) {
    if (/^sandbox-/i.test(value)) return 'sandbox'
    if (/^sq0(?:idp|csp|atp)-/.test(value)) return 'production'
  }
  return null
}
