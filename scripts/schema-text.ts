// The schema as text, from PostgreSQL's own catalogue: there is no pg_dump beside the built-in server. Everything of our
// schemas is told in an order that depends on names alone. Left out: the job queue's schema, which its library makes, and
// partitions, which are made at run time and look like their parents. A kind of object that this file does not know is an
// error, so that nothing goes missing in silence.

/** Runs a query and answers its rows. */
export type Ask = (text: string, values?: readonly unknown[]) => Promise<Record<string, unknown>[]>

const HEAD = `-- The schema as the numbered steps leave it. Made by \`npm run schema\`, compared by a test, run by nobody.
-- Left out: the job queue's own schema, and the monthly partitions that are made when they are first needed.
`

const SCHEMAS = `('auth', 'hub', 'pos')`
// Rights as the catalogue keeps them, without the owner's own.
const RIGHTS = `
  select coalesce(r.rolname, 'public') as who, string_agg(lower(a.privilege_type), ', ' order by a.privilege_type) as what
  from aclexplode(acl) a left join pg_roles r on r.oid = a.grantee
  where a.grantee <> owner group by 1 order by 1`

export async function schemaText(ask: Ask): Promise<string> {
  await refuseUnknown(ask)
  const parts = [HEAD]
  for (const { name, oid } of await ask(
    `select nspname as name, oid from pg_namespace where nspname in ${SCHEMAS} order by nspname`,
  )) {
    parts.push(
      `create schema ${name};\n`,
      ...(await rights(ask, 'pg_namespace', 'nspacl', 'nspowner', oid, `schema ${name}`)),
    )
    parts.push('')
  }
  parts.push(...(await routines(ask)))
  for (const table of await relations(ask, `('r', 'p')`)) parts.push(...(await tableText(ask, table)), '')
  for (const view of await relations(ask, `('v')`)) parts.push(...(await viewText(ask, view)), '')
  return `${parts.join('\n').trimEnd()}\n`
}

type Relation = {
  readonly oid: unknown
  readonly name: string
  readonly comment: string | null
  readonly options: string
}

async function relations(ask: Ask, kinds: string): Promise<Relation[]> {
  const rows = await ask(`
    select c.oid, c.oid::regclass::text as name, obj_description(c.oid, 'pg_class') as comment,
      coalesce(array_to_string(c.reloptions, ', '), '') as options
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ${SCHEMAS} and c.relkind in ${kinds} and not c.relispartition
    order by n.nspname, c.relname`)
  return rows as Relation[]
}

async function tableText(ask: Ask, { oid, name, comment, options }: Relation): Promise<string[]> {
  const columns = await ask(
    `select a.attname as name, quote_ident(a.attname) as quoted, format_type(a.atttypid, a.atttypmod) as type,
       a.attnotnull as required, pg_get_expr(d.adbin, d.adrelid) as fallback, col_description(a.attrelid, a.attnum) as comment
     from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
     where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped order by a.attnum`,
    [oid],
  )
  const constraints = await ask(
    `select quote_ident(conname) as name, pg_get_constraintdef(oid) as text from pg_constraint
     where conrelid = $1 and contype <> 'n' order by contype <> 'p', conname`,
    [oid],
  )
  const lines = [
    ...columns.map(
      ({ quoted, type, required, fallback }) =>
        `${quoted} ${type}${required ? ' not null' : ''}${fallback === null ? '' : ` default ${fallback}`}`,
    ),
    ...constraints.map(({ name: constraint, text }) => `constraint ${constraint} ${text}`),
  ]
  const [partition] = await ask(`select pg_get_partkeydef($1) as key`, [oid])
  const suffix = `${partition?.key ? ` partition by ${partition.key}` : ''}${options === '' ? '' : ` with (${options})`}`
  return [
    `create table ${name} (\n  ${lines.join(',\n  ')}\n)${suffix};`,
    ...(comment === null ? [] : [`comment on table ${name} is ${literal(comment)};`]),
    ...columns.flatMap(({ quoted, comment: said }) =>
      said === null ? [] : [`comment on column ${name}.${quoted} is ${literal(String(said))};`],
    ),
    ...(await indexes(ask, oid)),
    ...(await triggers(ask, oid)),
    ...(await wall(ask, oid, name)),
    ...(await rights(ask, 'pg_class', 'relacl', 'relowner', oid, name)),
    ...(await columnRights(ask, oid, name)),
  ]
}

async function viewText(ask: Ask, { oid, name, comment, options }: Relation): Promise<string[]> {
  const [view] = await ask(`select pg_get_viewdef($1::oid, true) as text`, [oid])
  return [
    `create view ${name}${options === '' ? '' : ` with (${options})`} as\n${view?.text}`,
    ...(comment === null ? [] : [`comment on view ${name} is ${literal(comment)};`]),
    ...(await rights(ask, 'pg_class', 'relacl', 'relowner', oid, name)),
  ]
}

async function indexes(ask: Ask, table: unknown): Promise<string[]> {
  const rows = await ask(
    `select pg_get_indexdef(i.indexrelid) as text from pg_index i join pg_class c on c.oid = i.indexrelid
     where i.indrelid = $1 and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.conrelid = $1)
     order by c.relname`,
    [table],
  )
  return rows.map(({ text }) => `${text};`)
}

