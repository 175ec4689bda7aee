import { describe, expect, test } from 'vitest'
import { builtInFormat, customFormat, type NumberFormat } from './number-format.ts'

const word = (format: NumberFormat): string => {
  if (format.kind === 'moment') return [format.date ? 'date' : '', format.time ? 'time' : ''].filter(Boolean).join(' ')
  return format.kind === 'money' ? format.sign : format.kind
}

describe('what a number format says', () => {
  test.each([
    ['General', 'plain'],
    ['Standard', 'plain'],
    ['@', 'plain'],
    ['0.00', 'plain'],
    ['#,##0.00;[Red]-#,##0.00', 'plain'],
    ['0.00E+00', 'plain'],
    ['0.0" days"', 'plain'],
    ['0.0\\d', 'plain'],
    ['0.0 pcs', 'plain'],
    ['#,##0_d', 'plain'],
    ['[Yellow]0', 'plain'],
    ['00000', 'padded'],
    ['0.0%', 'percent'],
    ['DD\\.MM\\.YYYY;@', 'date'],
    ['[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy', 'date'],
    ['[$-409]d\\-mmm\\-yy;@', 'date'],
    ['yyyy"年"m"月"d"日";@', 'date'],
    ['mmm', 'date'],
    ['hh:mm', 'time'],
    ['h:mm AM/PM', 'time'],
    ['mm:ss.0', 'time'],
    ['dd/mm/yyyy hh:mm:ss.000', 'date time'],
    ['m/d/yy h:mm', 'date time'],
    ['[$-409]m/d/yy h:mm AM/PM;@', 'date time'],
    ['[h]:mm', 'elapsed'],
    ['[mm]:ss', 'elapsed'],
    ['#,##0.00\\ [$kr.-406]', 'DKK'],
    ['#,##0.00\\ [$kr-41D]', 'SEK'],
    ['[$kr-0414] #,##0.00', 'NOK'],
    ['#,##0.00 [$kr.]', 'kr.'],
    ['_-* #,##0.00\\ "€"_-;\\-* #,##0.00\\ "€"_-', 'EUR'],
    ['#,##0.00 [$€-1]', 'EUR'],
    ['"€"#,##0.00', 'EUR'],
    ['[$€]#,##0.00', 'EUR'],
    ['[$£-809]#,##0.00', 'GBP'],
    ['[$$-409]#,##0.00', 'USD'],
    ['[$$-en-AU]#,##0.00', 'AUD'],
    ['[$$-C09]#,##0.00', 'AUD'],
    ['"$"#,##0.00', '$'],
    ['\\$#,##0.00', '$'],
    ['[$¥-804]#,##0', 'CNY'],
    ['[$₹-4009]\\ #,##0.00', 'INR'],
    ['[$₹-hi-IN]#,##0.00', 'INR'],
    ['[$R-1C09]\\ #,##0.00', 'ZAR'],
    ['[$CHF-807]\\ #,##0.00', 'CHF'],
    ['[$XOF] #,##0', 'XOF'],
    ['#,##0\\ "Ft"', 'HUF'],
    ['0" ft"', 'plain'],
    ['0" CUP"', 'plain'],
    ['[$-407]0.00', 'plain'],
    ['[$points] 0', 'plain'],
    ['[$constructor] 0', 'plain'],
  ])('%s: %s', (code, says) => {
    expect(word(customFormat(code))).toBe(says)
  })

  test('the formats that a workbook need not spell out', () => {
    const ids = (says: string) =>
      Array.from({ length: 164 }, (_, id) => id).filter((id) => word(builtInFormat(id)) === says)
    expect(ids('percent')).toEqual([9, 10])
    expect(ids('time')).toEqual([18, 19, 20, 21, 32, 33, 34, 35, 45, 47])
    expect(ids('date time')).toEqual([22])
    expect(ids('elapsed')).toEqual([46])
    expect(ids('date')).toEqual([14, 15, 16, 17, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 55, 56, 57, 58])
  })
})
