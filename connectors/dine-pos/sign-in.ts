import { CallFailed, type Link, type MissingPermission, type SignIn, type SignInCheck, type Talk } from '../contract.ts'
import { firstWord, type Json, objectsIn, wordIn } from './answers.ts'
import { askMenu, codeOf, saysNo } from './menu.ts'
import { FIELDS, problemsOf, type Settings, settingsOf } from './settings.ts'

export const signIn: SignIn = { fields: FIELDS, check, environmentOf: () => null, problems: problemsOf }

const UNVERIFIED: MissingPermission = {
  permission: 'menu',
  // Nor is there a menu to read.
  blocks: ['catalog'],
  say: 'This contract has no call by which credentials could be tried: they are not verified until the first order is pushed.',
}

/** By reading the menu, which is the only thing that can be asked without doing anything. */
function* check(link: Link): Talk<SignInCheck> {
  const settings = settingsOf(link.credentials)
  if (!URL.canParse(settings.baseUrl)) {
    throw new CallFailed('menu.read', { kind: 'unauthorized', code: 'base_url', revoked: true }, true)
  }
  const facts = { account: accountOf(settings), expiresAt: null, granted: null }
  const answer = settings.map.menu.path === null ? null : yield* askMenu(settings)
  if (answer === null) return { ...facts, accountName: null, missing: [UNVERIFIED] }
  refuseUnlessWell(settings, answer)
  return { ...facts, accountName: nameIn(answer), missing: [] }
}

/** Where it says no, the credentials are what it was tried with. */
function refuseUnlessWell(settings: Settings, answer: Json): void {
  if (!saysNo(answer, settings)) return
  throw new CallFailed('menu.read', { kind: 'unauthorized', code: codeOf(answer, settings), revoked: true })
}

/** Restaurants of different systems may have the same id, so the host stands with it. */
function accountOf({ restaurantId, baseUrl }: Settings): string {
  return `${restaurantId}@${new URL(baseUrl).host}`
}

function nameIn(answer: Json): string | null {
  const [first] = objectsIn(answer.restaurants)
  return firstWord(answer, ['restaurant.name', 'restaurant_name']) ?? (first === undefined ? null : nameOf(first))
}

function nameOf(restaurant: Json): string | null {
  return wordIn(restaurant.name) ?? firstWord(restaurant, ['details.restaurantname', 'restaurantname'])
}
