-- What comes in as files: kept as text, corrected, tried, read in slices, taken up again after a crash, taken back.
-- An older program must not run on this schema.

create table pos.imports (
  tenant_id uuid not null references hub.tenants (id),
  id uuid not null,
  -- Settled when it is confirmed.
  connection_id uuid,
  site_id uuid not null,
  file_name text not null,
  file_bytes bigint not null default 0,
  -- Of the file as it was sent. Null while it is still arriving.
  file_sha256 bytea,
  container text check (container in ('plain', 'gzip', 'zip', 'xlsx')),
  -- The tables that were found in the file, as a list; and which of them is imported.
  tables jsonb not null default '[]',
  table_no integer,
  cards_masked bigint not null default 0,
  state text not null check (state in
    ('receiving', 'detected', 'queued', 'running', 'done', 'failed', 'undoing', 'undone')),
  detection jsonb,
  -- Choices of an earlier file of the same shape were applied.
  remembered boolean not null default false,
  -- The connection of other files that knows the same sales, with its name.
  joins jsonb,
  -- An earlier import of the same bytes at the same site.
  already_imported jsonb,
  -- The first sales as they would stand.
  preview jsonb,
  -- The dry run. A newer number makes every run with an older one stop.
  check_no integer not null default 0,
  check_state text check (check_state in ('waiting', 'running', 'done', 'failed')),
  check_result jsonb,
  -- The dry run read the table in one pass, so the rows of each sale stand together.
  rows_together boolean not null default false,
  slices integer not null default 0,
  rows_read bigint not null default 0,
  rows_rejected bigint not null default 0,
  progress real not null default 0,
  sales_created bigint not null default 0,
  sales_updated bigint not null default 0,
  sales_unchanged bigint not null default 0,
  refunds_created bigint not null default 0,
  refunds_unchanged bigint not null default 0,
  items bigint not null default 0,
  units numeric not null default 0,
  gross bigint not null default 0,
  first_at timestamptz,
  last_at timestamptz,
  noticed jsonb not null default '{}',
  fault jsonb,
  actor text not null,
  created_at timestamptz not null,
  -- While it is still arriving: that it may run as soon as it is kept.
  confirmed_by text,
  confirmed_at timestamptz,
  started_at timestamptz,
  -- Moved on with every slice; what no longer moves is taken up again.
  moved_at timestamptz,
  finished_at timestamptz,
  undone_by text,
  undone_at timestamptz,
  undo_progress real not null default 0,
  sales_removed bigint not null default 0,
  sales_restored bigint not null default 0,
  refunds_removed bigint not null default 0,
  primary key (tenant_id, id),
  foreign key (tenant_id, connection_id) references pos.configurations (tenant_id, id),
  foreign key (tenant_id, site_id) references pos.sites (tenant_id, id),
  check ((state = 'failed') = (fault is not null)),
  check (state not in ('queued', 'running', 'done') or connection_id is not null),
  check ((confirmed_by is null) = (confirmed_at is null)),
  check ((check_state is null) = (check_result is null))
);
create index imports_newest on pos.imports (tenant_id, created_at desc, id desc);
create index imports_by_hash on pos.imports (tenant_id, file_sha256) where file_sha256 is not null;
create index imports_unfinished on pos.imports (moved_at)
  where state in ('receiving', 'queued', 'running', 'undoing') or check_state in ('waiting', 'running');
call hub.protect('pos.imports', 'select, insert, update');

-- The text of a file's tables, card numbers masked; never the file itself.
create table pos.import_chunks (
  tenant_id uuid not null,
  import_id uuid not null,
  table_no integer not null,
  no integer not null,
  bytes bytea not null,
  primary key (tenant_id, import_id, table_no, no),
  foreign key (tenant_id, import_id) references pos.imports (tenant_id, id)
);
-- They come packed: the server, which would pack them on one core and more slowly, leaves them as they are.
alter table pos.import_chunks alter column bytes set storage external;
call hub.protect('pos.import_chunks', 'select, insert, delete');

create table pos.import_rejections (
  tenant_id uuid not null,
  import_id uuid not null,
  row bigint not null,
  code text not null,
  say text not null,
  column_header text,
  raw text not null,
  primary key (tenant_id, import_id, row),
  foreign key (tenant_id, import_id) references pos.imports (tenant_id, id)
);
call hub.protect('pos.import_rejections', 'select, insert, delete');

-- What a person said of a shape of table, for the next file of that shape.
create table pos.file_mappings (
  tenant_id uuid not null references hub.tenants (id),
  shape text not null check (shape <> ''),
  family text not null,
  preset text,
  headers jsonb not null,
  choices jsonb not null,
  uses integer not null default 1 check (uses > 0),
  used_at timestamptz not null,
  updated_by text not null,
  primary key (tenant_id, shape)
);
call hub.protect('pos.file_mappings', 'select, insert, update, delete');