async function triggers(ask: Ask, table: unknown): Promise<string[]> {
  const rows = await ask(
    `select pg_get_triggerdef(oid) as text from pg_trigger where tgrelid = $1 and not tgisinternal order by tgname`,
    [table],
  )
  return rows.map(({ text }) => `${text};`)
}

/** Row-level security: whether it is on and forced, and its policies. */
async function wall(ask: Ask, table: unknown, name: string): Promise<string[]> {
  const [flags] = await ask(
    `select relrowsecurity as enabled, relforcerowsecurity as forced from pg_class where oid = $1`,
    [table],
  )
  const policies = await ask(
    `select p.polname as name, case p.polcmd when '*' then 'all' when 'r' then 'select' when 'a' then 'insert'
         when 'w' then 'update' else 'delete' end as command,
       (select string_agg(coalesce(r.rolname, 'public'), ', ' order by r.rolname)
        from unnest(p.polroles) as role left join pg_roles r on r.oid = role) as who,
       pg_get_expr(p.polqual, p.polrelid) as reads, pg_get_expr(p.polwithcheck, p.polrelid) as writes, p.polpermissive as permissive
     from pg_policy p where p.polrelid = $1 order by p.polname`,
    [table],
  )
  return [
    ...(flags?.enabled ? [`alter table ${name} enable row level security;`] : []),
    ...(flags?.forced ? [`alter table ${name} force row level security;`] : []),
    ...policies
      .map(({ name: policy, command, who, reads, writes, permissive }) =>
        [
          `create policy ${policy} on ${name}${permissive ? '' : ' as restrictive'} for ${command} to ${who}`,
          ...(reads === null ? [] : [`using (${squeezed(reads)})`]),
          ...(writes === null ? [] : [`with check (${squeezed(writes)})`]),
        ].join(' '),
      )
      .map((text) => `${text};`),
  ]
}

async function routines(ask: Ask): Promise<string[]> {
  const rows = await ask(
    `select p.oid, p.oid::regprocedure::text as signature, pg_get_functiondef(p.oid) as text,
       case p.prokind when 'p' then 'procedure' else 'function' end as kind, obj_description(p.oid, 'pg_proc') as comment
     from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname in ${SCHEMAS} order by 2`,
  )
  const texts: string[] = []
  for (const { oid, signature, text, kind, comment } of rows) {
    texts.push(`${String(text).trimEnd()};`)
    if (comment !== null) texts.push(`comment on ${kind} ${signature} is ${literal(String(comment))};`)
    const granted = await rights(ask, 'pg_proc', 'proacl', 'proowner', oid, `${kind} ${signature}`)
    const [open] = await ask(
      `select proacl is null or exists (select from aclexplode(proacl) where grantee = 0) as open from pg_proc where oid = $1`,
      [oid],
    )
    if (!open?.open) texts.push(`revoke execute on ${kind} ${signature} from public;`)
    texts.push(...granted.filter((line) => !line.endsWith(' to public;')), '')
  }
  return texts
}

async function rights(
  ask: Ask,
  catalogue: string,
  acl: string,
  owner: string,
  oid: unknown,
  name: string,
): Promise<string[]> {
  const rows = await ask(
    `select given.who, given.what from ${catalogue} as of, lateral (select ${acl} as acl, ${owner} as owner) as o,
       lateral (${RIGHTS}) as given where of.oid = $1`,
    [oid],
  )
  return rows.map(({ who, what }) => `grant ${what} on ${name} to ${who};`)
}

async function columnRights(ask: Ask, table: unknown, name: string): Promise<string[]> {
  const rows = await ask(
    `select r.rolname as who, lower(a.privilege_type) as what,
       string_agg(quote_ident(c.attname), ', ' order by c.attnum) as columns
     from pg_attribute c, aclexplode(c.attacl) a join pg_roles r on r.oid = a.grantee
     where c.attrelid = $1 and not c.attisdropped group by 1, 2 order by 1, 2`,
    [table],
  )
  return rows.map(({ who, what, columns }) => `grant ${what} (${columns}) on ${name} to ${who};`)
}

/** Sequences, materialised views, types of our own: whoever adds the first one teaches this file to tell it. */
async function refuseUnknown(ask: Ask): Promise<void> {
  const unknown = await ask(`
    select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ${SCHEMAS} and c.relkind not in ('r', 'p', 'v', 'i', 'I', 't')
    union all
    select n.nspname || '.' || t.typname from pg_type t join pg_namespace n on n.oid = t.typnamespace
    where n.nspname in ${SCHEMAS} and t.typtype in ('d', 'e', 'r')
    union all
    select 'extension ' || extname from pg_extension where extname <> 'plpgsql'`)
  if (unknown.length === 0) return
  throw new Error(`scripts/schema-text.ts does not tell of ${unknown.map(({ name }) => name).join(', ')}`)
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

function squeezed(text: unknown): string {
  const plain = String(text).replaceAll(/\s+/g, ' ').trim()
  // The catalogue wraps an expression in parentheses of its own.
  return plain.startsWith('(') && plain.endsWith(')') && balanced(plain.slice(1, -1)) ? plain.slice(1, -1) : plain
}

function balanced(text: string): boolean {
  let depth = 0
  for (const sign of text) {
    if (sign === '(') depth++
    else if (sign === ')' && --depth < 0) return false
  }
  return depth === 0
}
