import { type DestinationStream, type Logger, pino } from 'pino'
import { scrub, scrubText } from './redaction.ts'

/** Where a part writes what it does: facts first, then one sentence that is the same every time. */
export type Log = {
  debug(facts: object, sentence: string): void
  info(facts: object, sentence: string): void
  warn(facts: object, sentence: string): void
  error(facts: object, sentence: string): void
  /** The same log with facts that stand in every line of it. */
  child(facts: Record<string, unknown>): Log
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

export type LogOptions = {
  readonly level: LogLevel
  /** One JSON object a line; stdout when left out. */
  readonly to?: DestinationStream
}

/**
 * Structured lines without secrets and personal data: fields are masked by their name, at any depth, and every finished
 * line is searched once more for what only looks like one (a key inside a sentence, a phone number inside an address).
 */
export function createLog(options: LogOptions): Log {
  const lines = pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        log: (facts) => scrub(facts),
      },
      serializers: { err: pino.stdSerializers.err, error: pino.stdSerializers.err },
      hooks: { streamWrite: scrubText },
    },
    options.to ?? pino.destination({ dest: 1, sync: false }),
  )
  return logTo(lines)
}

function logTo(lines: Logger): Log {
  return {
    debug: (facts, sentence) => lines.debug(facts, sentence),
    info: (facts, sentence) => lines.info(facts, sentence),
    warn: (facts, sentence) => lines.warn(facts, sentence),
    error: (facts, sentence) => lines.error(facts, sentence),
    // A child's facts are written once, past the formatter that every line goes through.
    child: (facts) => logTo(lines.child(scrub(facts))),
  }
}

export const SILENT_LOG: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => SILENT_LOG,
}
