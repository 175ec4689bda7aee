import { type Dice, PAUSE_POINTS, type PausePoint } from './mix.ts'

// When a process ends: after how many passes of which point, point after point, so that each has its share.

export type Kills = {
  /** Whether the process ends at this pass. */
  strikes(point: string): boolean
}

/** A stream of kills: each `at` its point, after some passes of it, `every` of them on average. Starts anew after each. */
export function planKills(dice: Dice, every: number): Kills {
  let nth = Math.floor(dice() * PAUSE_POINTS.length)
  let left = Math.ceil(dice() * 2 * every)
  return {
    strikes(point) {
      if (point !== pointOf(nth) || --left > 0) return false
      nth++
      left = Math.ceil(dice() * 2 * every)
      return true
    },
  }
}

function pointOf(nth: number): PausePoint {
  return PAUSE_POINTS[nth % PAUSE_POINTS.length] ?? PAUSE_POINTS[0]
}
