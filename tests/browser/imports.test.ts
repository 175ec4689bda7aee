import { readFile } from 'node:fs/promises'
import { crc32, deflateRawSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { useBrowser, type Visitor } from '#tests/harness/browser.ts'
import { until, useHub } from '#tests/harness/hub.ts'
import { NAMELESS, WIDER } from '#tests/harness/page-checks.ts'

// A merchant with the export of a till in hand: what they are shown, asked, and able to correct, confirm and take back.

type GivenFile = { readonly name: string; readonly mimeType: string; readonly buffer: Buffer }

const csv = (name: string, lines: readonly string[]): GivenFile => ({
  name,
  mimeType: 'text/csv',
  buffer: Buffer.from(`${lines.join('\n')}\n`),
})

const HEADINGS = 'Date,Receipt,Item,Quantity,Price,Payment'
/** A cell that would be a picture, and run a script, if it were taken for HTML. */
const HOSTILE = '<img src=x onerror=document.title=1>'

/** Twelve receipts of 3 April, or of 4 March: nothing in the file tells. */
function undecidedDay(): GivenFile {
  const lines = [HEADINGS]
  for (let n = 0; n < 12; n++) {
    const at = `03/04/2026 ${String(8 + n).padStart(2, '0')}:15`
    lines.push(`${at},A-${n},Rye loaf,1,4.20,Card`, `${at},A-${n},${n === 0 ? HOSTILE : 'Bun'},2,0.90,Card`)
  }
  return csv('undecided.csv', lines)
}

/** Two receipts of one day; of the second one row has a date that no calendar has. */
function flawedDay(): GivenFile {
  return csv('flawed.csv', [
    HEADINGS,
    '2026-02-27 09:00,F-1,Rye loaf,1,4.20,Cash',
    '2026-02-27 09:05,F-2,Bun,2,0.90,Cash',
    '2026-02-31 09:05,F-2,Pretzel,1,1.10,Cash',
    '2026-02-27 09:10,F-3,Cake,1,3.50,Cash',
  ])
}

/** Half a megabyte: seconds on a slow line. */
function longFile(): GivenFile {
  const rows = Array.from({ length: 10_000 }, (_, n) => {
    const at = new Date(Date.UTC(2025, 0, 1) + n * 3_600_000).toISOString()
    return `${at.slice(0, 10)} ${at.slice(11, 16)},LONG-${String(n).padStart(6, '0')},Bun,1,0.90,Card`
  })
  return csv('long.csv', [HEADINGS, ...rows])
}

const MAIN = { name: 'Main' }

describe('a merchant with the export of a till', () => {
  const hub = useHub()
  const browser = useBrowser()
  let ada: Visitor

  beforeAll(async () => {
    ada = await browser.visit(hub.url)
    const { page } = ada
    await page.goto(hub.running.setUpLink ?? '')
    await page.getByLabel('Your name').fill('Ada')
    await page.getByLabel('E-mail').fill('ada@bakery.example')
    await page.getByLabel('Password', { exact: true }).fill('a loaf of rye at dawn')
    await page.getByLabel('Name of the business').fill('Bakery')
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('navigation', MAIN).first().waitFor()
  })
  afterAll(() => ada?.leave())

  test('is asked what the file leaves open, with both readings of a date of hers', async () => {
    const { page } = ada
    await give(ada, undecidedDay())
    await page.getByRole('heading', { name: 'What we understood' }).waitFor()
    await page.getByText('This is a list of items sold', { exact: false }).waitFor()
    const question = page.getByRole('group', { name: /the day or the month/ })
    await question.getByText(/03\/04\/2026.*3 April 2026/).waitFor()
    await question.getByText(/03\/04\/2026.*4 March 2026/).waitFor()
    expect(await goButton(ada).isDisabled()).toBe(true)
    await ada.picture('import-question')
  })

  test('answers it, and the receipts follow; takes the answer back, and is asked again', async () => {
    const { page } = ada
    const receipt = page.getByRole('article', { name: 'Sale A-0' })
    const question = page.getByRole('group', { name: /the day or the month/ })
    await question.getByRole('radio', { name: /Month first/ }).check()
    await receipt.getByText(/4 Mar/).waitFor()
    await page.getByRole('heading', { name: 'Your answers' }).waitFor()
    await page.getByRole('button', { name: 'Undo last change' }).click()
    await page.getByRole('heading', { name: 'Please answer' }).waitFor()
    await question.getByRole('radio', { name: /Day first/ }).check()
    await receipt.getByText(/3 Apr/).waitFor()
    await receipt.getByText(HOSTILE).waitFor()
    expect(await page.title()).toMatch(/undecided\.csv/)
  })

  test('corrects a column and sees it at once; what cannot be is refused and changes nothing', async () => {
    const { page } = ada
    const receipt = page.getByRole('article', { name: 'Sale A-0' })
    await receipt.getByText('Card', { exact: true }).waitFor()
    await page.getByLabel('Read Payment as').selectOption('ignore')
    await receipt.getByText('Card', { exact: true }).waitFor({ state: 'detached' })
    await page.getByLabel('Read Date as').selectOption('staff')
    await page.getByRole('alert').getByText('This change does not work, so nothing was changed').waitFor()
    await until('the role of the date as it was', () => page.getByLabel('Read Date as').inputValue(), isDateRole)
    await page.getByRole('button', { name: 'Undo last change' }).click()
    await receipt.getByText('Card', { exact: true }).waitFor()
    await ada.picture('import-columns')
  })

  test('compares the trial run with her own report, day by day', async () => {
    const { page } = ada
    await page.getByRole('heading', { name: 'Compare with your till’s own report' }).waitFor()
    const days = page.getByRole('table', { name: 'Totals per day' })
    // 12 receipts of a loaf at 4.20 and two buns at 0.90.
    expect(await days.getByRole('row').nth(1).textContent()).toMatch(/3 Apr.*12.*72[.,]00/)
    expect(await goButton(ada).textContent()).toBe('Import 12 sales')
    await ada.picture('import-trial')
  })

  test('confirms with the keyboard, is told of the end, and her focus is not lost', async () => {
    const { page } = ada
    await goButton(ada).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Import finished' }).waitFor()
    const focused = await page.evaluate<string>('document.activeElement?.tagName')
    expect(focused).toBe('H1')
    const results = page.getByRole('region', { name: 'Import finished' })
    expect(await results.textContent()).toMatch(/New sales12/)
    await ada.picture('import-done')
    await results.getByRole('link', { name: 'Open the sales' }).click()
    await page.getByRole('link', { name: 'Open sale A-11' }).waitFor()
    expect(await page.getByRole('link', { name: /^Open sale/ }).count()).toBe(12)
  })

  test('gives the same file again, and is neither asked anew nor charged twice', async () => {
    const { page } = ada
    await give(ada, undecidedDay())
    await page.getByText('Read as you corrected an earlier file').waitFor()
    await page.getByText('The very same file was imported on').waitFor()
    await page.getByRole('button', { name: 'Nothing new: import all the same' }).waitFor()
    expect(await page.getByRole('heading', { name: 'Please answer' }).count()).toBe(0)
    await page.getByRole('button', { name: 'Discard this file' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click()
    await page.getByText('Nothing of it had been stored.').waitFor()
  })

  test('takes home the rows that cannot be read, mends them, drops them again, and the sale completes', async () => {
    const { page } = ada
    await give(ada, flawedDay())
    await page.getByRole('heading', { name: 'Rows that cannot be read' }).waitFor()
    await page.getByRole('button', { name: /Import 2 sales/ }).click()
    await page.getByRole('heading', { name: 'Rejected rows' }).waitFor()
    // The whole sale waits: the row that is wrong and the one beside it.
    const rejected = page.getByRole('table', { name: 'Rejected rows' })
    await rejected
      .getByText('Waits for another row', { exact: false })
      .or(rejected.getByText(/sale waits/))
      .first()
      .waitFor()
    expect(await rejected.getByRole('row').count()).toBe(3)
    await ada.picture('import-rejected')
    const download = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Download rejected rows' }).click()
    const text = await textOf(await download)
    expect(text).toContain('tillwire_reason')
    await drop(ada, csv('mended.csv', text.trimEnd().replaceAll('2026-02-31', '2026-02-27').split(/\r?\n/)))
    await page.getByRole('heading', { name: /mended\.csv/ }).waitFor()
    await page.getByRole('button', { name: 'Import 1 sale' }).click()
    await page.getByRole('heading', { name: 'Import finished' }).waitFor()
    await page.getByRole('link', { name: 'Open the sales' }).click()
    await page.getByRole('link', { name: 'Open sale F-2' }).waitFor()
  })

  test('gives several files at once, one of them no table, and goes from one to the next', async () => {
    const { page } = ada
    const picture = {
      name: 'holiday.csv',
      mimeType: 'image/png',
      buffer: Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'),
    }
    const first = csv('monday.csv', [
      HEADINGS,
      '2026-06-01 09:00,M-1,Bun,1,0.90,Cash',
      '2026-06-01 09:10,M-2,Bun,2,0.90,Cash',
    ])
    const second = csv('tuesday.csv', [
      HEADINGS,
      '2026-06-02 09:00,T-1,Bun,1,0.90,Cash',
      '2026-06-02 09:10,T-2,Bun,2,0.90,Cash',
    ])
    await page.goto('/imports')
    await page.getByLabel('Choose files').setInputFiles([first, picture, second])
    const given = page.getByRole('region', { name: 'Files you gave' })
    await given.getByText('Ready for you to look at', { exact: true }).nth(1).waitFor()
    await given.getByText('Could not be read', { exact: true }).waitFor()
    await ada.picture('import-queue')
    await given.getByRole('link', { name: 'Look at it: monday.csv' }).click()
    await page.getByRole('button', { name: 'Import 2 sales' }).click()
    await page.getByRole('heading', { name: 'Import finished' }).waitFor()
    await page.getByRole('link', { name: /Go on with/ }).waitFor()
  })

  test('cancels a file that takes too long, and sends it again over a better line', async () => {
    const { page } = ada
    const line = await page.context().newCDPSession(page)
    const throttle = (uploadThroughput: number) =>
      line.send('Network.emulateNetworkConditions', {
        offline: false,
        latency: 0,
        downloadThroughput: -1,
        uploadThroughput,
      })
    await page.goto('/imports')
    await throttle(200_000)
    await page.getByLabel('Choose files').setInputFiles(longFile())
    const given = page.getByRole('region', { name: 'Files you gave' })
    await given.getByText(/ of .* a second · about .* left/).waitFor()
    await page.getByRole('button', { name: 'Cancel long.csv' }).click()
    await given.getByText('Cancelled', { exact: true }).waitFor()
    await throttle(-1)
    await given.getByRole('button', { name: 'Send again' }).click()
    await page.getByRole('heading', { level: 1, name: /long\.csv/ }).waitFor()
    await page.getByRole('button', { name: 'Import 10,000 sales' }).waitFor()
  })

  test('chooses another table of an archive', async () => {
    const { page } = ada
    const archive = zip([
      csv('june.csv', [HEADINGS, '2026-06-10 09:00,J-1,Bun,1,0.90,Cash', '2026-06-10 09:10,J-2,Bun,1,0.90,Cash']),
      csv('july.csv', [HEADINGS, '2026-07-10 09:00,Y-1,Cake,1,3.50,Cash', '2026-07-10 09:10,Y-2,Cake,1,3.50,Cash']),
    ])
    await give(ada, { name: 'summer.zip', mimeType: 'application/zip', buffer: archive })
    const tables = page.getByRole('group', { name: 'Which table holds the sales?' })
    await tables.getByRole('radio', { name: /july/ }).check()
    await page.getByRole('article', { name: 'Sale Y-1' }).waitFor()
    await tables.getByRole('radio', { name: /june/ }).check()
    await page.getByRole('article', { name: 'Sale J-1' }).waitFor()
    await ada.picture('import-tables')
  })

  test('shows what the columns hold of a file that nobody understood, and opens a real workbook', async () => {
    const { page } = ada
    const rows = ['08:00,1200,7,1,2', '08:05,900,7,1,2'].map((row) => `2026-04-13 ${row}`)
    await give(ada, csv('strange.csv', ['Wann?,Dies,Das,Jenes,Anderes', ...rows]))
    await page.getByRole('combobox', { name: /Dies/ }).waitFor()
    await ada.picture('import-unknown')
    await page.getByRole('combobox', { name: /Dies/ }).selectOption('total')
    await page.getByRole('heading', { name: 'What we understood' }).waitFor()
    await page.getByRole('article').first().getByText('£1,200.00').first().waitFor()

    const workbook = new URL('../../connectors/spreadsheet/workbook/fixtures/till-export.xlsx', import.meta.url)
    await give(ada, { name: 'till.xlsx', mimeType: 'application/octet-stream', buffer: await readFile(workbook) })
    await page.getByText('This file holds 3 tables.', { exact: false }).waitFor()
    await ada.picture('import-workbook')
  })

  test('takes an import back after being told what goes and what stays', async () => {
    const { page } = ada
    await page.goto('/imports')
    const list = page.getByRole('table', { name: 'All imports' })
    await list
      .getByRole('row', { name: /undecided\.csv.*Done/ })
      .getByRole('link')
      .click()
    await page.getByRole('button', { name: 'Take this import back' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('12 sales that only it brought').waitFor()
    await dialog.getByText('What other imports say of the same sales stays', { exact: false }).waitFor()
    await ada.picture('import-undo')
    await dialog.getByRole('button', { name: 'Take it back' }).click()
    await page.getByRole('heading', { name: 'This import was taken back' }).waitFor()
    expect(await page.getByRole('region', { name: 'This import was taken back' }).textContent()).toMatch(
      /Sales removed12/,
    )
    await ada.picture('import-undone')
    await page.goto('/sales')
    await page.getByRole('link', { name: 'Open sale F-2' }).waitFor()
    expect(await page.getByRole('link', { name: /^Open sale A-/ }).count()).toBe(0)
  })

  test('finds every import again, by state', async () => {
    const { page } = ada
    await page.goto('/imports')
    await page.getByLabel('Show', { exact: true }).selectOption('undone')
    const list = page.getByRole('table', { name: 'All imports' })
    await list
      .getByRole('row', { name: /undecided\.csv.*Taken back/ })
      .first()
      .waitFor()
    expect(await list.getByText('Done', { exact: true }).count()).toBe(0)
    expect(page.url()).toContain('state=undone')
    await page.reload()
    await list
      .getByRole('row', { name: /Taken back/ })
      .first()
      .waitFor()
    await ada.picture('import-history')
  })

  test('has it all on a phone in the dark, without moving sideways and without a nameless thing', async () => {
    const { page } = ada
    await give(ada, { ...undecidedDay(), name: 'again.csv' })
    await page.getByRole('heading', { name: 'What we understood' }).waitFor()
    const where = new URL(page.url()).pathname
    const phone = await browser.visit(hub.url, {
      storageState: await page.context().storageState(),
      viewport: { width: 360, height: 740 },
      isMobile: true,
      hasTouch: true,
      colorScheme: 'dark',
    })
    for (const at of [where, '/imports', '/imports?state=done']) {
      await phone.page.goto(at)
      await phone.page.getByRole('heading', { level: 1 }).first().waitFor()
      await phone.page.getByRole('heading', { name: at === where ? 'Columns' : 'All imports' }).waitFor()
      expect(await phone.page.evaluate<number>(WIDER), at).toBeLessThanOrEqual(0)
      expect(await phone.page.evaluate<string[]>(NAMELESS), at).toEqual([])
    }
    await phone.page.goto(where)
    await phone.page.getByRole('heading', { name: 'Columns' }).waitFor()
    await phone.picture('phone-dark-import')
    await phone.leave()
  })
})

/** Gives one file from the list of imports, and waits for its own page. */
async function give({ page }: Visitor, file: GivenFile): Promise<void> {
  await page.goto('/imports')
  await page.getByLabel('Choose files').setInputFiles(file)
  await page.getByRole('heading', { level: 1, name: new RegExp(file.name.replaceAll('.', '\\.')) }).waitFor()
}

/** Lets a file fall onto the page, as a hand does. */
async function drop({ page }: Visitor, file: GivenFile): Promise<void> {
  const transfer = await page.evaluateHandle(
    `(() => {
      const transfer = new DataTransfer()
      transfer.items.add(new File([${JSON.stringify(file.buffer.toString('utf8'))}], ${JSON.stringify(file.name)}))
      return transfer
    })()`,
  )
  await page.dispatchEvent('main', 'drop', { dataTransfer: transfer })
}

function goButton({ page }: Visitor) {
  return page.getByRole('region', { name: 'Import or discard' }).getByRole('button').first()
}

function isDateRole(role: string): boolean {
  return role === 'date_time' || role === 'date'
}

async function textOf(download: { createReadStream(): Promise<AsyncIterable<unknown>> }): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of await download.createReadStream()) parts.push(Buffer.from(part as Uint8Array))
  return Buffer.concat(parts).toString('utf8')
}

/** A zip archive of these files, with nothing in it that a merchant's own would not have. */
function zip(files: readonly GivenFile[]): Buffer {
  const locals: Buffer[] = []
  const entries: Buffer[] = []
  let offset = 0
  for (const { name, buffer } of files) {
    const packed = deflateRawSync(buffer)
    const about = Buffer.alloc(26)
    about.writeUInt16LE(20, 0)
    about.writeUInt16LE(8, 4)
    about.writeUInt32LE(crc32(buffer), 10)
    about.writeUInt32LE(packed.length, 14)
    about.writeUInt32LE(buffer.length, 18)
    about.writeUInt16LE(name.length, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), about, Buffer.from(name), packed])
    const place = Buffer.alloc(14)
    place.writeUInt32LE(offset, 10)
    const made = Buffer.from([20, 0])
    entries.push(Buffer.concat([Buffer.from('PK\x01\x02', 'latin1'), made, about, place, Buffer.from(name)]))
    locals.push(local)
    offset += local.length
  }
  const directory = Buffer.concat(entries)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(files.length, 4)
  end.writeUInt16LE(files.length, 6)
  end.writeUInt32LE(directory.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...locals, directory, Buffer.from('PK\x05\x06', 'latin1'), end])
}
