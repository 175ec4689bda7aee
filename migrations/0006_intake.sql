-- What comes in as files: kept as it came, read in slices, taken up again after a crash.
-- An older program must not run on this schema.

create table pos.imports (
  tenant_id uuid not null references hub.tenants (id),
  id uuid not null,
  connection_id uuid,
  site_id uuid not null,
  file_name text not null,
  file_bytes bigint not null default 0,
  -- Null while the file is still arriving.
  file_sha256 bytea,
  state text not null check (state in ('receiving', 'detected', 'queued', 'running', 'done', 'failed')),
  detection jsonb,
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
  started_at timestamptz,
  -- Moved on with every slice; a running import that no longer moves is taken up again.
  moved_at timestamptz,
  finished_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, connection_id) references pos.configurations (tenant_id, id),
  foreign key (tenant_id, site_id) references pos.sites (tenant_id, id),
  check ((state = 'failed') = (fault is not null))
);
create index imports_newest on pos.imports (tenant_id, created_at desc, id desc);
create index imports_unfinished on pos.imports (moved_at) where state in ('queued', 'running');
call hub.protect('pos.imports', 'select, insert, update');

create table pos.import_chunks (
  tenant_id uuid not null,
  import_id uuid not null,
  no integer not null,
  bytes bytea not null,
  primary key (tenant_id, import_id, no),
  foreign key (tenant_id, import_id) references pos.imports (tenant_id, id)
);
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
call hub.protect('pos.import_rejections', 'select, insert');
