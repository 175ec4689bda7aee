-- What people must do and know, and how they were told.
-- An older program may still run on this schema.

-- Something that a person must decide or mend.
create table pos.tasks (
  tenant_id uuid not null references hub.tenants (id),
  id uuid not null,
  kind text not null check (kind <> ''),
  -- What it is about. While a task is open, the same trouble raised again is that task.
  key text not null check (key <> ''),
  title text not null check (title <> ''),
  say text not null,
  -- As in the outbox: `order/<id>`.
  subject text not null,
  -- Path in the dashboard.
  link text,
  data jsonb not null default '{}',
  state text not null check (state in ('open', 'settled')),
  times integer not null default 1,
  raised_at timestamptz not null,
  raised_again_at timestamptz,
  assigned_to uuid,
  settled_at timestamptz,
  settled_by text,
  settled_how text,
  note text,
  primary key (tenant_id, id),
  check ((state = 'settled') = (settled_at is not null))
);
call hub.protect('pos.tasks', 'select, insert, update');
create unique index tasks_open on pos.tasks (tenant_id, key) where state = 'open';
create index tasks_newest on pos.tasks (tenant_id, raised_at, id);

-- One thing that happened and that people wanted to know. Its key is kept as long as it is: once told is told.
create table pos.notices (
  tenant_id uuid not null references hub.tenants (id),
  id uuid not null,
  kind text not null check (kind <> ''),
  key text not null check (key <> ''),
  title text not null check (title <> ''),
  say text not null,
  subject text not null,
  link text,
  task_id uuid,
  created_at timestamptz not null,
  -- When it was handed to those who want it by mail or message.
  spread_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, key)
);
call hub.protect('pos.notices', 'select, insert, update, delete', 'select');
create index notices_newest on pos.notices (tenant_id, created_at, id);
create index notices_unspread on pos.notices (tenant_id, created_at) where spread_at is null;

create table pos.notice_reads (
  tenant_id uuid not null,
  person_id uuid not null,
  notice_id uuid not null,
  read_at timestamptz not null,
  primary key (tenant_id, person_id, notice_id),
  foreign key (tenant_id, notice_id) references pos.notices (tenant_id, id) on delete cascade
);
call hub.protect('pos.notice_reads', 'select, insert, delete');

-- How a person wants to be told. No row: the standard of their role.
create table pos.notice_preferences (
  tenant_id uuid not null references hub.tenants (id),
  person_id uuid not null,
  -- Kinds by way, such as {"email": ["task"], "whatsapp": []}.
  kinds jsonb not null,
  -- Minutes after midnight on their clock; both or neither.
  quiet_from smallint check (quiet_from between 0 and 1439),
  quiet_until smallint check (quiet_until between 0 and 1439),
  time_zone text not null,
  -- Permanent failures and the like come in quiet hours too.
  urgent_at_once boolean not null,
  phone_sealed bytea,
  -- When they agreed to be written to at that number.
  phone_agreed_at timestamptz,
  updated_at timestamptz not null,
  primary key (tenant_id, person_id),
  check ((quiet_from is null) = (quiet_until is null)),
  check ((phone_sealed is null) = (phone_agreed_at is null))
);
call hub.protect('pos.notice_preferences', 'select, insert, update, delete');

-- One mail or message to one person, of one notice or several.
create table pos.notice_messages (
  tenant_id uuid not null references hub.tenants (id),
  id uuid not null,
  person_id uuid not null,
  way text not null check (way in ('email', 'whatsapp')),
  -- unknown: it was handed over and nobody knows whether it was taken.
  state text not null check (state in ('waiting', 'sent', 'failed', 'unknown')),
  created_at timestamptz not null,
  due_at timestamptz,
  attempts integer not null default 0,
  claimed_by uuid,
  claimed_until timestamptz,
  claim_no integer not null default 0,
  ended_at timestamptz,
  code text,
  say text,
  primary key (tenant_id, id),
  check ((state = 'waiting') = (due_at is not null)),
  check ((claimed_by is null) = (claimed_until is null))
);
call hub.protect('pos.notice_messages', 'select, insert, update, delete', 'select, update');
create index notice_messages_due on pos.notice_messages (due_at) where state = 'waiting';
create index notice_messages_newest on pos.notice_messages (tenant_id, way, ended_at);

create table pos.notice_message_parts (
  tenant_id uuid not null,
  message_id uuid not null,
  notice_id uuid not null,
  person_id uuid not null,
  way text not null,
  primary key (tenant_id, message_id, notice_id),
  -- Nobody is told the same thing twice by the same way.
  unique (tenant_id, notice_id, person_id, way),
  foreign key (tenant_id, message_id) references pos.notice_messages (tenant_id, id) on delete cascade,
  foreign key (tenant_id, notice_id) references pos.notices (tenant_id, id) on delete cascade
);
call hub.protect('pos.notice_message_parts', 'select, insert, delete');
