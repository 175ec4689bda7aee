import type { Dialect } from './dialect.ts'

// Text as bytes.

// The letters that Windows-1252 has in the place of Latin-1's control characters.
const EXTRA = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ'

export function encoded(text: string, encoding: Dialect['encoding']): Buffer {
  if (encoding === 'utf-8') return Buffer.from(text)
  if (encoding === 'utf-8-bom') return Buffer.from(`\ufeff${text}`)
  if (encoding === 'utf-16le') return Buffer.from(`\ufeff${text}`, 'utf16le')
  if (encoding === 'utf-16be') return Buffer.from(`\ufeff${text}`, 'utf16le').swap16()
  return Buffer.from([...text].map((letter) => westernByte(letter) ?? 0x3f))
}

/** Whether Windows-1252 has all of its letters. */
export function isWestern(text: string): boolean {
  for (const letter of text) if (westernByte(letter) === null) return false
  return true
}

function westernByte(letter: string): number | null {
  const code = letter.codePointAt(0) ?? 0
  if (code < 0x80 || (code >= 0xa0 && code <= 0xff)) return code
  const extra = letter.length === 1 && code > 0x9f ? EXTRA.indexOf(letter) : -1
  return extra < 0 ? null : 0x80 + extra
}
