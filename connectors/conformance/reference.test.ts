import { expect, test } from 'vitest'
import { CHECKS } from './conformance.ts'
import { FAULTS, SITUATIONS } from './stage.ts'

// The page is made from the checks themselves; `npx vitest run connectors/conformance/reference.test.ts -u` writes it anew.

test('docs/reference/conformance.md lists every check as it stands', async () => {
  await expect(page()).toMatchFileSnapshot('../../docs/reference/conformance.md')
})

const PARTS: Readonly<Record<string, string>> = {
  identity: 'Before anybody is asked anything',
  'sign-in': 'Signing in',
  oauth: 'Signing in by OAuth',
  locations: 'Places',
  time: 'Clocks',
  pull: 'Reading the past and what changed',
  money: 'Money',
  reading: 'From records to facts',
  drift: 'Records that look different',
  webhooks: 'Being told',
  subscriptions: 'Asking to be told',
  books: 'The provider’s own figures',
  orders: 'Putting orders in',
  failures: 'Answers that are none',
  secrecy: 'Nothing that must not be said',
}

function page(): string {
  const parts = [...new Set(CHECKS.map(({ name }) => partOf(name)))]
  const sections = parts.flatMap((part) => [
    `## ${PARTS[part] ?? part}`,
    '',
    '| Check | Promise | Needs |',
    '|---|---|---|',
    ...CHECKS.filter(({ name }) => partOf(name) === part).map(
      ({ name, says, needs }) => `| \`${name}\` | ${says} | ${needsText(needs)} |`,
    ),
    '',
  ])
  return `${[
    '# The conformance kit',
    '',
    '<!-- Made from the code by `npx vitest run connectors/conformance/reference.test.ts -u`: change the code. -->',
    '',
    'What any connector that reads a system live is held to ([how to write one](../guides/writing-a-connector.md)). A',
    'part that is present is a promise, and is checked; a part that is absent is no promise. What a stage cannot play is',
    'skipped with that as its reason and never counts as kept. A skip of one’s own needs a sentence, and is refused when',
    'there is no such check, when it does not run anyway, or when it would pass.',
    '',
    `${CHECKS.length} checks. \`npx tillwire conform FOLDER\` runs them over any folder; \`conforms(connector, { stage })\``,
    'of `connectors/conformance/conforms.ts` registers them as tests.',
    '',
    ...sections,
    '## What a stage may play',
    '',
    `Situations: ${words(SITUATIONS)}.`,
    '',
    `Faults: ${words(FAULTS)}.`,
  ].join('\n')}\n`
}

function partOf(name: string): string {
  return name.split('/')[0] ?? name
}

/** Every check needs the live part; what else it takes. */
function needsText(needs: readonly string[]): string {
  const others = needs.filter((need) => need !== 'live')
  return others.length === 0 ? '' : words(others)
}

function words(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ')
}
