import type { Command } from 'commander'

// How a person says on the command line what a file is, where it was taken for something else.

export type ChoiceOptions = {
  readonly map?: readonly string[]
  readonly dateOrder?: string
  readonly decimalMark?: string
  readonly delimiter?: string
  readonly encoding?: string
  readonly headerRow?: string
  readonly grain?: string
  readonly tax?: string
  readonly preset?: string
}

export function withChoices(command: Command): Command {
  return command
    .option('--table <name>', 'the sheet or packed file that is meant, by its name or its number from 1')
    .option('--map <heading=role>', 'what a column is; may be given again', collect)
    .option('--date-order <order>', 'ymd, dmy or mdy')
    .option('--decimal-mark <mark>', 'a point or a comma')
    .option('--delimiter <sign>', 'what parts the cells; "tab" is the tabulator')
    .option('--encoding <name>', 'utf-8 or windows-1252')
    .option('--header-row <number>', 'the row that names the columns, from 1')
    .option('--grain <grain>', 'what a row speaks of: item, sale, payment or mixed')
    .option('--tax <way>', 'added to the prices or included in them')
    .option('--preset <id>', 'the till and export it is from, or "none"')
}

function collect(one: string, before: readonly string[] = []): readonly string[] {
  return [...before, one]
}
