const NEEDS_QUOTES = /[",\r\n]/

/** A cell as RFC 4180 writes it. */
export function csvCell(text: string): string {
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
