import { expect, test } from 'vitest'
import { csvText } from './csv.ts'

const line = (...cells: readonly (string | number | null)[]) => csvText(['h'], [cells]).split('\r\n')[1]

test.each([
  ['=1+1', "'=1+1"],
  ['+49 30 1234', "'+49 30 1234"],
  ['-cheap', "'-cheap"],
  ['@home', "'@home"],
  ['\t=1', "'\t=1"],
  ['=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"`],
])('%j cannot run as a formula', (text, cell) => {
  expect(line(text)).toBe(cell)
})

test('numbers stay numbers, below zero too', () => {
  expect(line(-5, '-5.50', 0.5, null)).toBe('-5,-5.50,0.5,')
})

test('commas, quotes and line ends stay inside their cell', () => {
  expect(csvText(['a', 'b'], [['x,y', 'say "hi"\nthen go']])).toBe('\uFEFFa,b\r\n"x,y","say ""hi""\nthen go"\r\n')
})
