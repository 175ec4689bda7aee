import { describe, expect, test } from 'vitest'
import { CallFailed } from '../../../connectors/contract.ts'
import { type MadeCall, troubleOf } from './verdict.ts'

// A no inside an answer that looks like a yes: the call went well as far as its status says, and the talk reads otherwise.

const wrote: MadeCall = { name: 'orders.push', writes: true, verdict: 'ok', neverSent: false }
const paid: MadeCall = { ...wrote, name: 'payments.create' }
const no = { kind: 'refused', code: 'ITEM_UNKNOWN', say: 'No.' } as const
const unclear = { kind: 'garbled', code: 'no_word' } as const

describe('what the talk makes of its last answer', () => {
  test.each([
    ['a no of the one call', new CallFailed('orders.push', no), [wrote], 'refused'],
    ['neither yes nor no', new CallFailed('orders.push', unclear), [wrote], 'unknown'],
    ['a no of the second call', new CallFailed('payments.create', no), [wrote, paid], 'unknown'],
    ['a no that speaks of another call', new CallFailed('payments.create', no), [wrote], 'unknown'],
    ['a no before a second call of the name', new CallFailed('orders.push', no, true), [wrote], 'unknown'],
  ] as const)('%s', (_name, error, calls, kind) => {
    expect(troubleOf(error, calls).kind).toBe(kind)
  })
})
