import type { OpenSale } from './group.ts'
import { keyHash } from './ids.ts'
import type { Line } from './line.ts'
import { dayText } from './moments.ts'
import type { RowReader } from './row-reader.ts'

// The names that sales keep for good; see ids.ts for why they are made so.

type NamedParts = Pick<OpenSale, 'id' | 'strong' | 'place' | 'minWall'>

/** Places that count on their own are told apart. */
export function externalIdOf({ id, strong, place, minWall }: NamedParts): string {
  if (strong) return id
  return `${id}@${dayText(minWall)}${place === '' ? '' : `@${place.replace(/\/$/, '')}`}`
}

/** What tells two rows without an id apart, whatever the file they stand in and however it writes its numbers. */
export function contentOf(line: Line, reader: RowReader): string {
  const { place } = reader
  const amount = line.total ?? line.gross ?? line.net ?? line.price?.exact ?? ''
  const item = place.item < 0 ? '' : (reader.text(line, 'item') ?? '')
  const tender = place.tender < 0 ? '' : (reader.text(line, 'tender') ?? '')
  const where = place.location < 0 ? '' : (reader.text(line, 'location') ?? '')
  return `${where}|${line.wall}|${item}|${line.quantity?.value ?? ''}|${amount}|${tender}`
}

export function contentKey(line: Line, reader: RowReader): number {
  return keyHash(contentOf(line, reader))
}
