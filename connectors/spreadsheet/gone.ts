import { RowsApart } from '../contract-files.ts'
import { Bloom } from './bloom.ts'
import { copied } from './dates.ts'
import { keyHash } from './ids.ts'

/** So many keys wait for the filter at most: 16 MiB. */
const WAITING_MAX = 2 ** 21

/**
 * The sales that went by. Ids mostly rise, and one that is greater than all before it has not been there; only when one
 * is not must the others be asked, and until then they wait in a list. A filter lies all over the memory, a list does not.
 */
export class Gone {
  private readonly filter: Bloom
  private waiting: number[] = []
  private greatest = ''

  constructor(sizeBytes: number) {
    this.filter = new Bloom(sizeBytes)
  }

  /** The next sale's id. Throws `RowsApart` when it may have gone by. */
  pass(id: string): void {
    const key = keyHash(id)
    if (id > this.greatest) {
      this.greatest = id.length < 13 ? id : copied(id)
      this.waiting.push(key)
      if (this.waiting.length >= WAITING_MAX) this.settle()
      return
    }
    this.settle()
    this.add(key)
  }

  /** A key that stands in no order. Throws `RowsApart` when it may have gone by. */
  add(key: number): void {
    if (this.filter.has(key)) throw new RowsApart()
    this.filter.add(key)
  }

  private settle(): void {
    for (const key of this.waiting) this.filter.add(key)
    this.waiting = []
  }
}
