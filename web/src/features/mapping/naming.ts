import { formatMoney } from '../../app/format.ts'
import { texts } from '../../app/texts.ts'
import type { ItemMapping, ItemSide, PosItemSide } from '../../app/wire.ts'

export function itemName({ name, variant }: Pick<ItemSide, 'name' | 'variant'>): string {
  return variant === null ? name : `${name} – ${variant}`
}

export function articleName({ id, name, variant }: Pick<PosItemSide, 'id' | 'name' | 'variant'>): string {
  return name === null ? id : itemName({ name, variant })
}

export function priceText(price: ItemSide['price']): string {
  return price === null ? texts.mapping.priceTill : formatMoney(price)
}

/** The prices of both sides say something else, and nobody accepted that. */
export function isRepriced({ state, prices }: Pick<ItemMapping, 'state' | 'prices'>): boolean {
  return state === 'mapped' && (prices === 'differs' || prices === 'currency' || prices === 'exponent')
}
