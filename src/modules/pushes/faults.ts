export const PUSH_FAULTS = {
  'push.unknown-order': 'There is no order with the id that was given in this tenant.',
  'push.no-target': 'The tenant has no connection that its orders go to.',
  'push.not-pushed': 'The order was never on its way into a POS, so there is nothing to decide.',
  'push.no-question': 'The order does not wait for a decision of a person.',
  'push.in-flight': 'The order is being sent just now; what is to become of it can be said in a moment.',
  'push.taken': 'The order of the POS that was named is another order of ours already.',
  'push.not-supported': 'The system of the connection takes no orders.',
  'push.no-integration': 'No POS was ever connected for the tenant’s orders.',
  'push.other-business': 'The business that was named is not the one that the caller speaks for.',
  'push.filter': 'A filter of the list of pushes cannot be used.',
  'push.test-nothing': 'There is nothing that an order to try the way could be made of.',
} as const
