import type { FiguresBlock } from '../../app/wire.ts'

/**
 * Whether enough is known of the period before to state a change in percent: with less than half as many days of trade,
 * a change says more about where the records begin than about the shop.
 */
export function isComparable(block: Pick<FiguresBlock, 'growth' | 'daily_trend'>): boolean {
  if (block.growth === null || block.growth.coverage.state === 'complete') return true
  const now = block.daily_trend.filter((day) => day.revenue !== 0).length
  const before = block.daily_trend.filter((day) => (day.compare_revenue ?? 0) !== 0).length
  return before * 2 >= now
}
