import { formatNumber } from '../../app/format.ts'
import { texts } from '../../app/texts.ts'

/** From percent points; a dash of nothing. */
export function percent(value: number | null): string {
  return value === null ? texts.none : `${formatNumber(value, 1)} %`
}
