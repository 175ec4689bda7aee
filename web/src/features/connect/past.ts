// How far back sales are read: a few answers, and the day that each means.

export const PASTS = ['all', 'lastYear', 'thisYear', 'today', 'day'] as const
export type Past = (typeof PASTS)[number]
export type PastChoice = { readonly past: Past; readonly day: string }

/** The first day; null for everything there is. */
export function firstDayOf({ past, day }: PastChoice, today: string): string | null {
  const year = Number(today.slice(0, 4))
  switch (past) {
    case 'all':
      return null
    case 'lastYear':
      return `${year - 1}-01-01`
    case 'thisYear':
      return `${year}-01-01`
    case 'today':
      return today
    case 'day':
      return day
  }
}

/** The answer that a standing first day was given by. */
export function pastOf(from: string | null, today: string): PastChoice {
  if (from === null) return { past: 'all', day: '' }
  const named = (['lastYear', 'thisYear', 'today'] as const).find(
    (past) => firstDayOf({ past, day: '' }, today) === from,
  )
  return { past: named ?? 'day', day: from }
}

export type PastProblem = 'missing' | 'future'

export function problemOfPast({ past, day }: PastChoice, today: string): PastProblem | null {
  if (past !== 'day') return null
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return 'missing'
  return day > today ? 'future' : null
}
