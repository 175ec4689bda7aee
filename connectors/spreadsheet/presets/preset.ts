import type { AmountLevel, AmountRole, ColumnRole, DateOrder, FileGrain } from '../../contract-files.ts'
import type { RowType } from '../synonyms.ts'

// What one export of one till is known to be. A preset is data: it names headings and words and holds no code. Headings
// and words are compared as `plainWords` and `cellWords` make them, so case, accents and punctuation do not matter.

export type Preset = {
  /** `square-items`: the till and the export, in the till's own words. */
  readonly id: string
  /** For people: `Square: items detail`. */
  readonly name: string
  /** Exports of one family name the same sales by the same ids. */
  readonly family: string
  /** It is this export when all of these headings are there … */
  readonly needs: readonly string[]
  /** … and none of these. */
  readonly lacks?: readonly string[]
  readonly grain: FileGrain
  /** By heading. A heading that is not named here is ignored: what a preset does not know, it does not guess. */
  readonly columns: Readonly<Record<string, PresetColumn>>
  /** `sale` where each row is a sale, `line` where it is an item or a payment, unless said otherwise here. */
  readonly levels?: Readonly<Partial<Record<AmountRole, AmountLevel>>>
  /** Left out, or by currency and the file's is not among them: told by the amounts. */
  readonly tax?: 'added' | 'included' | Readonly<Record<string, 'added' | 'included'>>
  readonly tipInTotal?: boolean
  /** For files whose dates settle nothing. */
  readonly dateOrder?: DateOrder
  /** What the words of the `type` column mean where this till means something else by them than most. */
  readonly types?: Readonly<Record<string, RowType>>
  /** What the words of the `row_grain` column say that a row speaks of. A word that is not here: the row is passed over. */
  readonly grains?: Readonly<Record<string, 'item' | 'sale' | 'payment'>>
  /** What the words of the `item_kind` column mean. A service charge on a row of its own is no article. */
  readonly kinds?: Readonly<Record<string, 'article' | 'gift_card' | 'service_charge'>>
  /** `forever`: this till never gives an id twice. Left out: judged by the look of the ids. */
  readonly ids?: 'forever' | 'day'
  /** This export holds no sales; what to export instead. */
  readonly refuse?: string
}

/** A role, or a role with what it leaves open: the tender of a `tender_amount`, the rate of a `tax`. */
export type PresetColumn = ColumnRole | { readonly role: ColumnRole; readonly detail: string }
