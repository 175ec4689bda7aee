const ESCAPED = /_x([0-9A-Fa-f]{4})_/g

/** A string of a workbook as it was meant: `_x000D_` stands for a character that XML cannot hold. */
export function plainString(text: string): string {
  if (!text.includes('_x')) return text
  return text.replace(ESCAPED, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
}
