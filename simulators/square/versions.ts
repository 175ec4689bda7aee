// The dates under which Square has published its API, as far as they are known here. Square refuses a date that it does
// not know, so the simulator refuses one that is not on this list.

const KNOWN = new Set([
  '2024-01-18',
  '2024-02-22',
  '2024-03-20',
  '2024-04-17',
  '2024-05-15',
  '2024-06-04',
  '2024-07-17',
  '2024-08-21',
  '2024-09-19',
  '2024-10-17',
  '2024-11-20',
  '2024-12-18',
  '2025-01-23',
  '2025-02-20',
  '2025-03-19',
  '2025-04-16',
  '2025-05-21',
  '2025-06-18',
  '2025-07-16',
  '2025-08-20',
  '2025-09-24',
  '2025-10-16',
  '2026-01-22',
  '2026-09-16',
])

export function isKnownVersion(version: string): boolean {
  return KNOWN.has(version)
}
