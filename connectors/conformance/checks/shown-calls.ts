import type { ProviderCall } from '../../contract.ts'
import { Broken, expect, expectSame } from '../check.ts'
import { same } from '../keeper.ts'

// Calls as they were shown before they were made. A text such as `{order}` stands for what only an answer told.

export function expectSameCall(shown: ProviderCall, sent: ProviderCall | undefined): void {
  if (sent === undefined) throw new Broken(`${shown.name} was shown and not sent`)
  const { body: shownBody, path: shownPath, ...shownRest } = shown
  const { body: sentBody, path: sentPath, ...sentRest } = sent
  expectSame(`${shown.name} as it was sent`, sentRest, shownRest)
  expect(fits(shownPath, sentPath), `${shown.name} was sent to another path than was shown`)
  const [a, b] = [shownBody, sentBody].map((body) => (body === null ? null : (JSON.parse(body) as unknown)))
  expect(isFilledIn(a, b), `${shown.name} was sent with another body than was shown`)
}

/** Equal, but for texts that were not known when it was shown. */
function isFilledIn(shown: unknown, sent: unknown): boolean {
  if (typeof shown === 'string' && typeof sent === 'string') return fits(shown, sent)
  if (Array.isArray(shown) && Array.isArray(sent)) {
    return shown.length === sent.length && shown.every((one, nth) => isFilledIn(one, sent[nth]))
  }
  if (!isObject(shown) || !isObject(sent)) return same(shown, sent)
  const names = Object.keys(shown)
  return same(names, Object.keys(sent)) && names.every((name) => isFilledIn(shown[name], sent[name]))
}

function fits(shown: string, sent: string): boolean {
  if (shown === sent) return true
  const parts = shown.split(/\{[a-z_]+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return parts.length > 1 && new RegExp(`^${parts.join('[^/]+')}$`).test(sent)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
