import type { ImportRow } from '#modules/intake/store.ts'

// What is written beside a file that was put away, for whoever looks into the folder and not into the dashboard.

const lines = (...parts: readonly (string | null)[]) => `${parts.filter((part) => part !== null).join('\n')}\n`

/** Null where there is nothing to add: the file was imported and every row of it was read. */
export function doneWords(row: ImportRow, name: string, link: string, repeated: boolean): string | null {
  if (row.state !== 'done') {
    return lines(
      `"${name}" was imported and then taken back.`,
      `Put it into the folder again to import it anew: ${link}`,
    )
  }
  const rejected = row.rowsRejected === 0n ? null : rejectedWords(row, link)
  if (repeated) {
    return lines(
      `The very same file was imported here before as import ${row.id}. Nothing was imported twice.`,
      rejected,
    )
  }
  return rejected === null ? null : lines(`"${name}" was imported.`, rejected)
}

function rejectedWords(row: ImportRow, link: string): string {
  return (
    `${row.rowsRejected} of its ${row.rowsRead} rows could not be read and were left out. Download them with their ` +
    `reasons, mend them, and put them into the folder: ${link}`
  )
}

export function waitingWords(row: ImportRow, name: string, link: string): string {
  const doubts =
    row.detection?.notes.filter(({ severity }) => severity === 'confirm').map(({ say }) => `- ${say}`) ?? []
  return lines(
    `"${name}" waits for a person. Nothing of it was recorded yet.`,
    ...doubts,
    `Look at it, correct it where needed and confirm it: ${link}`,
    'The next file of the same shape is then read in the same way.',
  )
}

/** Without a link where no import was made of it. */
export function failedWords(name: string, code: string, detail: string, link?: string): string {
  return lines(
    `"${name}" was not imported.`,
    `${detail} [${code}]`,
    link === undefined ? null : `What is known of it: ${link}`,
    'Put it into the folder again when it is mended.',
  )
}
