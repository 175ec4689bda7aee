/** Fault codes of calls to the outside, each with what it means for whoever meets it. */
export const OUTBOUND_FAULTS = {
  'outbound.closed': 'The hub is being stopped and calls nobody any more.',
  'outbound.too-many-waiting': 'So many calls wait for one sign-in that no further one is taken in.',
} as const
