import { describe, test } from 'vitest'
import { CHECKS, type Conformance, runCheck, skipsOf, whyNot } from './conformance.ts'
import type { Candidate } from './stage.ts'

/**
 * Registers every check of the kit as a test, so that a connector's own test file is one call. What the connector does
 * not promise is no test; what cannot be looked at is a skipped one that says why.
 */
export function conforms(connector: Candidate, options: Conformance): void {
  const skips = skipsOf(connector, options)
  describe(`${connector.name} keeps the promises of the contract`, () => {
    for (const check of CHECKS) {
      const title = `${check.name}: ${check.says}`
      const lack = whyNot(connector, options.stage, check)
      const skip = skips.get(check.name) ?? null
      if (lack?.of === 'part') continue
      // Skipped when the stage lacks the means; the reason stands in the name.
      if (lack !== null) test.skip(`${title} (skipped: ${lack.why})`)
      else {
        test(skip === null ? title : `${title} (known not to be kept: ${skip})`, async (context) => {
          const { outcome, why, cause } = await runCheck(connector, check, options, skip)
          if (outcome === 'broken') throw new Error(why ?? check.name, { cause })
          if (outcome === 'absent') context.skip(why ?? check.name)
        })
      }
    }
  })
}
