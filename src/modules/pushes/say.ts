import type { Move } from './course.ts'

// Why a push stands as it stands, in a sentence for a person.

const SENTENCES: Readonly<Record<string, string>> = {
  'push.throttled': 'The system asked for a pause. The order goes as soon as that is over.',
  'push.held': 'The system does not answer just now. The order goes as soon as it does.',
  'push.sign-in-ended':
    'The system no longer accepts the sign-in. The order goes as soon as a person has signed in again.',
  'push.unknown': 'Nobody knows yet whether the order arrived. It is being looked for.',
  'push.undecided': 'Nobody can tell by the system’s word whether the order arrived. A person must look.',
  'push.half-done': 'The order stands in the system and is not finished there. That is being done.',
  'push.absent': 'The order did not arrive. It is sent again.',
  'push.gave-up': 'The order could not be put in within an hour.',
  'push.interrupted': 'The hub was stopped in the middle of a try.',
  'push.connector-failed': 'The connector could not handle what the system said.',
  'push.taken': 'The system named an order that another order of ours is already.',
  breaker_open: 'The system does not answer just now.',
  timeout: 'The system did not answer in time.',
}

export function sayOf({ code, say }: Pick<Move, 'code' | 'say'>): string | null {
  if (say !== null && say !== '') return say
  if (code === null) return null
  return SENTENCES[code] ?? `The system could not take the order (${code}).`
}
