import { expect, test } from 'vitest'
import { csvRecord } from './csv.ts'

test('a cell that a spreadsheet would run as a formula is harmless, and numbers stay numbers', () => {
  expect(csvRecord(['=1+1', '+49 30', '-3.50', '@cmd', '\tx', -3, null])).toBe(`'=1+1,'+49 30,-3.50,'@cmd,'\tx,-3,\r\n`)
})

test('commas, quotes and line breaks are quoted as RFC 4180 says', () => {
  expect(csvRecord(['a,b', 'say "hi"', 'two\nlines'])).toBe('"a,b","say ""hi""","two\nlines"\r\n')
})
