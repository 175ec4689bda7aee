import type { SourceRecord } from '../../contract.ts'

// Records that are almost as the provider would have them: each has one thing changed, somewhere in its body.

export type Path = readonly (string | number)[]

/** A record's JSON with one value replaced; null stands for leaving it as it is. */
export type Mutation = { readonly path: Path; readonly was: unknown; readonly now: unknown }

/** Every value in the JSON, the root left out. */
export function* valuesOf(json: unknown, path: Path = []): Generator<{ path: Path; value: unknown }> {
  if (path.length > 0) yield { path, value: json }
  if (Array.isArray(json)) for (const [at, one] of json.entries()) yield* valuesOf(one, [...path, at])
  else if (isObject(json)) for (const [key, one] of Object.entries(json)) yield* valuesOf(one, [...path, key])
}

export function mutated(record: SourceRecord, { path, now }: Mutation): unknown {
  const json = JSON.parse(record.body) as unknown
  let at = json
  for (const step of path.slice(0, -1)) at = (at as Record<string | number, unknown>)[step]
  ;(at as Record<string | number, unknown>)[path.at(-1) ?? ''] = now
  return json
}

/** Values of other types than the one that stands there. */
export function otherTypes(value: unknown): readonly unknown[] {
  if (typeof value === 'string') return [7, { zz: 1 }, [value], true]
  if (typeof value === 'number') return ['many', { zz: 1 }, [value], true, 0.5]
  if (typeof value === 'boolean') return ['maybe', 7, {}]
  if (Array.isArray(value)) return ['text', 7, { zz: 1 }]
  if (isObject(value)) return ['text', 7, [7]]
  return []
}

/** Words in capitals, as providers write the members of their enumerations. */
export function looksLikeWord(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Z][A-Z]+(?:_[A-Z0-9]+)*$/.test(value)
}

/** `order.line_items[].name`, without positions. */
export function pathText(path: Path): string {
  return path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[]` : text === '' ? step : `${text}.${step}`),
    '',
  )
}

/** The value without what stands at these paths. `*` is any key, or any place of a list; a list may also go unsaid. */
export function masked(json: unknown, paths: readonly string[]): unknown {
  const copy = structuredClone(json)
  for (const path of paths) {
    const steps = path.replaceAll('[]', '').split('.')
    blank(copy, steps)
  }
  return copy
}

function blank(json: unknown, [step, ...rest]: readonly string[]): void {
  if (step === undefined) return
  if (Array.isArray(json)) {
    const further = step === '*' ? rest : [step, ...rest]
    for (const [at, one] of json.entries()) {
      if (further.length === 0) json[at] = '…'
      else blank(one, further)
    }
    return
  }
  if (!isObject(json)) return
  for (const key of step === '*' ? Object.keys(json) : [step]) {
    if (!(key in json)) continue
    if (rest.length === 0) json[key] = '…'
    else blank(json[key], rest)
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
