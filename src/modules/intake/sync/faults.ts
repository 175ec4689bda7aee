/** What a run, a window or an address of syncing may say. */
export const SYNC_FAULTS = {
  'sync.missing': 'There is no sync with the id that was given on this connection.',
  'sync.running': 'A sync of this kind already runs on the connection; the answer names it.',
  'sync.not-active': 'The connection cannot be read just now: it was ended, or a person must sign in again first.',
  'sync.range':
    'The range of time that was given is upside down, lies in the future, or reaches back further than any system.',
  'sync.data-types': 'A kind of data was asked for that the connection does not have.',
  'sync.finished': 'The sync has ended already; there is nothing to cancel.',
  'sync.unavailable': 'The system does not answer, or not well. The sync waits and goes on by itself.',
  'sync.throttled': 'The system has had enough calls for now. The sync waits and goes on by itself.',
  'sync.sign-in-needed':
    'The system no longer accepts the sign-in. Sign in again; what is missing is then read by itself.',
  'sync.disconnected': 'The connection was ended while it was being read.',
  'sync.forbidden': 'The sign-in may not read this kind of data. Grant the permission that is named and sign in again.',
  'sync.refused': 'The system refuses to answer for this stretch of time, however often it is asked.',
  'sync.garbled': 'The system’s answers for this stretch of time cannot be read; it is tried again by the next sync.',
  'sync.page-clipped':
    'The system gives no more than one page of records that all bear one time, so some of them cannot be reached.',
  'sync.page-repeats': 'The system sends the reader in a circle: a page names itself as the next one.',
  'sync.broken': 'The sync broke for a reason that is ours to mend; the log has it. What was read stands.',
} as const

export type SyncFaultCode = keyof typeof SYNC_FAULTS
