import { RowsApart } from '../contract-files.ts'
import { Assembler } from './assemble.ts'
import { DAY_MS } from './dates.ts'
import { fileFault } from './faults.ts'
import { Gone } from './gone.ts'
import { GENERATION_ROWS, MIDNIGHT_GAP_MS, SALE_ROWS_MAX } from './group.ts'
import { isLasting, keyHash, rowId } from './ids.ts'
import type { Line, NamedSale } from './line.ts'
import { contentOf } from './naming.ts'
import { Ordinals } from './ordinals.ts'
import type { Plan } from './plan.ts'
import type { Row } from './records.ts'
import { RowReader } from './row-reader.ts'
import { settleOther, settleSale } from './settle.ts'
import type { Slices } from './slices.ts'

// In most files the rows of a sale stand together. Then a sale is whole as soon as a row of another one comes, nothing
// is kept open, and one pass is enough. Whether that holds for a file shows on the way: a filter remembers the sales that
// went by, and whatever might belong to one of them, or is not plain, makes the reading give up. It errs to that side.

type Run = {
  id: string
  place: string
  strong: boolean
  lines: Line[]
  firstWall: number
  minWall: number
  maxWall: number
  dayOnly: boolean
  spoiled: boolean
}

/** A sale of a short number that went by: tomorrow's may be another one, or its own rows after midnight. */
type Past = Pick<Run, 'place' | 'minWall' | 'maxWall' | 'dayOnly'> & { readonly older: Past | null }

export class TogetherSink {
  /** Rows read, blank ones not counted. */
  rowsRead = 0
  private rowsSeen = 0
  private run: Run | null = null
  private lines = 0
  private recent = new Map<string, Past>()
  private before = new Map<string, Past>()
  private readonly gone: Gone
  private readonly ordinals = new Ordinals()
  private readonly plan: Plan
  private readonly slices: Slices
  private readonly reader: RowReader
  private readonly assembler: Assembler

  constructor(plan: Plan, slices: Slices, sizeBytes: number) {
    this.plan = plan
    this.slices = slices
    this.reader = new RowReader(plan)
    this.assembler = new Assembler(plan, this.reader)
    this.gone = new Gone(sizeBytes)
  }

  /** Whether there is something for `fill` to do. Throws `RowsApart`. */
  row(row: Row): boolean {
    if (this.rowsSeen > 0 && this.rowsSeen % GENERATION_ROWS === 0) this.nextGeneration()
    this.rowsSeen++
    const reading = this.reader.read(row)
    if (reading.kind === 'blank') return false
    this.rowsRead++
    if (reading.kind === 'line') this.line(reading)
    else {
      if (reading.kind === 'rejected' && reading.sale !== null) this.spoil(reading.sale)
      settleOther(reading, row, this.slices)
    }
    return this.slices.full
  }

  /** Whether the slice is full. */
  fill(): boolean {
    for (const [code, times] of this.reader.noticed) this.slices.notice(code, times)
    this.reader.noticed.clear()
    return this.slices.full
  }

  end(): void {
    this.endRun()
  }

  private line(line: Line): void {
    const { id, wall } = line
    if (id === null) {
      this.unnamed(line)
      return
    }
    if (this.lines++ === 0 && Number.isNaN(wall)) throw new RowsApart()
    const place = this.reader.placeOf(line)
    const { run } = this
    if (run !== null && run.id === id && goesOn(run, place, line)) {
      if (run.lines.length >= SALE_ROWS_MAX) {
        throw fileFault(
          'file.sale_id_not_distinct',
          `More than 20,000 rows share the id "${id.slice(0, 40)}". Choose another column as the id of the sale, or none.`,
        )
      }
      run.lines.push(line)
      if (Number.isNaN(run.minWall)) run.firstWall = run.minWall = run.maxWall = wall
      else if (wall < run.minWall) run.minWall = wall
      else if (wall > run.maxWall) run.maxWall = wall
      return
    }
    this.begin(id, place, wall, line.dayOnly).lines.push(line)
  }

  /** A row without an id is a sale of its own, told from equal ones by its place among them. */
  private unnamed(line: Line): void {
    const content = contentOf(line, this.reader)
    if (!this.ordinals.knows(content)) this.gone.add(keyHash(content))
    const ordinal = this.ordinals.next(content, false)
    this.slices.add(this.assembler.assemble([line], rowId(content, ordinal), 'row'))
  }

  /** A row of this sale cannot be read, so the sale waits. */
  private spoil({ id, place, wall, dayOnly }: NamedSale): void {
    // A short number without a day may be of the sale above or of the one below: that is for the other way to weigh.
    if (Number.isNaN(wall) && !isLasting(id, this.plan.ids)) throw new RowsApart()
    let { run } = this
    if (run === null || run.id !== id || !goesOn(run, place, { wall, dayOnly }))
      run = this.begin(id, place, wall, dayOnly)
    run.spoiled = true
  }

  private begin(id: string, place: string, wall: number, dayOnly: boolean): Run {
    this.endRun()
    const strong = isLasting(id, this.plan.ids)
    if (strong) this.gone.pass(id)
    else {
      if (Number.isNaN(wall)) throw new RowsApart()
      this.gone.add(keyHash(`${place}|${id}|${Math.floor(wall / DAY_MS)}`))
      for (const past of [this.recent.get(id), this.before.get(id)]) {
        for (let one = past ?? null; one !== null; one = one.older) {
          if (mayJoin(one, place, wall, dayOnly)) throw new RowsApart()
        }
      }
    }
    this.run = { id, place, strong, lines: [], firstWall: wall, minWall: wall, maxWall: wall, dayOnly, spoiled: false }
    return this.run
  }

  private endRun(): void {
    const { run } = this
    if (run === null) return
    this.run = null
    settleSale(run, this.assembler, this.slices)
    if (run.strong) return
    const { place, minWall, maxWall, dayOnly } = run
    this.recent.set(run.id, { place, minWall, maxWall, dayOnly, older: this.recent.get(run.id) ?? null })
  }

  private nextGeneration(): void {
    this.ordinals.nextGeneration()
    this.before = this.recent
    this.recent = new Map()
  }
}

/** Whether a row of the same id belongs to the sale of the row before it. Throws `RowsApart` where that is not plain. */
function goesOn(run: Run, place: string, line: Pick<Line, 'wall' | 'dayOnly'>): boolean {
  if (run.strong) return true
  if (Number.isNaN(line.wall) && (place === '' || place === run.place)) return true
  if (place !== run.place && (place === '' || run.place === '')) throw new RowsApart()
  if (run.dayOnly !== line.dayOnly) throw new RowsApart()
  if (place !== run.place) return false
  return dayOf(line.wall) === dayOf(run.firstWall) || isAroundMidnight(run, line.wall, line.dayOnly)
}

function mayJoin(past: Past, place: string, wall: number, dayOnly: boolean): boolean {
  if (past.place !== place && past.place !== '' && place !== '') return false
  if (past.dayOnly !== dayOnly || isAroundMidnight(past, wall, dayOnly)) return true
  return dayOf(wall) === dayOf(past.minWall) || dayOf(wall) === dayOf(past.maxWall)
}

function isAroundMidnight({ minWall, maxWall }: Pick<Run, 'minWall' | 'maxWall'>, wall: number, dayOnly: boolean) {
  return !dayOnly && wall >= minWall - MIDNIGHT_GAP_MS && wall <= maxWall + MIDNIGHT_GAP_MS
}

function dayOf(wall: number): number {
  return Math.floor(wall / DAY_MS)
}
