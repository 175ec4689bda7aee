-- Orders on their way into a POS: where a tenant's orders go, one row for each order and connection, every try of it, and
-- every call of each try, put down before its first byte leaves.
-- An older program must not run on this schema.

-- Where a tenant's orders go. One or none; an inactive one says where they went last.
create table pos.push_targets (
  tenant_id uuid primary key references hub.tenants (id),
  connection_id uuid not null,
  -- The provider's place for orders that name none of our sites; null: by the site alone.
  location text,
  active boolean not null,
  set_by text not null,
  set_at timestamptz not null,
  ended_at timestamptz,
  foreign key (tenant_id, connection_id) references pos.configurations (tenant_id, id),
  check (active = (ended_at is null))
);
call hub.protect('pos.push_targets', 'select, insert, update');

-- What a connection's merchant wants of pushes. No row: the defaults.
create table pos.push_settings (
  tenant_id uuid not null,
  connection_id uuid not null,
  auto_sync_orders boolean not null,
  sync_customer_info boolean not null,
  updated_at timestamptz not null,
  primary key (tenant_id, connection_id),
  foreign key (tenant_id, connection_id) references pos.configurations (tenant_id, id)
);
call hub.protect('pos.push_settings', 'select, insert, update');

create table pos.pushes (
  tenant_id uuid not null references hub.tenants (id),
  id uuid not null,
  order_id uuid not null,
  connection_id uuid not null,
  pos_system text not null,
  -- Made to try the way: taken back again once it has arrived.
  test boolean not null default false,
  status text not null check (status in ('pending', 'syncing', 'retry', 'success', 'failed')),
  -- It may be in the POS or not. Never sent again before somebody knows.
  outcome text check (outcome = 'unknown'),
  waits_for text check (waits_for in ('person', 'sign_in')),
  -- What is done when it is due, and whether that is a try of the first half minute, one of the twelve, or what follows
  -- from a try.
  next_step text check (next_step in ('send', 'look', 'cancel', 'amend', 'report')),
  due_as text not null default 'first' check (due_as in ('first', 'retry', 'follow_up')),
  due_at timestamptz,
  -- When the customer was promised it, else when it was placed: of those that were held the oldest goes first.
  promised_at timestamptz not null,
  retry_count integer not null default 0 check (retry_count between 0 and 12),
  -- Sent again since the last of the twelve, after it was known that the try before had not arrived.
  resends integer not null default 0,
  throttles integer not null default 0,
  -- Tries of what follows a success: taking back, changing, asking how far it is.
  follow_tries integer not null default 0,
  first_try_at timestamptz,
  -- When the last of the twelve began, or the first try: the next one lies five minutes later.
  grid_at timestamptz,
  -- Between these something was sent that may have arrived. Null: nothing was, or it is known that nothing arrived.
  first_sent_at timestamptz,
  last_sent_at timestamptz,
  -- What was sent, sealed: the same goes again until the outcome is known.
  intent bytea,
  order_version integer,
  total bigint not null,
  currency text not null,
  location text,
  pos_order_id text check (pos_order_id <> ''),
  pos_order_number text,
  pos_total bigint,
  -- What the channel wants as soon as it is known whether the order is in the POS.
  wish text check (wish in ('cancel', 'amend')),
  wish_reason text,
  error_code text,
  error_message text,
  warnings jsonb not null default '[]',
  attempts integer not null default 0,
  -- Who works on it: the number rises with every claim, and whoever has an older one records nothing any more.
  claim_no integer not null default 0,
  claimed_until timestamptz,
  created_at timestamptz not null,
  moved_at timestamptz not null,
  completed_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, order_id, connection_id),
  foreign key (tenant_id, connection_id) references pos.configurations (tenant_id, id),
  check ((status in ('success', 'failed')) = (completed_at is not null)),
  check (status <> 'failed' or error_code is not null),
  check (status <> 'success' or pos_order_id is not null),
  check (outcome is null or status in ('syncing', 'retry')),
  check (waits_for is null or status = 'retry'),
  check (due_at is null or next_step is not null),
  check ((first_sent_at is null) = (last_sent_at is null)),
  check (first_sent_at is null or intent is not null)
) with (fillfactor = 70);
-- One order of the POS is one order of ours.
create unique index pushes_pos_order on pos.pushes (tenant_id, connection_id, pos_order_id)
  where pos_order_id is not null;
create index pushes_due on pos.pushes (due_at) where due_at is not null;
create index pushes_due_of_connection on pos.pushes (tenant_id, connection_id, due_at) where due_at is not null;
create index pushes_newest on pos.pushes (tenant_id, created_at desc, id desc);
create index pushes_open on pos.pushes (tenant_id, connection_id, total)
  where status in ('syncing', 'retry') and last_sent_at is not null;
create index pushes_held on pos.pushes (tenant_id, connection_id) where waits_for = 'sign_in';
call hub.protect('pos.pushes', 'select, insert, update', 'select');

-- Every try, whatever it was for. One without an end was cut off by the end of its process.
create table pos.push_attempts (
  tenant_id uuid not null,
  push_id uuid not null,
  no integer not null check (no > 0),
  step text not null check (step in ('send', 'look', 'cancel', 'amend', 'report')),
  due_as text not null check (due_as in ('first', 'retry', 'follow_up')),
  -- Which of the twelve; 0: none of them.
  retry_no integer not null,
  started_at timestamptz not null,
  ended_at timestamptz,
  result text,
  error_code text,
  say text,
  primary key (tenant_id, push_id, no),
  foreign key (tenant_id, push_id) references pos.pushes (tenant_id, id),
  check ((ended_at is null) = (result is null))
);
create index push_attempts_started on pos.push_attempts (tenant_id, started_at);
call hub.protect('pos.push_attempts', 'select, insert, update', 'select');

-- Every call of every try: what was asked, before it was; what came back, sealed both. No status: no answer.
create table pos.push_calls (
  tenant_id uuid not null,
  push_id uuid not null,
  attempt_no integer not null,
  no integer not null check (no > 0),
  name text not null,
  method text not null,
  path text not null,
  writes boolean not null,
  begun_at timestamptz not null,
  request bytea,
  took_ms integer,
  status smallint,
  verdict text,
  never_sent boolean,
  answer bytea,
  primary key (tenant_id, push_id, attempt_no, no),
  foreign key (tenant_id, push_id, attempt_no) references pos.push_attempts (tenant_id, push_id, no)
);
create index push_calls_begun on pos.push_calls (begun_at);
call hub.protect('pos.push_calls', 'select, insert, update', 'select, update');
