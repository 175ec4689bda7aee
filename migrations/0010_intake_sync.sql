-- Reading a system by ourselves: runs, the windows they are walked in, how far the news and the past are known, and what
-- is due. A killed run goes on after its last page, whichever process takes it up.
-- An older program must not run on this schema.

create table pos.sync_logs (
  tenant_id uuid not null references hub.tenants (id),
  id uuid not null,
  connection_id uuid not null,
  mode text not null check (mode in ('incremental', 'full', 'backfill', 'nightly', 'gap')),
  -- Runs of one lane follow each other: what changed, what is read again, the past.
  lane text not null check (lane in ('news', 'again', 'past')),
  data_types text[] not null check (cardinality(data_types) > 0),
  -- Null: all that are chosen when its windows are made.
  locations text[],
  -- As they were asked for. Null: as far as is known to be needed.
  from_at timestamptz,
  to_at timestamptz not null,
  state text not null check (state in ('queued', 'running', 'waiting', 'done', 'partial', 'failed', 'cancelled')),
  started_by text not null,
  request_id text,
  -- How far the plan has come, by kind of data.
  plan jsonb not null default '{}',
  pages bigint not null default 0,
  records bigint not null default 0,
  calls bigint not null default 0,
  -- How often it had to put itself off because the provider had enough.
  throttled bigint not null default 0,
  created bigint not null default 0,
  updated bigint not null default 0,
  unchanged bigint not null default 0,
  late bigint not null default 0,
  refunds_created bigint not null default 0,
  refunds_updated bigint not null default 0,
  refunds_unchanged bigint not null default 0,
  articles_created bigint not null default 0,
  articles_updated bigint not null default 0,
  articles_unchanged bigint not null default 0,
  -- Facts that could not be read, and facts of places that were not chosen.
  failed bigint not null default 0,
  unplaced bigint not null default 0,
  windows_done integer not null default 0,
  windows_failed integer not null default 0,
  -- Why it waits, or how it ended.
  error_code text,
  error text,
  -- Failures in a row without a page between them.
  tries integer not null default 0,
  due_at timestamptz,
  -- Who works on it. The number rises with every claim: whoever has an older one records nothing any more.
  claimed_until timestamptz,
  claim_no integer not null default 0,
  woken_at timestamptz,
  created_at timestamptz not null,
  started_at timestamptz,
  moved_at timestamptz not null,
  finished_at timestamptz,
  primary key (tenant_id, id),
  check (from_at is null or from_at <= to_at),
  check ((finished_at is not null) = (state in ('done', 'partial', 'failed', 'cancelled'))),
  check (state not in ('failed', 'partial') or error_code is not null),
  check ((error_code is null) = (error is null))
);
create unique index sync_logs_one_a_lane on pos.sync_logs (tenant_id, connection_id, lane)
  where state in ('queued', 'running', 'waiting');
create index sync_logs_newest on pos.sync_logs (tenant_id, connection_id, created_at desc, id desc);
create index sync_logs_unfinished on pos.sync_logs (woken_at) where state in ('queued', 'running', 'waiting');
create index sync_logs_ended on pos.sync_logs (finished_at) where finished_at is not null;
call hub.protect('pos.sync_logs', 'select, insert, update', 'select, update, delete');

-- A stretch of one stream, for some places, that is read page by page. A page and its cursor are committed together.
create table pos.sync_windows (
  tenant_id uuid not null,
  sync_id uuid not null,
  no integer not null check (no > 0),
  data_type text not null,
  -- Periods of a run, counted from the newest; within one, what others need is read first.
  round integer not null,
  stage smallint not null,
  stream text not null,
  by text not null check (by in ('created', 'updated', 'whole')),
  from_at timestamptz not null,
  to_at timestamptz not null,
  -- Null where the stream speaks of the whole account.
  locations text[],
  state text not null check (state in ('open', 'done', 'failed')),
  -- Where the present walk began: a cursor is only good for the question that it was given to.
  walk_from_at timestamptz not null,
  cursor text,
  -- Everything up to here is read: where the walk goes on when the cursor is lost.
  reached_at timestamptz,
  pages integer not null default 0,
  records bigint not null default 0,
  -- Of objects as the provider counts them: by these the next windows are measured.
  counted bigint not null default 0,
  -- When it was asked for the first time: what it read was true then or later.
  begun_at timestamptz,
  tries integer not null default 0,
  due_at timestamptz,
  error_code text,
  error text,
  finished_at timestamptz,
  primary key (tenant_id, sync_id, no),
  foreign key (tenant_id, sync_id) references pos.sync_logs (tenant_id, id),
  check (from_at <= to_at),
  check ((finished_at is not null) = (state <> 'open')),
  check (state <> 'failed' or error_code is not null)
);
create index sync_windows_open on pos.sync_windows (tenant_id, sync_id, no) where state = 'open';
call hub.protect('pos.sync_windows', 'select, insert, update, delete', 'select, delete');

-- How much of a stream is known, place by place. `read_to` is a lower bound: everything that changed until then is known;
-- it never passes a window that is not finished. Everything from `read_from` on is known; `past` says why there is no more.
create table pos.sync_positions (
  tenant_id uuid not null,
  connection_id uuid not null,
  stream text not null,
  -- The provider's place; empty where the stream speaks of the whole account.
  location text not null,
  read_to timestamptz not null,
  read_from timestamptz not null,
  past text not null check (past in ('unfinished', 'wanted', 'horizon', 'exhausted', 'whole')),
  primary key (tenant_id, connection_id, stream, location)
);
call hub.protect('pos.sync_positions', 'select, insert, update, delete');

-- When a connection is looked at next. One row per connection that is asked.
create table pos.sync_schedules (
  tenant_id uuid not null,
  connection_id uuid not null,
  -- The earliest of the others, by which a step finds what is due.
  due_at timestamptz not null,
  news_at timestamptz not null,
  catalog_at timestamptz not null,
  nightly_at timestamptz not null,
  -- Null: nothing of the past is to be read.
  past_at timestamptz,
  past_tries integer not null default 0,
  -- Kinds of record that its catalogue is made of, as far as they were met.
  catalog_kinds text[] not null default '{}',
  primary key (tenant_id, connection_id)
);
create index sync_schedules_due on pos.sync_schedules (due_at);
call hub.protect('pos.sync_schedules', 'select, insert, update, delete', 'select, update');
