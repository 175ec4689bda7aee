import { CallFailed } from '../../../connectors/contract.ts'

/** A failed call, or one that ran out of the time it was given, which is no answer either; null for anything else. */
export function callFailed(error: unknown): CallFailed | null {
  if (error instanceof CallFailed) return error
  const isLate = error instanceof Error && error.name === 'TimeoutError'
  return isLate ? new CallFailed('call', { kind: 'unreachable', code: 'timeout' }) : null
}

/** A stable word for why a call failed: the provider's own code, where it gave one. */
export function reasonOf(error: unknown): string {
  const failed = callFailed(error)
  if (failed !== null) return 'code' in failed.verdict ? failed.verdict.code : failed.verdict.kind
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'broken'
}

/** What was to be removed is not there any more. */
export function isGone(error: unknown): boolean {
  return error instanceof CallFailed && error.verdict.kind === 'missing'
}
