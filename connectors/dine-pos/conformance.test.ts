import { describe } from 'vitest'
import { conforms } from '../conformance/conforms.ts'
import { dinePos } from './connector.ts'
import { dineStage } from './test-stage.ts'

const skip = [
  {
    check: 'reading/own-words',
    why: 'A status tells no time: the moment at which it was received stands for it, and is no part of its body.',
  },
]

describe.each(['default', 'petpooja'] as const)('with the contract %s', (profile) => {
  conforms(dinePos, { stage: dineStage(profile), skip })
})
