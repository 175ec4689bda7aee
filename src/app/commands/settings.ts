import { listSettings } from '../settings.ts'

/** `tillwire settings`: every setting with its value and origin; secrets are masked. */
export function printSettings(options: { readonly json: boolean }): void {
  const settings = listSettings(process.env).map(({ name, value, origin, secret, say }) => ({
    name,
    value: secret && value !== null ? '(set)' : value,
    origin: origin ?? 'default',
    meaning: say,
  }))
  if (options.json) {
    console.log(JSON.stringify({ settings }))
    return
  }
  for (const { name, value, origin, meaning } of settings) {
    console.log(`${name} = ${value ?? '(none)'}   [${origin}]\n    ${meaning}`)
  }
}
