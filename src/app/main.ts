import { Command, CommanderError } from 'commander'
import { Fault } from '#kernel/fault.ts'
import { withChoices } from './commands/choice-options.ts'
import type { ConformOptions } from './commands/conform.ts'
import type { ExplainOptions } from './commands/explain.ts'
import type { ImportOptions } from './commands/import.ts'
import type { OrderListOptions, OrderOptions } from './commands/order.ts'
import type { SimulateOptions } from './commands/simulate.ts'
import type { UndoOptions } from './commands/undo.ts'
import { readVersion } from './settings.ts'

// The command line. Each command lives in a file of its own and is loaded when it is called, so that `explain` does not
// wait for a web server to load.

export async function main(args: readonly string[]): Promise<void> {
  const program = new Command('tillwire')
    .description('The hub between point-of-sale systems and everything that hangs on a sale.')
    .version(readVersion())
    .option('--json', 'print one JSON object instead of text')
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
  const json = () => program.opts<{ json?: boolean }>().json === true
  const command = (words: string, description: string) =>
    program.command(words).description(description).option('--json', 'print one JSON object instead of text')
  const asked = (options: { json?: boolean }) => options.json === true || json()

  command('start', 'Start the hub.').action(async (options: { json?: boolean }) => {
    const { start } = await import('./commands/start.ts')
    await start({ kind: 'live', json: asked(options) })
  })
  command('demo', 'Start a hub with a demonstration shop, in a data folder of its own.').action(
    async (options: { json?: boolean }) => {
      const { start } = await import('./commands/start.ts')
      await start({ kind: 'demo', json: asked(options) })
    },
  )
  withChoices(command('import <files...>', 'Import files of sales.'))
    .requiredOption('--tenant <slug>', 'whose sales they are')
    .option('--site <slug>', 'where they were made; the first site when left out')
    .option('--currency <code>', 'of the amounts; the file’s own, or the site’s, when left out')
    .option('--zone <name>', 'of times that name none; the site’s when left out')
    .option('--yes', 'confirm what is in doubt')
    .action(async (files: string[], options: ImportOptions) => {
      const { importFiles } = await import('./commands/import.ts')
      await importFiles(files, { ...options, yes: options.yes === true, json: asked(options) })
    })
  command('undo <import>', 'Take an import back: what stands is what the other imports alone would have made.')
    .requiredOption('--tenant <slug>', 'whose import it is')
    .option('--yes', 'do not ask')
    .action(async (importId: string, options: UndoOptions) => {
      const { undoCommand } = await import('./commands/undo.ts')
      await undoCommand(importId, { ...options, yes: options.yes === true, json: asked(options) })
    })
  withChoices(
    command('explain <words...>', 'Show what a file is and its first sales; nothing is stored.').usage(
      '[options] <file> | <system> <kind> <file.json>',
    ),
  )
    .option('--country <code>', 'of the place, for a provider’s record whose taxes depend on it')
    .option('--currency <code>', 'where the file names none', 'EUR')
    .option('--time-zone <name>', 'where the file names none', 'UTC')
    .option('--close-out <HH:MM>', 'when the business day ends', '04:00')
    .action(async (words: string[], options: ExplainOptions & { readonly country?: string }) => {
      const [system, kind, file, ...rest] = words
      if (rest.length > 0 || (kind !== undefined && file === undefined)) {
        throw new CommanderError(2, 'explain', 'explain takes a file, or a system, a kind and a file.')
      }
      if (system === undefined || kind === undefined || file === undefined) {
        const { explainFile } = await import('./commands/explain.ts')
        return explainFile(system ?? '', { ...options, json: asked(options) })
      }
      const { explainRecord } = await import('./commands/explain-record.ts')
      await explainRecord(system, kind, file, { ...options, json: asked(options) })
    })
  command('simulate <provider>', 'Stand in for a provider, with a shop that trades, until stopped.')
    .option('--port <number>', 'where to listen; a free one when left out')
    .option('--seed <text>', 'what the trade is made from; the same seed makes the same trade', 'tillwire')
    .option('--shop <kind>', 'cafe, restaurant or retail', 'cafe')
    .option('--days <number>', 'how many days of the past it has traded', '30')
    .option('--locations <number>', 'how many places it has', '2')
    .option('--country <code>', 'where the shop stands: US, IE, GB, DE, AU, JP or IN; its home when left out')
    .option('--profile <name>', 'which family of systems it plays, where it knows several')
    .option('--zone <name>', 'its IANA time zone; the country’s when left out')
    .option('--scale <number>', 'so many times as busy as usual', '1')
    .option('--calls <number>', 'calls a second that it grants; its own standard when left out')
    .option('--live', 'ring sales as the clock goes on')
    .option('--live-scale <number>', 'so many times as busy as usual then', '1')
    .option('--attached', 'end when the standard input does, as a child of another program')
    .action(async (provider: string, options: SimulateOptions) => {
      const { simulate } = await import('./commands/simulate.ts')
      await simulate(provider, { ...options, json: asked(options) })
    })
  command('conform <folder>', 'Hold a connector, wherever it lies, to every promise of the contract.')
    .option('--only <name>', 'only checks whose name begins so, such as money/')
    .option('--seed <number>', 'what all chance of the run comes from', '1')
    .action(async (folder: string, options: ConformOptions) => {
      const { conform } = await import('./commands/conform.ts')
      await conform(folder, { ...options, json: asked(options) })
    })
  const order = program.command('order').description('Orders on their way into the POS.')
  order
    .command('push <order>')
    .description('Push an order now, and wait for the end of that try.')
    .requiredOption('--tenant <slug>', 'whose order it is')
    .option('--json', 'print one JSON object instead of text')
    .action(async (orderId: string, options: OrderOptions) => {
      const { pushOrder } = await import('./commands/order.ts')
      await pushOrder(orderId, { ...options, json: asked(options) })
    })
  order
    .command('explain <order>')
    .description('Show every try of an order, and every call of each.')
    .requiredOption('--tenant <slug>', 'whose order it is')
    .option('--json', 'print one JSON object instead of text')
    .action(async (orderId: string, options: OrderOptions) => {
      const { explainOrder } = await import('./commands/order.ts')
      await explainOrder(orderId, { ...options, json: asked(options) })
    })
  order
    .command('list')
    .description('List the newest orders on their way, or those in a state.')
    .requiredOption('--tenant <slug>', 'whose orders they are')
    .option('--status <state>', 'pending, syncing, retry, success or failed; several by commas')
    .option('--limit <number>', 'how many', '20')
    .option('--json', 'print one JSON object instead of text')
    .action(async (options: OrderListOptions) => {
      const { listOrders } = await import('./commands/order.ts')
      await listOrders({ ...options, json: asked(options) })
    })
  program
    .command('tenant')
    .description('Tenants of this hub.')
    .command('create <slug>')
    .description('Make a tenant with one site and an API key, which is shown once.')
    .option('--name <name>', 'for people; the slug when left out')
    .option('--currency <code>', 'ISO 4217', 'EUR')
    .option('--time-zone <name>', 'IANA name', 'UTC')
    .option('--close-out <HH:MM>', 'when the business day ends', '04:00')
    .option('--json', 'print one JSON object instead of text')
    .action(
      async (
        slug: string,
        options: { json?: boolean; name?: string; currency: string; timeZone: string; closeOut: string },
      ) => {
        const { createTenantCommand } = await import('./commands/tenant.ts')
        await createTenantCommand(slug, { ...options, json: asked(options) })
      },
    )
  command('settings', 'Print every setting, its value and where it came from.').action(
    async (options: { json?: boolean }) => {
      const { printSettings } = await import('./commands/settings.ts')
      printSettings({ json: asked(options) })
    },
  )
  command('doctor', 'Look whether everything a hub needs is in order.').action(async (options: { json?: boolean }) => {
    const { doctor } = await import('./commands/doctor.ts')
    await doctor({ json: asked(options) })
  })
  command('openapi', 'Print the OpenAPI 3.1 document.').action(async () => {
    const { printOpenapi } = await import('./commands/openapi.ts')
    await printOpenapi()
  })

  try {
    await program.parseAsync([...args], { from: 'user' })
  } catch (error) {
    process.exitCode = sayFailure(error, args.includes('--json'))
  }
}

function sayFailure(error: unknown, json: boolean): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0
    const say = `${error.message.replace(/^error: /, '')} ("npx tillwire --help" lists the commands.)`
    console.error(json ? JSON.stringify({ error: { code: 'command.bad', detail: say } }) : say)
    return 2
  }
  if (error instanceof Fault) {
    const { code, message, detail, places } = error
    console.error(
      json ? JSON.stringify({ error: { code, detail: message, ...detail, errors: places } }) : `${message} [${code}]`,
    )
    return 1
  }
  console.error(error)
  return 70
}
