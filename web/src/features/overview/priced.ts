import type { FiguresBlock } from '../../app/wire.ts'

/** False where the source states no amount at all: then sales and units are shown, and never a row of zeros. */
export function isPriced({ summary }: Pick<FiguresBlock, 'summary'>): boolean {
  return summary.total_transactions === 0 || summary.unpriced_transactions < summary.total_transactions
}
