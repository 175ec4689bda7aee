-- What live systems say: deliveries as they came, the newest of every record and what it was before, which facts hang on
-- which records, what to look at again. Bodies are sealed under their tenant's key.
-- An older program may still run on this schema.

-- A delivery that was verified and accepted. `event_key` is the provider's id of the event, else a hash of its content:
-- a repeat finds it here, however late it comes. It is only written beside its living connection, so no key says so again.
create table pos.webhook_logs (
  tenant_id uuid not null,
  connection_id uuid not null,
  event_key text not null,
  -- Rises with the time of receipt.
  id uuid not null,
  pos_system text not null,
  event_id text,
  type text not null,
  occurred_at timestamptz,
  received_at timestamptz not null,
  headers jsonb not null,
  body bytea not null,
  body_bytes integer not null,
  -- received: waits, or is being worked at. ignored: genuine, and nothing of it is of interest.
  outcome text not null check (outcome in ('received', 'processed', 'ignored', 'failed')),
  repeats integer not null default 0,
  repeated_at timestamptz,
  attempts integer not null default 0,
  -- When to work at it next. It is worked at by whoever holds the claim, and only while the claim lasts.
  due_at timestamptz,
  claimed_by uuid,
  claimed_until timestamptz,
  -- Rises with every claim, so that a claim that was lost is known when its work is to be put down.
  claim_no integer not null default 0,
  processed_at timestamptz,
  code text,
  say text,
  -- The facts whose records it brought or led to, by the connector's names.
  subjects text[] not null default '{}',
  -- A person asked for it: its facts are read anew, also where no record has changed.
  again boolean not null default false,
  primary key (tenant_id, connection_id, event_key),
  unique (tenant_id, connection_id, id),
  check ((outcome = 'received') = (due_at is not null)),
  check ((outcome = 'received') = (processed_at is null)),
  check ((claimed_by is null) = (claimed_until is null))
) with (fillfactor = 85);
alter table pos.webhook_logs alter column body set storage external;
create index webhook_logs_newest on pos.webhook_logs (tenant_id, connection_id, received_at, id);
-- Stepped through connection by connection, so that the backlog of one is never in the way of the others.
create index webhook_logs_due on pos.webhook_logs (tenant_id, connection_id, due_at) where outcome = 'received';
call hub.protect('pos.webhook_logs', 'select, insert, update', 'select, insert, update');

-- The newest word on every record.
create table pos.source_records (
  tenant_id uuid not null,
  connection_id uuid not null,
  kind text not null,
  external_id text not null,
  version bigint,
  updated_at timestamptz,
  -- When it was true for sure: decides between words of the same age.
  seen_at timestamptz not null,
  told_by text not null check (told_by in ('webhook', 'pull', 'fetch')),
  deleted boolean not null,
  location text,
  content_hash bytea not null,
  body bytea not null,
  recorded_at timestamptz not null,
  primary key (tenant_id, connection_id, kind, external_id)
) with (fillfactor = 85);
alter table pos.source_records alter column body set storage external;
call hub.protect('pos.source_records', 'select, insert, update');

-- What was said of a record before, and what came too late to count.
create table pos.source_record_versions (
  tenant_id uuid not null,
  connection_id uuid not null,
  kind text not null,
  external_id text not null,
  content_hash bytea not null,
  version bigint,
  updated_at timestamptz,
  seen_at timestamptz not null,
  told_by text not null check (told_by in ('webhook', 'pull', 'fetch')),
  deleted boolean not null,
  late boolean not null,
  body bytea not null,
  recorded_at timestamptz not null,
  primary key (tenant_id, connection_id, kind, external_id, content_hash)
);
alter table pos.source_record_versions alter column body set storage external;
call hub.protect('pos.source_record_versions', 'select, insert');

-- A subject is what a connector reads as one: the records of a sale. Its row is also its lock.
create table pos.source_subjects (
  tenant_id uuid not null,
  connection_id uuid not null,
  subject text not null,
  -- unplaced: of a place that is not the connection's. quarantined: cannot be read; what stood of it stands.
  state text not null check (state in ('new', 'filed', 'unplaced', 'quarantined')),
  sales text[] not null default '{}',
  refunds text[] not null default '{}',
  -- Greatest time of change that was read: what stands never grows younger.
  updated_at timestamptz,
  settling text,
  read_at timestamptz,
  code text,
  say text,
  primary key (tenant_id, connection_id, subject),
  check ((state = 'quarantined') = (code is not null))
) with (fillfactor = 70);
create index source_subjects_unfiled on pos.source_subjects (tenant_id, connection_id, state, subject)
  where state in ('unplaced', 'quarantined');
call hub.protect('pos.source_subjects', 'select, insert, update');

-- Which records a subject is read from. `also`: its reading asked for the record, which need not be there yet.
create table pos.source_links (
  tenant_id uuid not null,
  connection_id uuid not null,
  subject text not null,
  kind text not null,
  external_id text not null,
  role text not null check (role in ('part', 'also')),
  primary key (tenant_id, connection_id, subject, kind, external_id)
);
create index source_links_of_record on pos.source_links (tenant_id, connection_id, kind, external_id);
call hub.protect('pos.source_links', 'select, insert, update, delete');

-- From a sale or refund that stands to the subject that says so.
create table pos.source_facts (
  tenant_id uuid not null,
  connection_id uuid not null,
  fact text not null check (fact in ('sale', 'refund')),
  external_id text not null,
  subject text not null,
  primary key (tenant_id, connection_id, fact, external_id, subject)
);
call hub.protect('pos.source_facts', 'select, insert, delete');

-- What to read again, and when. `subject` is empty where only the record is known.
create table pos.due_reads (
  tenant_id uuid not null,
  connection_id uuid not null,
  subject text not null,
  kind text not null,
  external_id text not null,
  -- missing: somebody spoke of it and it is not to be had yet. needed: a reading asked for it. The others: not settled.
  reason text not null check (reason in
    ('missing', 'needed', 'open', 'lines_missing', 'payment_missing', 'unpaid', 'refund_pending')),
  -- Reads since it was put down.
  step integer not null default 0,
  state text not null check (state in ('waiting', 'given_up')),
  due_at timestamptz not null,
  put_down_at timestamptz not null,
  claimed_by uuid,
  claimed_until timestamptz,
  primary key (tenant_id, connection_id, subject, kind, external_id),
  foreign key (tenant_id, connection_id) references pos.configurations (tenant_id, id)
) with (fillfactor = 85);
create index due_reads_due on pos.due_reads (due_at) where state = 'waiting';
call hub.protect('pos.due_reads', 'select, insert, update, delete', 'select, update');

-- Where records do not look as their connector knows them, counted at every reading.
create table pos.schema_drift (
  tenant_id uuid not null,
  connection_id uuid not null,
  what text not null check (what in ('unknown_field', 'unknown_value', 'wrong_type')),
  path text not null,
  -- The unknown word; empty for the others.
  value text not null,
  readings bigint not null,
  subject text not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  primary key (tenant_id, connection_id, what, path, value)
) with (fillfactor = 50);
call hub.protect('pos.schema_drift', 'select, insert, update');
