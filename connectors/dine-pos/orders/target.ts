import type { PosArticle } from '../../contract.ts'
import { ADDON } from '../menu.ts'

/** What an item or an add-on is called in the restaurant’s menu. Empty where it has no such thing. */
export type Target = { readonly id: string; readonly variationId: string; readonly groupId: string }

export const OPEN: Target = { id: '', variationId: '', groupId: '' }

/** Ids are as the menu has them here, or as a person typed them: then a parent is the item that a variation is of. */
export function itemTarget({ externalId, parentExternalId }: PosArticle): Target {
  const [id = '', variationId = ''] = externalId.split(':')
  if (variationId !== '') return { id, variationId, groupId: '' }
  if (parentExternalId !== null) return { id: parentExternalId, variationId: externalId, groupId: '' }
  return { id: externalId, variationId: '', groupId: '' }
}

export function addonTarget({ externalId, parentExternalId }: PosArticle): Target {
  const id = externalId.startsWith(ADDON) ? externalId.slice(ADDON.length) : externalId
  return { id, variationId: '', groupId: parentExternalId ?? '' }
}
