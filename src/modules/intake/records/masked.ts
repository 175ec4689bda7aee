// What may be shown of a provider's own words. A connector names where its records hold personal data; a webhook wraps the
// same records in an envelope of its own, so each path is looked for at every depth. That covers too much rather than too
// little.

export const MASK = '•••'

/** The value with everything at the paths covered. `paths` as in `Reader.personal`. */
export function masked(value: unknown, paths: readonly string[]): unknown {
  return covered(
    value,
    paths.map((path) => path.replaceAll('[]', '').split('.')),
  )
}

/** The JSON text as a value, covered; null where it is no JSON. */
export function maskedJson(text: string, paths: readonly string[]): unknown {
  try {
    return masked(JSON.parse(text), paths)
  } catch {
    return null
  }
}

type Path = readonly string[]

/** `here` are the paths that begin at this value or have got as far as it. */
function covered(value: unknown, roots: readonly Path[], here: readonly Path[] = []): unknown {
  // A list may go unsaid in a path, and a star may stand for its places.
  if (Array.isArray(value)) {
    const inside = [...here, ...here.filter(([head]) => head === '*').map((path) => path.slice(1))]
    const isCovered = inside.some((path) => path.length === 0)
    return value.map((one) => (isCovered ? MASK : covered(one, roots, inside)))
  }
  if (typeof value !== 'object' || value === null) return value
  const paths = [...roots, ...here]
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const onward = paths.filter(([head]) => head === name || head === '*').map((path) => path.slice(1))
      const ends = onward.some((path) => path.length === 0)
      return [name, ends && inner !== null ? MASK : covered(inner, roots, onward)]
    }),
  )
}
