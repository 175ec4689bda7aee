import { type Decimal, findDecimal, isNegative, ZERO } from '#kernel/decimal.ts'
import type { FaultPlace } from '#kernel/fault.ts'
import type { Minor } from '#kernel/money.ts'
import type { GivenMoney } from './wire-in.ts'

/** What is wrong with an order: where, which rule, and a sentence with what to do. No word of the order's own text. */
export type Remark = FaultPlace & { readonly code: string }

/** Gathers what is wrong, while what is right is read on. */
export type Remarks = {
  readonly all: Remark[]
  add(code: string, pointer: string, detail: string): void
}

/** `before`: what is known to be wrong already. */
export function startRemarks(before: readonly Remark[] = []): Remarks {
  const all = [...before]
  return { all, add: (code, pointer, detail) => void all.push({ code, pointer, detail }) }
}

export const QUANTITY_DECIMALS_MAX = 3
const QUANTITY_MAX = 100_000

const PLAIN = /^-?\d{1,12}(?:\.\d{1,12})?$/

/** Digits and a point alone: `1e999999` is a number too, of a million digits. */
export function findPlainDecimal(text: string): Decimal | null {
  const trimmed = text.trim()
  return PLAIN.test(trimmed) ? findDecimal(trimmed) : null
}

/** Null with a remark when it is no quantity that can be sold. */
export function readQuantity(given: string | number, pointer: string, remarks: Remarks): Decimal | null {
  const value = findPlainDecimal(String(given))
  if (value === null) {
    remarks.add('orders.quantity', pointer, 'is not a number such as 2 or "0.25"')
    return null
  }
  if (value === ZERO || isNegative(value)) {
    remarks.add('orders.quantity', pointer, `is ${value}, and must be above zero`)
    return null
  }
  if ((value.split('.')[1]?.length ?? 0) > QUANTITY_DECIMALS_MAX) {
    remarks.add('orders.quantity-decimals', pointer, `has more than ${QUANTITY_DECIMALS_MAX} decimals`)
    return null
  }
  if (Number(value) > QUANTITY_MAX) {
    remarks.add('orders.quantity', pointer, `is above ${QUANTITY_MAX}`)
    return null
  }
  return value
}

/** A price or an amount in the order's currency, never below zero. */
export function readAmount(given: GivenMoney, currency: string, pointer: string, remarks: Remarks): Minor {
  if (given.currency !== currency) {
    remarks.add('orders.currency-mixed', `${pointer}/currency`, `is not ${currency}, the order’s currency`)
  }
  if (given.amount < 0) {
    remarks.add('orders.amount-negative', `${pointer}/amount`, 'is below zero; a discount is a positive amount')
  }
  return BigInt(given.amount)
}
