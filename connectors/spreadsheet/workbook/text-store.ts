import { fileFault } from '../faults.ts'

// Texts by number, by the million: packed as UTF-8 outside the heap, eight bytes beside each. The ones asked for lately
// stay strings, because most tables use few of their texts most of the time.

const PAGE_BITS = 23
const PAGE_BYTES = 2 ** PAGE_BITS
const BYTES_MAX = 512 * 1024 ** 2
const LATELY = 2 ** 16

export class TextStore {
  private readonly pages: Buffer[] = []
  private used = 0
  private bytes = 0
  private starts = new Uint32Array(1024)
  private lengths = new Uint32Array(1024)
  private readonly latelyAt = new Int32Array(LATELY).fill(-1)
  private readonly lately: string[] = new Array<string>(LATELY).fill('')
  length = 0

  /** A text of at most 2 million characters. Throws `file.unpacks_too_large` beyond 512 MiB of all texts. */
  add(text: string): void {
    // Three bytes a character is the most that UTF-8 takes of a string's own units.
    if (this.pages.length === 0 || this.used + text.length * 3 > PAGE_BYTES) this.nextPage()
    const page = this.pages[this.pages.length - 1] as Buffer
    const length = page.write(text, this.used)
    if (this.length === this.starts.length) this.grow()
    this.starts[this.length] = (this.pages.length - 1) * PAGE_BYTES + this.used
    this.lengths[this.length] = length
    this.length++
    this.used += length
    this.bytes += length
    if (this.bytes > BYTES_MAX) {
      throw fileFault(
        'file.unpacks_too_large',
        'The workbook holds more than 512 MiB of texts. Save its sheets as CSV, or split it, and give the parts.',
      )
    }
  }

  /** Null when there is no such text. */
  at(index: number): string | null {
    if (index < 0 || index >= this.length) return null
    const slot = index & (LATELY - 1)
    if (this.latelyAt[slot] === index) return this.lately[slot] as string
    const start = this.starts[index] ?? 0
    const from = start & (PAGE_BYTES - 1)
    const page = this.pages[start >>> PAGE_BITS] as Buffer
    const text = page.toString('utf8', from, from + (this.lengths[index] ?? 0))
    this.latelyAt[slot] = index
    this.lately[slot] = text
    return text
  }

  private nextPage(): void {
    // Its memory is taken from the machine only as far as it is written to.
    this.pages.push(Buffer.allocUnsafeSlow(PAGE_BYTES))
    this.used = 0
  }

  private grow(): void {
    const [starts, lengths] = [this.starts, this.lengths]
    this.starts = new Uint32Array(starts.length * 2)
    this.lengths = new Uint32Array(starts.length * 2)
    this.starts.set(starts)
    this.lengths.set(lengths)
  }
}
