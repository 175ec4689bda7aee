-- The schema as the numbered steps leave it. Made by `npm run schema`, compared by a test, run by nobody.
-- Left out: the job queue's own schema, and the monthly partitions that are made when they are first needed.

create schema auth;

grant usage on schema auth to tillwire_auth;
grant usage on schema auth to tillwire_system;

create schema hub;

grant usage on schema hub to tillwire_app;
grant usage on schema hub to tillwire_system;

create schema pos;

grant usage on schema pos to tillwire_app;
grant usage on schema pos to tillwire_system;

CREATE OR REPLACE FUNCTION hub.current_tenant()
 RETURNS uuid
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN (NULLIF(current_setting('tillwire.tenant'::text, true), ''::text))::uuid;

CREATE OR REPLACE FUNCTION hub.enqueue(task text, work jsonb, job_key text DEFAULT NULL::text, queue_name text DEFAULT NULL::text, run_at timestamp with time zone DEFAULT NULL::timestamp with time zone, max_attempts integer DEFAULT NULL::integer, priority integer DEFAULT NULL::integer, for_tenant uuid DEFAULT NULL::uuid)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  caller constant uuid := hub.current_tenant();
  tenant constant uuid := coalesce(caller, for_tenant);
begin
  -- current_user is the owner in here; the role that the session took on is who asks.
  if caller is null and current_setting('role') = 'tillwire_app' then
    raise insufficient_privilege using message = 'a transaction that names no tenant cannot give work to anybody';
  end if;
  if caller <> for_tenant then
    raise insufficient_privilege using message = 'a tenant''s transaction cannot give work to another tenant';
  end if;
  perform graphile_worker.add_job(
    identifier => task,
    payload => json_build_object('tenant', tenant, 'work', work),
    queue_name => enqueue.queue_name,
    run_at => enqueue.run_at,
    max_attempts => enqueue.max_attempts,
    -- The library's keys are one space for all: the tenant and the task make them ours.
    job_key => coalesce(tenant::text, 'hub') || '/' || task || '/' || enqueue.job_key,
    priority => enqueue.priority
  );
end $function$;
revoke execute on function hub.enqueue(text,jsonb,text,text,timestamp with time zone,integer,integer,uuid) from public;
grant execute on function hub.enqueue(text,jsonb,text,text,timestamp with time zone,integer,integer,uuid) to tillwire_app;
grant execute on function hub.enqueue(text,jsonb,text,text,timestamp with time zone,integer,integer,uuid) to tillwire_system;

CREATE OR REPLACE PROCEDURE hub.protect(IN target regclass, IN app_grants text, IN system_grants text DEFAULT 'select'::text)
 LANGUAGE plpgsql
AS $procedure$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format(
    'create policy tenant_wall on %s to tillwire_app using (tenant_id = (select hub.current_tenant())) with check (tenant_id = (select hub.current_tenant()))',
    target);
  execute format('create policy across_tenants on %s to tillwire_system using (true) with check (true)', target);
  if app_grants <> '' then
    execute format('grant %s on %s to tillwire_app', app_grants, target);
  end if;
  if system_grants <> '' then
    execute format('grant %s on %s to tillwire_system', system_grants, target);
  end if;
end $procedure$;
revoke execute on procedure hub.protect(regclass,text,text) from public;

CREATE OR REPLACE FUNCTION pos.ensure_months(first_day date, last_day date)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  parent text;
  month date := date_trunc('month', first_day)::date;
  partition text;
  made integer := 0;
begin
  if first_day < date '1989-12-01' or last_day > date '2100-01-01' or last_day < first_day then
    raise exception 'months from % to % are not to be made', first_day, last_day using errcode = '22023';
  end if;
  while month <= last_day loop
    foreach parent in array array['transactions', 'transaction_items', 'transaction_payments', 'sale_revisions', 'refunds'] loop
      partition := parent || to_char(month, '_YYYY_MM');
      if to_regclass('pos.' || partition) is null then
        -- Two writers may want the same month at once; the second one waits here and then finds it made.
        -- It looks into the catalogue itself: to_regclass would repeat what it remembers from before the wait.
        perform pg_advisory_xact_lock(7411002);
        if not exists (
          select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
          where n.nspname = 'pos' and c.relname = partition
        ) then
          execute format('create table pos.%I partition of pos.%I for values from (%L) to (%L)',
            partition, parent, month, (month + interval '1 month')::date);
          -- A month is filled by the thousand; a planner that has not looked since plans as if it were empty.
          execute format('alter table pos.%I set (autovacuum_analyze_threshold = 500, autovacuum_analyze_scale_factor = 0.05)', partition);
          call hub.protect(('pos.' || partition)::regclass, '', '');
          made := made + 1;
        end if;
      end if;
    end loop;
    month := (month + interval '1 month')::date;
  end loop;
  return made;
end $function$;
revoke execute on function pos.ensure_months(date,date) from public;
grant execute on function pos.ensure_months(date,date) to tillwire_app;
grant execute on function pos.ensure_months(date,date) to tillwire_system;

create table auth.account (
  id uuid not null,
  "accountId" text not null,
  "providerId" text not null,
  "userId" uuid not null,
  "accessToken" text,
  "refreshToken" text,
  "idToken" text,
  "accessTokenExpiresAt" timestamp with time zone,
  "refreshTokenExpiresAt" timestamp with time zone,
  scope text,
  password text,
  "createdAt" timestamp with time zone not null default CURRENT_TIMESTAMP,
  "updatedAt" timestamp with time zone not null,
  constraint account_pkey PRIMARY KEY (id),
  constraint "account_userId_fkey" FOREIGN KEY ("userId") REFERENCES auth."user"(id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX account_provider ON auth.account USING btree ("providerId", "accountId");
CREATE INDEX "account_userId_idx" ON auth.account USING btree ("userId");
grant delete, insert, select, update on auth.account to tillwire_auth;
grant insert on auth.account to tillwire_system;

create table auth.invitation (
  id uuid not null,
  "organizationId" uuid not null,
  email text not null,
  role text,
  status text not null,
  "expiresAt" timestamp with time zone not null,
  "createdAt" timestamp with time zone not null default CURRENT_TIMESTAMP,
  "inviterId" uuid not null,
  constraint invitation_pkey PRIMARY KEY (id),
  constraint "invitation_inviterId_fkey" FOREIGN KEY ("inviterId") REFERENCES auth."user"(id) ON DELETE CASCADE,
  constraint "invitation_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES auth.organization(id) ON DELETE CASCADE
);
CREATE INDEX invitation_email_idx ON auth.invitation USING btree (email);
CREATE INDEX "invitation_organizationId_idx" ON auth.invitation USING btree ("organizationId");
grant delete, insert, select, update on auth.invitation to tillwire_auth;

create table auth.member (
  id uuid not null,
  "organizationId" uuid not null,
  "userId" uuid not null,
  role text not null,
  "createdAt" timestamp with time zone not null,
  constraint member_pkey PRIMARY KEY (id),
  constraint "member_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES auth.organization(id) ON DELETE CASCADE,
  constraint "member_organizationId_userId_key" UNIQUE ("organizationId", "userId"),
  constraint member_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'manager'::text, 'viewer'::text]))),
  constraint "member_userId_fkey" FOREIGN KEY ("userId") REFERENCES auth."user"(id) ON DELETE CASCADE
);
CREATE INDEX "member_organizationId_idx" ON auth.member USING btree ("organizationId");
CREATE INDEX "member_userId_idx" ON auth.member USING btree ("userId");
grant delete, insert, select, update on auth.member to tillwire_auth;
grant delete, insert, select on auth.member to tillwire_system;
grant update (role) on auth.member to tillwire_system;

create table auth.organization (
  id uuid not null,
  name text not null,
  slug text not null,
  logo text,
  "createdAt" timestamp with time zone not null,
  metadata text,
  constraint organization_pkey PRIMARY KEY (id),
  constraint organization_id_fkey FOREIGN KEY (id) REFERENCES hub.tenants(id) ON DELETE CASCADE,
  constraint organization_slug_key UNIQUE (slug)
);
grant delete, insert, select, update on auth.organization to tillwire_auth;
grant insert, select on auth.organization to tillwire_system;

create table auth.session (
  id uuid not null,
  "expiresAt" timestamp with time zone not null,
  token text not null,
  "createdAt" timestamp with time zone not null default CURRENT_TIMESTAMP,
  "updatedAt" timestamp with time zone not null,
  "ipAddress" text,
  "userAgent" text,
  "userId" uuid not null,
  "activeOrganizationId" uuid,
  constraint session_pkey PRIMARY KEY (id),
  constraint session_token_key UNIQUE (token),
  constraint "session_userId_fkey" FOREIGN KEY ("userId") REFERENCES auth."user"(id) ON DELETE CASCADE
);
CREATE INDEX "session_userId_idx" ON auth.session USING btree ("userId");
grant delete, insert, select, update on auth.session to tillwire_auth;

create table auth."user" (
  id uuid not null,
  name text not null,
  email text not null,
  "emailVerified" boolean not null,
  image text,
  "createdAt" timestamp with time zone not null default CURRENT_TIMESTAMP,
  "updatedAt" timestamp with time zone not null default CURRENT_TIMESTAMP,
  constraint user_pkey PRIMARY KEY (id),
  constraint user_email_check CHECK ((email = lower(email))),
  constraint user_email_key UNIQUE (email)
);
grant delete, insert, select, update on auth."user" to tillwire_auth;
grant insert on auth."user" to tillwire_system;
grant select (id, name, email) on auth."user" to tillwire_system;

create table auth.verification (
  id uuid not null,
  identifier text not null,
  value text not null,
  "expiresAt" timestamp with time zone not null,
  "createdAt" timestamp with time zone not null default CURRENT_TIMESTAMP,
  "updatedAt" timestamp with time zone not null default CURRENT_TIMESTAMP,
  constraint verification_pkey PRIMARY KEY (id)
);
CREATE INDEX verification_identifier_idx ON auth.verification USING btree (identifier);
grant delete, insert, select, update on auth.verification to tillwire_auth;

create table hub.api_keys (
  tenant_id uuid not null,
  id uuid not null,
  name text not null,
  prefix text not null,
  hash bytea not null,
  scopes text[] not null,
  created_by text not null,
  created_at timestamp with time zone not null,
  last_used_at timestamp with time zone,
  expires_at timestamp with time zone,
  revoked_at timestamp with time zone,
  constraint api_keys_pkey PRIMARY KEY (tenant_id, id),
  constraint api_keys_hash_check CHECK ((length(hash) = 32)),
  constraint api_keys_hash_key UNIQUE (hash),
  constraint api_keys_name_check CHECK ((name <> ''::text)),
  constraint api_keys_scopes_check CHECK ((cardinality(scopes) > 0)),
  constraint api_keys_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES hub.tenants(id)
);
alter table hub.api_keys enable row level security;
alter table hub.api_keys force row level security;
create policy across_tenants on hub.api_keys for all to tillwire_system using (true) with check (true);
create policy tenant_wall on hub.api_keys for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant insert, select, update on hub.api_keys to tillwire_app;
grant select on hub.api_keys to tillwire_system;
grant update (last_used_at) on hub.api_keys to tillwire_system;

create table hub.application_endpoints (
  pos_system text not null,
  environment text not null,
  application_id text not null,
  url text not null,
  subscription_id text,
  secret_sealed bytea,
  secret_before_sealed bytea,
  secret_before_until timestamp with time zone,
  state text not null,
  reason text,
  attempts integer not null default 0,
  checked_at timestamp with time zone,
  due_at timestamp with time zone,
  constraint application_endpoints_pkey PRIMARY KEY (pos_system, environment, application_id),
  constraint application_endpoints_environment_check CHECK ((environment = ANY (ARRAY['production'::text, 'sandbox'::text]))),
  constraint application_endpoints_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'subscribed'::text, 'missing'::text, 'disabled'::text, 'elsewhere'::text, 'unreachable'::text, 'failed'::text])))
);
alter table hub.application_endpoints enable row level security;
alter table hub.application_endpoints force row level security;
create policy system_only on hub.application_endpoints for all to tillwire_system using (true) with check (true);
grant delete, insert, select, update on hub.application_endpoints to tillwire_system;

create table hub.idempotency_keys (
  tenant_id uuid not null,
  key text not null,
  route text not null,
  caller text not null,
  body_hash bytea not null,
  state text not null,
  status smallint,
  answer bytea,
  content_type text,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  constraint idempotency_keys_pkey PRIMARY KEY (tenant_id, key),
  constraint idempotency_keys_check CHECK (((state = 'done'::text) = (status IS NOT NULL))),
  constraint idempotency_keys_state_check CHECK ((state = ANY (ARRAY['running'::text, 'done'::text])))
);
CREATE INDEX idempotency_keys_expiry ON hub.idempotency_keys USING btree (expires_at);
alter table hub.idempotency_keys enable row level security;
alter table hub.idempotency_keys force row level security;
create policy across_tenants on hub.idempotency_keys for all to tillwire_system using (true) with check (true);
create policy tenant_wall on hub.idempotency_keys for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant delete, insert, select, update on hub.idempotency_keys to tillwire_app;
grant delete, select on hub.idempotency_keys to tillwire_system;

create table hub.installation (
  only_row boolean not null,
  root_key_check bytea not null,
  created_at timestamp with time zone not null,
  constraint installation_pkey PRIMARY KEY (only_row),
  constraint installation_only_row_check CHECK (only_row)
);
alter table hub.installation enable row level security;
alter table hub.installation force row level security;
create policy system_only on hub.installation for all to tillwire_system using (true) with check (true);
grant insert, select on hub.installation to tillwire_system;

create table hub.installation_keys (
  key_no integer not null,
  wrapped bytea,
  created_at timestamp with time zone not null,
  retired_at timestamp with time zone,
  constraint installation_keys_pkey PRIMARY KEY (key_no),
  constraint installation_keys_check CHECK (((wrapped IS NOT NULL) OR (retired_at IS NOT NULL))),
  constraint installation_keys_key_no_check CHECK ((key_no > 0))
);
alter table hub.installation_keys enable row level security;
alter table hub.installation_keys force row level security;
create policy system_only on hub.installation_keys for all to tillwire_system using (true) with check (true);
grant insert, select on hub.installation_keys to tillwire_system;

create table hub.outbox (
  tenant_id uuid not null,
  seq bigint not null,
  id uuid not null,
  type text not null,
  subject text not null,
  occurred_at timestamp with time zone not null,
  actor text not null,
  request_id text,
  cause uuid,
  schema_version smallint not null,
  data jsonb not null,
  constraint outbox_pkey PRIMARY KEY (tenant_id, seq),
  constraint outbox_seq_check CHECK ((seq > 0))
);
comment on table hub.outbox is 'Every fact that others may react to, one line each, in commit order per tenant.';
alter table hub.outbox enable row level security;
alter table hub.outbox force row level security;
create policy across_tenants on hub.outbox for all to tillwire_system using (true) with check (true);
create policy tenant_wall on hub.outbox for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant insert, select on hub.outbox to tillwire_app;
grant select on hub.outbox to tillwire_system;

create table hub.outbox_cursors (
  tenant_id uuid not null,
  follower text not null,
  seq bigint not null,
  failures integer not null default 0,
  retry_at timestamp with time zone,
  last_error text,
  constraint outbox_cursors_pkey PRIMARY KEY (tenant_id, follower)
) with (fillfactor=50);
CREATE INDEX outbox_cursors_retry ON hub.outbox_cursors USING btree (retry_at) WHERE (retry_at IS NOT NULL);
alter table hub.outbox_cursors enable row level security;
alter table hub.outbox_cursors force row level security;
create policy across_tenants on hub.outbox_cursors for all to tillwire_system using (true) with check (true);
create policy tenant_wall on hub.outbox_cursors for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant insert, select, update on hub.outbox_cursors to tillwire_app;
grant insert, select, update on hub.outbox_cursors to tillwire_system;

create table hub.outbox_followers (
  name text not null,
  first_seen_at timestamp with time zone not null,
  constraint outbox_followers_pkey PRIMARY KEY (name)
);
grant insert, select on hub.outbox_followers to tillwire_system;

create table hub.outbox_heads (
  tenant_id uuid not null,
  seq bigint not null,
  appended_by xid8 not null,
  constraint outbox_heads_pkey PRIMARY KEY (tenant_id),
  constraint outbox_heads_seq_check CHECK ((seq >= 0))
) with (fillfactor=50);
alter table hub.outbox_heads enable row level security;
alter table hub.outbox_heads force row level security;
create policy across_tenants on hub.outbox_heads for all to tillwire_system using (true) with check (true);
create policy tenant_wall on hub.outbox_heads for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant insert, select, update on hub.outbox_heads to tillwire_app;
grant select on hub.outbox_heads to tillwire_system;

create table hub.schema_migrations (
  id integer not null,
  name text not null,
  hash text not null,
  applied_at timestamp with time zone not null default now(),
  constraint schema_migrations_pkey PRIMARY KEY (id)
);

create table hub.sign_in_links (
  id uuid not null,
  hash bytea not null,
  purpose text not null,
  user_id uuid,
  tenant_id uuid,
  email text,
  role text,
  created_by text not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  uses_left integer,
  constraint sign_in_links_pkey PRIMARY KEY (id),
  constraint sign_in_links_check CHECK (((purpose = 'sign-in'::text) = (user_id IS NOT NULL))),
  constraint sign_in_links_check1 CHECK (((purpose = 'join'::text) = (tenant_id IS NOT NULL))),
  constraint sign_in_links_check2 CHECK (((purpose = 'join'::text) = (email IS NOT NULL))),
  constraint sign_in_links_check3 CHECK (((purpose = 'join'::text) = (role IS NOT NULL))),
  constraint sign_in_links_hash_check CHECK ((length(hash) = 32)),
  constraint sign_in_links_hash_key UNIQUE (hash),
  constraint sign_in_links_purpose_check CHECK ((purpose = ANY (ARRAY['set-up'::text, 'sign-in'::text, 'join'::text]))),
  constraint sign_in_links_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'manager'::text, 'viewer'::text]))),
  constraint sign_in_links_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES hub.tenants(id) ON DELETE CASCADE,
  constraint sign_in_links_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth."user"(id) ON DELETE CASCADE,
  constraint sign_in_links_uses_left_check CHECK ((uses_left >= 0))
);
CREATE INDEX sign_in_links_tenant ON hub.sign_in_links USING btree (tenant_id) WHERE (tenant_id IS NOT NULL);
alter table hub.sign_in_links enable row level security;
alter table hub.sign_in_links force row level security;
create policy across_tenants on hub.sign_in_links for all to tillwire_system using (true) with check (true);
create policy tenant_wall on hub.sign_in_links for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant delete, insert, select on hub.sign_in_links to tillwire_system;
grant update (uses_left) on hub.sign_in_links to tillwire_system;

create table hub.tenant_keys (
  tenant_id uuid not null,
  key_no integer not null,
  wrapped bytea,
  created_at timestamp with time zone not null,
  retired_at timestamp with time zone,
  constraint tenant_keys_pkey PRIMARY KEY (tenant_id, key_no),
  constraint tenant_keys_check CHECK (((wrapped IS NOT NULL) OR (retired_at IS NOT NULL))),
  constraint tenant_keys_key_no_check CHECK ((key_no > 0))
);
alter table hub.tenant_keys enable row level security;
alter table hub.tenant_keys force row level security;
create policy across_tenants on hub.tenant_keys for all to tillwire_system using (true) with check (true);
create policy tenant_wall on hub.tenant_keys for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant insert, select on hub.tenant_keys to tillwire_app;
grant select on hub.tenant_keys to tillwire_system;

create table hub.tenants (
  id uuid not null,
  slug text not null,
  name text not null,
  kind text not null,
  currency text not null,
  time_zone text not null,
  close_out_minutes smallint not null,
  created_at timestamp with time zone not null,
  constraint tenants_pkey PRIMARY KEY (id),
  constraint tenants_close_out_minutes_check CHECK (((close_out_minutes >= 0) AND (close_out_minutes <= 1439))),
  constraint tenants_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
  constraint tenants_kind_check CHECK ((kind = ANY (ARRAY['live'::text, 'demo'::text]))),
  constraint tenants_name_check CHECK ((name <> ''::text)),
  constraint tenants_slug_check CHECK ((slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'::text)),
  constraint tenants_slug_key UNIQUE (slug)
);
alter table hub.tenants enable row level security;
alter table hub.tenants force row level security;
create policy across_tenants on hub.tenants for all to tillwire_system using (true) with check (true);
create policy tenant_wall on hub.tenants for all to tillwire_app using (id = ( SELECT hub.current_tenant() AS current_tenant));
grant select on hub.tenants to tillwire_app;
grant insert, select, update on hub.tenants to tillwire_system;

create table pos.article_matches (
  tenant_id uuid not null,
  left_namespace text not null,
  left_id text not null,
  right_namespace text not null,
  right_id text,
  said_by text not null,
  said_at timestamp with time zone not null,
  said_how text not null,
  confidence real,
  prices_accepted text,
  constraint article_matches_pkey PRIMARY KEY (tenant_id, left_namespace, left_id, right_namespace),
  constraint article_matches_confidence_check CHECK (((confidence >= (0)::double precision) AND (confidence <= (1)::double precision))),
  constraint article_matches_left_id_check CHECK ((left_id <> ''::text)),
  constraint article_matches_right_id_check CHECK ((right_id <> ''::text)),
  constraint article_matches_said_how_check CHECK ((said_how = ANY (ARRAY['person'::text, 'suggestion'::text, 'table'::text, 'program'::text, 'undo'::text]))),
  constraint article_matches_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES hub.tenants(id)
);
CREATE INDEX article_matches_right ON pos.article_matches USING btree (tenant_id, right_namespace, right_id);
alter table pos.article_matches enable row level security;
alter table pos.article_matches force row level security;
create policy across_tenants on pos.article_matches for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.article_matches for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant delete, insert, select, update on pos.article_matches to tillwire_app;
grant select on pos.article_matches to tillwire_system;

create table pos.article_mentions (
  tenant_id uuid not null,
  article_id uuid not null,
  batch_id uuid,
  mentioned_at timestamp with time zone not null,
  sku text,
  name text,
  variant text,
  category text,
  constraint article_mentions_tenant_id_article_id_batch_id_key UNIQUE NULLS NOT DISTINCT (tenant_id, article_id, batch_id)
);
CREATE INDEX article_mentions_of_batch ON pos.article_mentions USING btree (tenant_id, batch_id);
alter table pos.article_mentions enable row level security;
alter table pos.article_mentions force row level security;
create policy across_tenants on pos.article_mentions for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.article_mentions for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant delete, insert, select on pos.article_mentions to tillwire_app;
grant select on pos.article_mentions to tillwire_system;

create table pos.articles (
  tenant_id uuid not null,
  id uuid not null,
  connection_id uuid not null,
  key text not null,
  external_id text,
  sku text,
  name text,
  variant text,
  category text,
  batch_id uuid,
  mentioned boolean not null default true,
  constraint articles_pkey PRIMARY KEY (tenant_id, id),
  constraint articles_tenant_id_connection_id_key_key UNIQUE (tenant_id, connection_id, key)
);
CREATE INDEX articles_of_batch ON pos.articles USING btree (tenant_id, batch_id);
alter table pos.articles enable row level security;
alter table pos.articles force row level security;
create policy across_tenants on pos.articles for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.articles for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant insert, select, update on pos.articles to tillwire_app;
grant select on pos.articles to tillwire_system;

create table pos.catalog_articles (
  tenant_id uuid not null,
  connection_id uuid not null,
  external_id text not null,
  kind text not null,
  parent_external_id text,
  name text not null,
  variant text,
  sku text,
  barcode text,
  category text,
  price bigint,
  currency text,
  deleted boolean not null,
  updated_at timestamp with time zone,
  recorded_at timestamp with time zone not null,
  constraint catalog_articles_pkey PRIMARY KEY (tenant_id, connection_id, external_id),
  constraint catalog_articles_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
  constraint catalog_articles_kind_check CHECK ((kind = ANY (ARRAY['article'::text, 'modifier'::text])))
);
alter table pos.catalog_articles enable row level security;
alter table pos.catalog_articles force row level security;
create policy across_tenants on pos.catalog_articles for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.catalog_articles for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant insert, select, update on pos.catalog_articles to tillwire_app;
grant select on pos.catalog_articles to tillwire_system;

create table pos.channel_items (
  tenant_id uuid not null,
  channel text not null,
  item_id text not null,
  name text not null,
  variant text,
  sku text,
  barcode text,
  category text,
  kind text not null,
  parent_id text,
  price bigint,
  currency text,
  available boolean not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint channel_items_pkey PRIMARY KEY (tenant_id, channel, item_id),
  constraint channel_items_check CHECK (((price IS NULL) = (currency IS NULL))),
  constraint channel_items_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
  constraint channel_items_item_id_check CHECK ((item_id <> ''::text)),
  constraint channel_items_kind_check CHECK ((kind = ANY (ARRAY['item'::text, 'modifier'::text]))),
  constraint channel_items_tenant_id_channel_fkey FOREIGN KEY (tenant_id, channel) REFERENCES pos.channels(tenant_id, channel)
);
alter table pos.channel_items enable row level security;
alter table pos.channel_items force row level security;
create policy across_tenants on pos.channel_items for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.channel_items for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant delete, insert, select, update on pos.channel_items to tillwire_app;
grant select on pos.channel_items to tillwire_system;

create table pos.channels (
  tenant_id uuid not null,
  channel text not null,
  items integer not null default 0,
  revision bigint not null default 0,
  replaced_at timestamp with time zone not null,
  replaced_by text not null,
  constraint channels_pkey PRIMARY KEY (tenant_id, channel),
  constraint channels_channel_check CHECK ((channel <> ''::text)),
  constraint channels_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES hub.tenants(id)
);
alter table pos.channels enable row level security;
alter table pos.channels force row level security;
create policy across_tenants on pos.channels for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.channels for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant insert, select, update on pos.channels to tillwire_app;
grant select on pos.channels to tillwire_system;

create table pos.configurations (
  tenant_id uuid not null,
  id uuid not null,
  pos_system text not null,
  name text not null,
  state text not null,
  state_reason text,
  state_since timestamp with time zone not null,
  site_id uuid,
  environment text,
  account_id text,
  account_name text,
  data_types text[] not null default '{}'::text[],
  all_places boolean not null default false,
  backfill_from date,
  webhooks_wanted boolean not null default false,
  credentials_from text,
  credentials_version integer not null default 0,
  credentials_fingerprint text,
  token_expires_at timestamp with time zone,
  refresh_expires_at timestamp with time zone,
  refreshed_at timestamp with time zone,
  refresh_claim uuid,
  refresh_claimed_until timestamp with time zone,
  refresh_no integer not null default 0,
  refresh_failures integer not null default 0,
  refresh_due_at timestamp with time zone,
  warned_days smallint,
  checked_at timestamp with time zone,
  check_code text,
  missing_permissions jsonb not null default '[]'::jsonb,
  places_read_at timestamp with time zone,
  confirmed_at timestamp with time zone,
  confirmed_by text,
  doubted_at timestamp with time zone,
  doubt text,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint configurations_pkey PRIMARY KEY (tenant_id, id),
  constraint configurations_account_id_check CHECK ((account_id <> ''::text)),
  constraint configurations_check CHECK (((pos_system <> 'spreadsheet'::text) OR (site_id IS NOT NULL))),
  constraint configurations_check1 CHECK (((account_id IS NULL) = (environment IS NULL))),
  constraint configurations_check2 CHECK (((account_id IS NULL) = (credentials_from IS NULL))),
  constraint configurations_check3 CHECK (((refresh_claim IS NULL) = (refresh_claimed_until IS NULL))),
  constraint configurations_credentials_from_check CHECK ((credentials_from = ANY (ARRAY['person'::text, 'oauth'::text, 'environment'::text]))),
  constraint configurations_environment_check CHECK ((environment = ANY (ARRAY['production'::text, 'sandbox'::text]))),
  constraint configurations_name_check CHECK ((name <> ''::text)),
  constraint configurations_state_check CHECK ((state = ANY (ARRAY['active'::text, 'needs_sign_in'::text, 'disconnected'::text]))),
  constraint configurations_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES hub.tenants(id),
  constraint configurations_tenant_id_site_id_fkey FOREIGN KEY (tenant_id, site_id) REFERENCES pos.sites(tenant_id, id)
);
CREATE UNIQUE INDEX configurations_account ON pos.configurations USING btree (pos_system, environment, account_id) WHERE ((account_id IS NOT NULL) AND (state <> 'disconnected'::text));
CREATE INDEX configurations_refresh ON pos.configurations USING btree (refresh_due_at) WHERE (refresh_due_at IS NOT NULL);
alter table pos.configurations enable row level security;
alter table pos.configurations force row level security;
create policy across_tenants on pos.configurations for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.configurations for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant insert, select, update on pos.configurations to tillwire_app;
grant select, update on pos.configurations to tillwire_system;

create table pos.connection_credentials (
  tenant_id uuid not null,
  connection_id uuid not null,
  version integer not null,
  field text not null,
  sealed bytea not null,
  created_at timestamp with time zone not null,
  constraint connection_credentials_pkey PRIMARY KEY (tenant_id, connection_id, version, field),
  constraint connection_credentials_field_check CHECK ((field <> ''::text)),
  constraint connection_credentials_tenant_id_connection_id_fkey FOREIGN KEY (tenant_id, connection_id) REFERENCES pos.configurations(tenant_id, id),
  constraint connection_credentials_version_check CHECK ((version > 0))
);
alter table pos.connection_credentials enable row level security;
alter table pos.connection_credentials force row level security;
create policy across_tenants on pos.connection_credentials for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.connection_credentials for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant delete, insert, select, update on pos.connection_credentials to tillwire_app;
grant select, update on pos.connection_credentials to tillwire_system;

create table pos.connection_places (
  tenant_id uuid not null,
  connection_id uuid not null,
  external_id text not null,
  name text not null,
  active boolean not null,
  currency text,
  time_zone text,
  country text,
  chosen boolean not null,
  site_id uuid,
  seen_at timestamp with time zone not null,
  constraint connection_places_pkey PRIMARY KEY (tenant_id, connection_id, external_id),
  constraint connection_places_check CHECK (((NOT chosen) OR (site_id IS NOT NULL))),
  constraint connection_places_external_id_check CHECK ((external_id <> ''::text)),
  constraint connection_places_tenant_id_connection_id_fkey FOREIGN KEY (tenant_id, connection_id) REFERENCES pos.configurations(tenant_id, id),
  constraint connection_places_tenant_id_site_id_fkey FOREIGN KEY (tenant_id, site_id) REFERENCES pos.sites(tenant_id, id)
);
alter table pos.connection_places enable row level security;
alter table pos.connection_places force row level security;
create policy across_tenants on pos.connection_places for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.connection_places for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant insert, select, update on pos.connection_places to tillwire_app;
grant select on pos.connection_places to tillwire_system;

create table pos.daily_items (
  tenant_id uuid not null,
  business_date date not null,
  site_id uuid not null,
  connection_id uuid not null,
  currency text not null,
  article_id uuid not null,
  pos_system text not null,
  lines bigint not null,
  quantity numeric not null,
  gross bigint not null,
  discount bigint not null,
  tax_included bigint not null,
  refunded_quantity numeric not null,
  refunded bigint not null,
  refunded_tax bigint not null,
  constraint daily_items_pkey PRIMARY KEY (tenant_id, business_date, site_id, connection_id, currency, article_id)
);
CREATE INDEX daily_items_of_article ON pos.daily_items USING btree (tenant_id, article_id, business_date);
alter table pos.daily_items enable row level security;
alter table pos.daily_items force row level security;
create policy across_tenants on pos.daily_items for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.daily_items for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant delete, insert, select, update on pos.daily_items to tillwire_app;
grant select on pos.daily_items to tillwire_system;

create table pos.daily_sales (
  tenant_id uuid not null,
  business_date date not null,
  site_id uuid not null,
  connection_id uuid not null,
  currency text not null,
  pos_system text not null,
  sales bigint not null,
  unpriced bigint not null,
  voided bigint not null,
  units numeric not null,
  gross bigint not null,
  discount bigint not null,
  tax_added bigint not null,
  tax_included bigint not null,
  service_charge bigint not null,
  tip bigint not null,
  rounding bigint not null,
  deferred bigint not null,
  total bigint not null,
  refunds bigint not null,
  refunded bigint not null,
  refunded_tax bigint not null,
  refunded_tip bigint not null,
  constraint daily_sales_pkey PRIMARY KEY (tenant_id, business_date, site_id, connection_id, currency)
);
alter table pos.daily_sales enable row level security;
alter table pos.daily_sales force row level security;
create policy across_tenants on pos.daily_sales for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.daily_sales for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant delete, insert, select, update on pos.daily_sales to tillwire_app;
grant select on pos.daily_sales to tillwire_system;

create table pos.daily_tenders (
  tenant_id uuid not null,
  business_date date not null,
  site_id uuid not null,
  connection_id uuid not null,
  currency text not null,
  tender text not null,
  pos_system text not null,
  payments bigint not null,
  amount bigint not null,
  tip bigint not null,
  refunds bigint not null,
  refunded bigint not null,
  constraint daily_tenders_pkey PRIMARY KEY (tenant_id, business_date, site_id, connection_id, currency, tender)
);
alter table pos.daily_tenders enable row level security;
alter table pos.daily_tenders force row level security;
create policy across_tenants on pos.daily_tenders for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.daily_tenders for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant delete, insert, select, update on pos.daily_tenders to tillwire_app;
grant select on pos.daily_tenders to tillwire_system;

create table pos.due_reads (
  tenant_id uuid not null,
  connection_id uuid not null,
  subject text not null,
  kind text not null,
  external_id text not null,
  reason text not null,
  step integer not null default 0,
  state text not null,
  due_at timestamp with time zone not null,
  put_down_at timestamp with time zone not null,
  claimed_by uuid,
  claimed_until timestamp with time zone,
  constraint due_reads_pkey PRIMARY KEY (tenant_id, connection_id, subject, kind, external_id),
  constraint due_reads_reason_check CHECK ((reason = ANY (ARRAY['missing'::text, 'needed'::text, 'open'::text, 'lines_missing'::text, 'payment_missing'::text, 'unpaid'::text, 'refund_pending'::text]))),
  constraint due_reads_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'given_up'::text]))),
  constraint due_reads_tenant_id_connection_id_fkey FOREIGN KEY (tenant_id, connection_id) REFERENCES pos.configurations(tenant_id, id)
) with (fillfactor=85);
CREATE INDEX due_reads_due ON pos.due_reads USING btree (due_at) WHERE (state = 'waiting'::text);
alter table pos.due_reads enable row level security;
alter table pos.due_reads force row level security;
create policy across_tenants on pos.due_reads for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.due_reads for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant delete, insert, select, update on pos.due_reads to tillwire_app;
grant select, update on pos.due_reads to tillwire_system;

create table pos.file_families (
  tenant_id uuid not null,
  site_id uuid not null,
  family text not null,
  connection_id uuid not null,
  created_at timestamp with time zone not null,
  constraint file_families_pkey PRIMARY KEY (tenant_id, site_id, family),
  constraint file_families_family_check CHECK ((family <> ''::text)),
  constraint file_families_tenant_id_connection_id_fkey FOREIGN KEY (tenant_id, connection_id) REFERENCES pos.configurations(tenant_id, id),
  constraint file_families_tenant_id_site_id_fkey FOREIGN KEY (tenant_id, site_id) REFERENCES pos.sites(tenant_id, id)
);
alter table pos.file_families enable row level security;
alter table pos.file_families force row level security;
create policy across_tenants on pos.file_families for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.file_families for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant insert, select on pos.file_families to tillwire_app;
grant select on pos.file_families to tillwire_system;

create table pos.file_mappings (
  tenant_id uuid not null,
  shape text not null,
  family text not null,
  preset text,
  headers jsonb not null,
  choices jsonb not null,
  uses integer not null default 1,
  used_at timestamp with time zone not null,
  updated_by text not null,
  constraint file_mappings_pkey PRIMARY KEY (tenant_id, shape),
  constraint file_mappings_shape_check CHECK ((shape <> ''::text)),
  constraint file_mappings_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES hub.tenants(id),
  constraint file_mappings_uses_check CHECK ((uses > 0))
);
alter table pos.file_mappings enable row level security;
alter table pos.file_mappings force row level security;
create policy across_tenants on pos.file_mappings for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.file_mappings for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant delete, insert, select, update on pos.file_mappings to tillwire_app;
grant select on pos.file_mappings to tillwire_system;

create table pos.hourly_sales (
  tenant_id uuid not null,
  business_date date not null,
  hour smallint not null,
  site_id uuid not null,
  connection_id uuid not null,
  currency text not null,
  pos_system text not null,
  sales bigint not null,
  unpriced bigint not null,
  voided bigint not null,
  units numeric not null,
  gross bigint not null,
  discount bigint not null,
  tax_added bigint not null,
  tax_included bigint not null,
  service_charge bigint not null,
  tip bigint not null,
  rounding bigint not null,
  deferred bigint not null,
  total bigint not null,
  refunds bigint not null,
  refunded bigint not null,
  refunded_tax bigint not null,
  refunded_tip bigint not null,
  constraint hourly_sales_pkey PRIMARY KEY (tenant_id, business_date, hour, site_id, connection_id, currency)
);
alter table pos.hourly_sales enable row level security;
alter table pos.hourly_sales force row level security;
create policy across_tenants on pos.hourly_sales for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.hourly_sales for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant delete, insert, select, update on pos.hourly_sales to tillwire_app;
grant select on pos.hourly_sales to tillwire_system;

create table pos.import_chunks (
  tenant_id uuid not null,
  import_id uuid not null,
  table_no integer not null,
  no integer not null,
  bytes bytea not null,
  constraint import_chunks_pkey PRIMARY KEY (tenant_id, import_id, table_no, no),
  constraint import_chunks_tenant_id_import_id_fkey FOREIGN KEY (tenant_id, import_id) REFERENCES pos.imports(tenant_id, id)
);
alter table pos.import_chunks enable row level security;
alter table pos.import_chunks force row level security;
create policy across_tenants on pos.import_chunks for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.import_chunks for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant delete, insert, select on pos.import_chunks to tillwire_app;
grant select on pos.import_chunks to tillwire_system;

create table pos.import_rejections (
  tenant_id uuid not null,
  import_id uuid not null,
  "row" bigint not null,
  code text not null,
  say text not null,
  column_header text,
  raw text not null,
  constraint import_rejections_pkey PRIMARY KEY (tenant_id, import_id, "row"),
  constraint import_rejections_tenant_id_import_id_fkey FOREIGN KEY (tenant_id, import_id) REFERENCES pos.imports(tenant_id, id)
);
alter table pos.import_rejections enable row level security;
alter table pos.import_rejections force row level security;
create policy across_tenants on pos.import_rejections for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.import_rejections for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant delete, insert, select on pos.import_rejections to tillwire_app;
grant select on pos.import_rejections to tillwire_system;

create table pos.imports (
  tenant_id uuid not null,
  id uuid not null,
  connection_id uuid,
  site_id uuid not null,
  file_name text not null,
  file_bytes bigint not null default 0,
  file_sha256 bytea,
  container text,
  tables jsonb not null default '[]'::jsonb,
  table_no integer,
  cards_masked bigint not null default 0,
  state text not null,
  detection jsonb,
  remembered boolean not null default false,
  joins jsonb,
  already_imported jsonb,
  preview jsonb,
  check_no integer not null default 0,
  check_state text,
  check_result jsonb,
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
  first_at timestamp with time zone,
  last_at timestamp with time zone,
  noticed jsonb not null default '{}'::jsonb,
  fault jsonb,
  actor text not null,
  created_at timestamp with time zone not null,
  confirmed_by text,
  confirmed_at timestamp with time zone,
  started_at timestamp with time zone,
  moved_at timestamp with time zone,
  finished_at timestamp with time zone,
  undone_by text,
  undone_at timestamp with time zone,
  undo_progress real not null default 0,
  sales_removed bigint not null default 0,
  sales_restored bigint not null default 0,
  refunds_removed bigint not null default 0,
  constraint imports_pkey PRIMARY KEY (tenant_id, id),
  constraint imports_check CHECK (((state = 'failed'::text) = (fault IS NOT NULL))),
  constraint imports_check1 CHECK (((state <> ALL (ARRAY['queued'::text, 'running'::text, 'done'::text])) OR (connection_id IS NOT NULL))),
  constraint imports_check2 CHECK (((confirmed_by IS NULL) = (confirmed_at IS NULL))),
  constraint imports_check3 CHECK (((check_state IS NULL) = (check_result IS NULL))),
  constraint imports_check_state_check CHECK ((check_state = ANY (ARRAY['waiting'::text, 'running'::text, 'done'::text, 'failed'::text]))),
  constraint imports_container_check CHECK ((container = ANY (ARRAY['plain'::text, 'gzip'::text, 'zip'::text, 'xlsx'::text]))),
  constraint imports_state_check CHECK ((state = ANY (ARRAY['receiving'::text, 'detected'::text, 'queued'::text, 'running'::text, 'done'::text, 'failed'::text, 'undoing'::text, 'undone'::text]))),
  constraint imports_tenant_id_connection_id_fkey FOREIGN KEY (tenant_id, connection_id) REFERENCES pos.configurations(tenant_id, id),
  constraint imports_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES hub.tenants(id),
  constraint imports_tenant_id_site_id_fkey FOREIGN KEY (tenant_id, site_id) REFERENCES pos.sites(tenant_id, id)
);
CREATE INDEX imports_by_hash ON pos.imports USING btree (tenant_id, file_sha256) WHERE (file_sha256 IS NOT NULL);
CREATE INDEX imports_newest ON pos.imports USING btree (tenant_id, created_at DESC, id DESC);
CREATE INDEX imports_unfinished ON pos.imports USING btree (moved_at) WHERE ((state = ANY (ARRAY['receiving'::text, 'queued'::text, 'running'::text, 'undoing'::text])) OR (check_state = ANY (ARRAY['waiting'::text, 'running'::text])));
alter table pos.imports enable row level security;
alter table pos.imports force row level security;
create policy across_tenants on pos.imports for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.imports for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant insert, select, update on pos.imports to tillwire_app;
grant select on pos.imports to tillwire_system;

create table pos.item_availability (
  tenant_id uuid not null,
  connection_id uuid not null,
  external_id text not null,
  location text not null,
  site_id uuid,
  available boolean not null,
  said_at timestamp with time zone not null,
  until_at timestamp with time zone,
  recorded_at timestamp with time zone not null,
  constraint item_availability_pkey PRIMARY KEY (tenant_id, connection_id, external_id, location),
  constraint item_availability_check CHECK (((until_at IS NULL) OR (NOT available)))
);
CREATE INDEX item_availability_until ON pos.item_availability USING btree (until_at) WHERE (until_at IS NOT NULL);
alter table pos.item_availability enable row level security;
alter table pos.item_availability force row level security;
create policy across_tenants on pos.item_availability for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.item_availability for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant insert, select, update on pos.item_availability to tillwire_app;
grant select, update on pos.item_availability to tillwire_system;

create table pos.item_match_changes (
  tenant_id uuid not null,
  id uuid not null,
  left_namespace text not null,
  right_namespace text not null,
  changed_at timestamp with time zone not null,
  changed_by text not null,
  request_id text,
  how text not null,
  changed integer not null,
  before jsonb not null,
  after jsonb not null,
  undone_at timestamp with time zone,
  undone_by text,
  constraint item_match_changes_pkey PRIMARY KEY (tenant_id, id),
  constraint item_match_changes_changed_check CHECK ((changed > 0)),
  constraint item_match_changes_how_check CHECK ((how = ANY (ARRAY['person'::text, 'suggestion'::text, 'table'::text, 'program'::text, 'undo'::text]))),
  constraint item_match_changes_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES hub.tenants(id)
);
CREATE INDEX item_match_changes_newest ON pos.item_match_changes USING btree (tenant_id, left_namespace, right_namespace, id);
alter table pos.item_match_changes enable row level security;
alter table pos.item_match_changes force row level security;
create policy across_tenants on pos.item_match_changes for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.item_match_changes for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant insert, select, update on pos.item_match_changes to tillwire_app;
grant select on pos.item_match_changes to tillwire_system;

create table pos.item_preflights (
  tenant_id uuid not null,
  connection_id uuid not null,
  channel text not null,
  id uuid not null,
  ran_at timestamp with time zone not null,
  reason text not null,
  items integer not null,
  mapped integer not null,
  unmapped integer not null,
  unmapped_modifiers integer not null,
  removed integer not null,
  repriced integer not null,
  examples jsonb not null,
  constraint item_preflights_pkey PRIMARY KEY (tenant_id, connection_id, channel, id),
  constraint item_preflights_reason_check CHECK ((reason = ANY (ARRAY['nightly'::text, 'catalogue'::text, 'mapping'::text, 'asked'::text])))
);
alter table pos.item_preflights enable row level security;
alter table pos.item_preflights force row level security;
create policy across_tenants on pos.item_preflights for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.item_preflights for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant delete, insert, select on pos.item_preflights to tillwire_app;
grant select on pos.item_preflights to tillwire_system;

create table pos.item_suggestion_runs (
  tenant_id uuid not null,
  connection_id uuid not null,
  channel text not null,
  stamp text not null,
  made_at timestamp with time zone not null,
  constraint item_suggestion_runs_pkey PRIMARY KEY (tenant_id, connection_id, channel)
);
alter table pos.item_suggestion_runs enable row level security;
alter table pos.item_suggestion_runs force row level security;
create policy across_tenants on pos.item_suggestion_runs for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.item_suggestion_runs for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant delete, insert, select, update on pos.item_suggestion_runs to tillwire_app;
grant select on pos.item_suggestion_runs to tillwire_system;

create table pos.item_suggestions (
  tenant_id uuid not null,
  connection_id uuid not null,
  channel text not null,
  item_id text not null,
  confidence real not null,
  pos_item_id text not null,
  candidates jsonb not null,
  constraint item_suggestions_pkey PRIMARY KEY (tenant_id, connection_id, channel, item_id),
  constraint item_suggestions_confidence_check CHECK (((confidence >= (0)::double precision) AND (confidence <= (1)::double precision)))
);
alter table pos.item_suggestions enable row level security;
alter table pos.item_suggestions force row level security;
create policy across_tenants on pos.item_suggestions for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.item_suggestions for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant delete, insert, select, update on pos.item_suggestions to tillwire_app;
grant select on pos.item_suggestions to tillwire_system;

create table pos.item_watches (
  tenant_id uuid not null,
  connection_id uuid not null,
  channel text not null,
  due_at timestamp with time zone not null,
  reason text not null,
  look_at timestamp with time zone not null,
  seen_stamp text,
  constraint item_watches_pkey PRIMARY KEY (tenant_id, connection_id, channel),
  constraint item_watches_reason_check CHECK ((reason = ANY (ARRAY['nightly'::text, 'catalogue'::text, 'mapping'::text, 'asked'::text]))),
  constraint item_watches_tenant_id_channel_fkey FOREIGN KEY (tenant_id, channel) REFERENCES pos.channels(tenant_id, channel)
);
CREATE INDEX item_watches_due ON pos.item_watches USING btree (due_at);
CREATE INDEX item_watches_look ON pos.item_watches USING btree (look_at);
alter table pos.item_watches enable row level security;
alter table pos.item_watches force row level security;
create policy across_tenants on pos.item_watches for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.item_watches for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant delete, insert, select, update on pos.item_watches to tillwire_app;
grant select, update on pos.item_watches to tillwire_system;

create table pos.monthly_items (
  tenant_id uuid not null,
  month date not null,
  site_id uuid not null,
  connection_id uuid not null,
  currency text not null,
  article_id uuid not null,
  pos_system text not null,
  lines bigint not null,
  quantity numeric not null,
  gross bigint not null,
  discount bigint not null,
  tax_included bigint not null,
  refunded_quantity numeric not null,
  refunded bigint not null,
  refunded_tax bigint not null,
  constraint monthly_items_pkey PRIMARY KEY (tenant_id, month, site_id, connection_id, currency, article_id)
);
alter table pos.monthly_items enable row level security;
alter table pos.monthly_items force row level security;
create policy across_tenants on pos.monthly_items for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.monthly_items for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant delete, insert, select, update on pos.monthly_items to tillwire_app;
grant select on pos.monthly_items to tillwire_system;

create table pos.notice_message_parts (
  tenant_id uuid not null,
  message_id uuid not null,
  notice_id uuid not null,
  person_id uuid not null,
  way text not null,
  constraint notice_message_parts_pkey PRIMARY KEY (tenant_id, message_id, notice_id),
  constraint notice_message_parts_tenant_id_message_id_fkey FOREIGN KEY (tenant_id, message_id) REFERENCES pos.notice_messages(tenant_id, id) ON DELETE CASCADE,
  constraint notice_message_parts_tenant_id_notice_id_fkey FOREIGN KEY (tenant_id, notice_id) REFERENCES pos.notices(tenant_id, id) ON DELETE CASCADE,
  constraint notice_message_parts_tenant_id_notice_id_person_id_way_key UNIQUE (tenant_id, notice_id, person_id, way)
);
alter table pos.notice_message_parts enable row level security;
alter table pos.notice_message_parts force row level security;
create policy across_tenants on pos.notice_message_parts for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.notice_message_parts for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant delete, insert, select on pos.notice_message_parts to tillwire_app;
grant select on pos.notice_message_parts to tillwire_system;

create table pos.notice_messages (
  tenant_id uuid not null,
  id uuid not null,
  person_id uuid not null,
  way text not null,
  state text not null,
  created_at timestamp with time zone not null,
  due_at timestamp with time zone,
  attempts integer not null default 0,
  claimed_by uuid,
  claimed_until timestamp with time zone,
  claim_no integer not null default 0,
  ended_at timestamp with time zone,
  code text,
  say text,
  constraint notice_messages_pkey PRIMARY KEY (tenant_id, id),
  constraint notice_messages_check CHECK (((state = 'waiting'::text) = (due_at IS NOT NULL))),
  constraint notice_messages_check1 CHECK (((claimed_by IS NULL) = (claimed_until IS NULL))),
  constraint notice_messages_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'sent'::text, 'failed'::text, 'unknown'::text]))),
  constraint notice_messages_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES hub.tenants(id),
  constraint notice_messages_way_check CHECK ((way = ANY (ARRAY['email'::text, 'whatsapp'::text])))
);
CREATE INDEX notice_messages_due ON pos.notice_messages USING btree (due_at) WHERE (state = 'waiting'::text);
CREATE INDEX notice_messages_newest ON pos.notice_messages USING btree (tenant_id, way, ended_at);
alter table pos.notice_messages enable row level security;
alter table pos.notice_messages force row level security;
create policy across_tenants on pos.notice_messages for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.notice_messages for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant delete, insert, select, update on pos.notice_messages to tillwire_app;
grant select, update on pos.notice_messages to tillwire_system;

create table pos.notice_preferences (
  tenant_id uuid not null,
  person_id uuid not null,
  kinds jsonb not null,
  quiet_from smallint,
  quiet_until smallint,
  time_zone text not null,
  urgent_at_once boolean not null,
  phone_sealed bytea,
  phone_agreed_at timestamp with time zone,
  updated_at timestamp with time zone not null,
  constraint notice_preferences_pkey PRIMARY KEY (tenant_id, person_id),
  constraint notice_preferences_check CHECK (((quiet_from IS NULL) = (quiet_until IS NULL))),
  constraint notice_preferences_check1 CHECK (((phone_sealed IS NULL) = (phone_agreed_at IS NULL))),
  constraint notice_preferences_quiet_from_check CHECK (((quiet_from >= 0) AND (quiet_from <= 1439))),
  constraint notice_preferences_quiet_until_check CHECK (((quiet_until >= 0) AND (quiet_until <= 1439))),
  constraint notice_preferences_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES hub.tenants(id)
);
alter table pos.notice_preferences enable row level security;
alter table pos.notice_preferences force row level security;
create policy across_tenants on pos.notice_preferences for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.notice_preferences for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant delete, insert, select, update on pos.notice_preferences to tillwire_app;
grant select on pos.notice_preferences to tillwire_system;

create table pos.notice_reads (
  tenant_id uuid not null,
  person_id uuid not null,
  notice_id uuid not null,
  read_at timestamp with time zone not null,
  constraint notice_reads_pkey PRIMARY KEY (tenant_id, person_id, notice_id),
  constraint notice_reads_tenant_id_notice_id_fkey FOREIGN KEY (tenant_id, notice_id) REFERENCES pos.notices(tenant_id, id) ON DELETE CASCADE
);
alter table pos.notice_reads enable row level security;
alter table pos.notice_reads force row level security;
create policy across_tenants on pos.notice_reads for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.notice_reads for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant delete, insert, select on pos.notice_reads to tillwire_app;
grant select on pos.notice_reads to tillwire_system;

create table pos.notices (
  tenant_id uuid not null,
  id uuid not null,
  kind text not null,
  key text not null,
  title text not null,
  say text not null,
  subject text not null,
  link text,
  task_id uuid,
  created_at timestamp with time zone not null,
  spread_at timestamp with time zone,
  constraint notices_pkey PRIMARY KEY (tenant_id, id),
  constraint notices_key_check CHECK ((key <> ''::text)),
  constraint notices_kind_check CHECK ((kind <> ''::text)),
  constraint notices_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES hub.tenants(id),
  constraint notices_tenant_id_key_key UNIQUE (tenant_id, key),
  constraint notices_title_check CHECK ((title <> ''::text))
);
CREATE INDEX notices_newest ON pos.notices USING btree (tenant_id, created_at, id);
CREATE INDEX notices_unspread ON pos.notices USING btree (tenant_id, created_at) WHERE (spread_at IS NULL);
alter table pos.notices enable row level security;
alter table pos.notices force row level security;
create policy across_tenants on pos.notices for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.notices for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant delete, insert, select, update on pos.notices to tillwire_app;
grant select on pos.notices to tillwire_system;

create table pos.oauth_attempts (
  tenant_id uuid not null,
  state_hash bytea not null,
  connection_id uuid,
  pos_system text not null,
  environment text not null,
  redirect_uri text not null,
  code_verifier_sealed bytea,
  browser_hash bytea,
  actor text not null,
  request_id text,
  wanted jsonb not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  constraint oauth_attempts_pkey PRIMARY KEY (tenant_id, state_hash),
  constraint oauth_attempts_environment_check CHECK ((environment = ANY (ARRAY['production'::text, 'sandbox'::text]))),
  constraint oauth_attempts_tenant_id_connection_id_fkey FOREIGN KEY (tenant_id, connection_id) REFERENCES pos.configurations(tenant_id, id),
  constraint oauth_attempts_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES hub.tenants(id)
);
CREATE INDEX oauth_attempts_expiry ON pos.oauth_attempts USING btree (expires_at);
CREATE UNIQUE INDEX oauth_attempts_state ON pos.oauth_attempts USING btree (state_hash);
alter table pos.oauth_attempts enable row level security;
alter table pos.oauth_attempts force row level security;
create policy across_tenants on pos.oauth_attempts for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.oauth_attempts for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant insert, select on pos.oauth_attempts to tillwire_app;
grant delete, select, update on pos.oauth_attempts to tillwire_system;

create table pos.order_history (
  tenant_id uuid not null,
  order_id uuid not null,
  id uuid not null,
  kind text not null,
  at timestamp with time zone not null,
  recorded_at timestamp with time zone not null,
  by text not null,
  progress text,
  moved boolean not null,
  ready_at timestamp with time zone,
  reason text,
  version integer,
  note bytea,
  constraint order_history_pkey PRIMARY KEY (tenant_id, order_id, id),
  constraint order_history_check CHECK (((kind = 'progress'::text) = (progress IS NOT NULL))),
  constraint order_history_kind_check CHECK ((kind = ANY (ARRAY['progress'::text, 'amended'::text, 'paid'::text, 'cancel_requested'::text, 'cancel_refused'::text]))),
  constraint order_history_tenant_id_order_id_fkey FOREIGN KEY (tenant_id, order_id) REFERENCES pos.orders(tenant_id, id)
);
alter table pos.order_history enable row level security;
alter table pos.order_history force row level security;
create policy across_tenants on pos.order_history for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.order_history for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant insert, select, update on pos.order_history to tillwire_app;
grant select on pos.order_history to tillwire_system;

create table pos.order_revisions (
  tenant_id uuid not null,
  order_id uuid not null,
  version integer not null,
  body jsonb not null,
  personal bytea,
  changed text[] not null,
  actor text not null,
  recorded_at timestamp with time zone not null,
  constraint order_revisions_pkey PRIMARY KEY (tenant_id, order_id, version),
  constraint order_revisions_tenant_id_order_id_fkey FOREIGN KEY (tenant_id, order_id) REFERENCES pos.orders(tenant_id, id),
  constraint order_revisions_version_check CHECK ((version > 0))
);
alter table pos.order_revisions enable row level security;
alter table pos.order_revisions force row level security;
create policy across_tenants on pos.order_revisions for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.order_revisions for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant insert, select, update on pos.order_revisions to tillwire_app;
grant select on pos.order_revisions to tillwire_system;

create table pos.orders (
  tenant_id uuid not null,
  id uuid not null,
  channel text not null,
  external_id text not null,
  number text not null,
  site_id uuid not null,
  placed_at timestamp with time zone not null,
  currency text not null,
  fulfilment text not null,
  promised_at timestamp with time zone,
  total bigint not null,
  lines smallint not null,
  payment_state text not null,
  test boolean not null,
  version integer not null,
  progress text not null,
  progress_at timestamp with time zone not null,
  ready_at timestamp with time zone,
  cancel_requested_at timestamp with time zone,
  cancel_reason text,
  handled_by text,
  created_by text not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint orders_pkey PRIMARY KEY (tenant_id, id),
  constraint orders_channel_check CHECK ((channel ~ '^[a-z0-9][a-z0-9-]{0,62}$'::text)),
  constraint orders_check CHECK (((cancel_requested_at IS NULL) OR (progress <> ALL (ARRAY['completed'::text, 'cancelled'::text])))),
  constraint orders_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
  constraint orders_external_id_check CHECK ((external_id <> ''::text)),
  constraint orders_fulfilment_check CHECK ((fulfilment = ANY (ARRAY['pickup'::text, 'delivery'::text, 'dine_in'::text]))),
  constraint orders_lines_check CHECK ((lines > 0)),
  constraint orders_payment_state_check CHECK ((payment_state = ANY (ARRAY['due'::text, 'paid'::text]))),
  constraint orders_progress_check CHECK ((progress = ANY (ARRAY['placed'::text, 'accepted'::text, 'preparing'::text, 'ready'::text, 'dispatched'::text, 'completed'::text, 'cancelled'::text]))),
  constraint orders_tenant_id_channel_external_id_key UNIQUE (tenant_id, channel, external_id),
  constraint orders_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES hub.tenants(id),
  constraint orders_tenant_id_site_id_fkey FOREIGN KEY (tenant_id, site_id) REFERENCES pos.sites(tenant_id, id),
  constraint orders_total_check CHECK ((total >= 0)),
  constraint orders_version_check CHECK ((version > 0))
) with (fillfactor=85);
CREATE INDEX orders_newest ON pos.orders USING btree (tenant_id, placed_at, id);
alter table pos.orders enable row level security;
alter table pos.orders force row level security;
create policy across_tenants on pos.orders for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.orders for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant insert, select, update on pos.orders to tillwire_app;
grant select on pos.orders to tillwire_system;

create table pos.push_attempts (
  tenant_id uuid not null,
  push_id uuid not null,
  no integer not null,
  step text not null,
  due_as text not null,
  retry_no integer not null,
  started_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  result text,
  error_code text,
  say text,
  constraint push_attempts_pkey PRIMARY KEY (tenant_id, push_id, no),
  constraint push_attempts_check CHECK (((ended_at IS NULL) = (result IS NULL))),
  constraint push_attempts_due_as_check CHECK ((due_as = ANY (ARRAY['first'::text, 'retry'::text, 'follow_up'::text]))),
  constraint push_attempts_no_check CHECK ((no > 0)),
  constraint push_attempts_step_check CHECK ((step = ANY (ARRAY['send'::text, 'look'::text, 'cancel'::text, 'amend'::text, 'report'::text]))),
  constraint push_attempts_tenant_id_push_id_fkey FOREIGN KEY (tenant_id, push_id) REFERENCES pos.pushes(tenant_id, id)
);
CREATE INDEX push_attempts_started ON pos.push_attempts USING btree (tenant_id, started_at);
alter table pos.push_attempts enable row level security;
alter table pos.push_attempts force row level security;
create policy across_tenants on pos.push_attempts for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.push_attempts for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant insert, select, update on pos.push_attempts to tillwire_app;
grant select on pos.push_attempts to tillwire_system;

create table pos.push_calls (
  tenant_id uuid not null,
  push_id uuid not null,
  attempt_no integer not null,
  no integer not null,
  name text not null,
  method text not null,
  path text not null,
  writes boolean not null,
  begun_at timestamp with time zone not null,
  request bytea,
  took_ms integer,
  status smallint,
  verdict text,
  never_sent boolean,
  answer bytea,
  constraint push_calls_pkey PRIMARY KEY (tenant_id, push_id, attempt_no, no),
  constraint push_calls_no_check CHECK ((no > 0)),
  constraint push_calls_tenant_id_push_id_attempt_no_fkey FOREIGN KEY (tenant_id, push_id, attempt_no) REFERENCES pos.push_attempts(tenant_id, push_id, no)
);
CREATE INDEX push_calls_begun ON pos.push_calls USING btree (begun_at);
alter table pos.push_calls enable row level security;
alter table pos.push_calls force row level security;
create policy across_tenants on pos.push_calls for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.push_calls for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant insert, select, update on pos.push_calls to tillwire_app;
grant select, update on pos.push_calls to tillwire_system;

create table pos.push_settings (
  tenant_id uuid not null,
  connection_id uuid not null,
  auto_sync_orders boolean not null,
  sync_customer_info boolean not null,
  updated_at timestamp with time zone not null,
  constraint push_settings_pkey PRIMARY KEY (tenant_id, connection_id),
  constraint push_settings_tenant_id_connection_id_fkey FOREIGN KEY (tenant_id, connection_id) REFERENCES pos.configurations(tenant_id, id)
);
alter table pos.push_settings enable row level security;
alter table pos.push_settings force row level security;
create policy across_tenants on pos.push_settings for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.push_settings for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant insert, select, update on pos.push_settings to tillwire_app;
grant select on pos.push_settings to tillwire_system;

create table pos.push_targets (
  tenant_id uuid not null,
  connection_id uuid not null,
  location text,
  active boolean not null,
  set_by text not null,
  set_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  constraint push_targets_pkey PRIMARY KEY (tenant_id),
  constraint push_targets_check CHECK ((active = (ended_at IS NULL))),
  constraint push_targets_tenant_id_connection_id_fkey FOREIGN KEY (tenant_id, connection_id) REFERENCES pos.configurations(tenant_id, id),
  constraint push_targets_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES hub.tenants(id)
);
alter table pos.push_targets enable row level security;
alter table pos.push_targets force row level security;
create policy across_tenants on pos.push_targets for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.push_targets for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant insert, select, update on pos.push_targets to tillwire_app;
grant select on pos.push_targets to tillwire_system;

create table pos.pushes (
  tenant_id uuid not null,
  id uuid not null,
  order_id uuid not null,
  connection_id uuid not null,
  pos_system text not null,
  test boolean not null default false,
  status text not null,
  outcome text,
  waits_for text,
  next_step text,
  due_as text not null default 'first'::text,
  due_at timestamp with time zone,
  promised_at timestamp with time zone not null,
  retry_count integer not null default 0,
  resends integer not null default 0,
  throttles integer not null default 0,
  follow_tries integer not null default 0,
  first_try_at timestamp with time zone,
  grid_at timestamp with time zone,
  first_sent_at timestamp with time zone,
  last_sent_at timestamp with time zone,
  intent bytea,
  order_version integer,
  total bigint not null,
  currency text not null,
  location text,
  pos_order_id text,
  pos_order_number text,
  pos_total bigint,
  wish text,
  wish_reason text,
  error_code text,
  error_message text,
  warnings jsonb not null default '[]'::jsonb,
  attempts integer not null default 0,
  claim_no integer not null default 0,
  claimed_until timestamp with time zone,
  created_at timestamp with time zone not null,
  moved_at timestamp with time zone not null,
  completed_at timestamp with time zone,
  constraint pushes_pkey PRIMARY KEY (tenant_id, id),
  constraint pushes_check CHECK (((status = ANY (ARRAY['success'::text, 'failed'::text])) = (completed_at IS NOT NULL))),
  constraint pushes_check1 CHECK (((status <> 'failed'::text) OR (error_code IS NOT NULL))),
  constraint pushes_check2 CHECK (((status <> 'success'::text) OR (pos_order_id IS NOT NULL))),
  constraint pushes_check3 CHECK (((outcome IS NULL) OR (status = ANY (ARRAY['syncing'::text, 'retry'::text])))),
  constraint pushes_check4 CHECK (((waits_for IS NULL) OR (status = 'retry'::text))),
  constraint pushes_check5 CHECK (((due_at IS NULL) OR (next_step IS NOT NULL))),
  constraint pushes_check6 CHECK (((first_sent_at IS NULL) = (last_sent_at IS NULL))),
  constraint pushes_check7 CHECK (((first_sent_at IS NULL) OR (intent IS NOT NULL))),
  constraint pushes_due_as_check CHECK ((due_as = ANY (ARRAY['first'::text, 'retry'::text, 'follow_up'::text]))),
  constraint pushes_next_step_check CHECK ((next_step = ANY (ARRAY['send'::text, 'look'::text, 'cancel'::text, 'amend'::text, 'report'::text]))),
  constraint pushes_outcome_check CHECK ((outcome = 'unknown'::text)),
  constraint pushes_pos_order_id_check CHECK ((pos_order_id <> ''::text)),
  constraint pushes_retry_count_check CHECK (((retry_count >= 0) AND (retry_count <= 12))),
  constraint pushes_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'syncing'::text, 'retry'::text, 'success'::text, 'failed'::text]))),
  constraint pushes_tenant_id_connection_id_fkey FOREIGN KEY (tenant_id, connection_id) REFERENCES pos.configurations(tenant_id, id),
  constraint pushes_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES hub.tenants(id),
  constraint pushes_tenant_id_order_id_connection_id_key UNIQUE (tenant_id, order_id, connection_id),
  constraint pushes_waits_for_check CHECK ((waits_for = ANY (ARRAY['person'::text, 'sign_in'::text]))),
  constraint pushes_wish_check CHECK ((wish = ANY (ARRAY['cancel'::text, 'amend'::text])))
) with (fillfactor=70);
CREATE INDEX pushes_due ON pos.pushes USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX pushes_due_of_connection ON pos.pushes USING btree (tenant_id, connection_id, due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX pushes_held ON pos.pushes USING btree (tenant_id, connection_id) WHERE (waits_for = 'sign_in'::text);
CREATE INDEX pushes_newest ON pos.pushes USING btree (tenant_id, created_at DESC, id DESC);
CREATE INDEX pushes_open ON pos.pushes USING btree (tenant_id, connection_id, total) WHERE ((status = ANY (ARRAY['syncing'::text, 'retry'::text])) AND (last_sent_at IS NOT NULL));
CREATE UNIQUE INDEX pushes_pos_order ON pos.pushes USING btree (tenant_id, connection_id, pos_order_id) WHERE (pos_order_id IS NOT NULL);
alter table pos.pushes enable row level security;
alter table pos.pushes force row level security;
create policy across_tenants on pos.pushes for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.pushes for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant insert, select, update on pos.pushes to tillwire_app;
grant select on pos.pushes to tillwire_system;

create table pos.refund_keys (
  tenant_id uuid not null,
  connection_id uuid not null,
  external_id text not null,
  refund_id uuid not null,
  filed_on date not null,
  constraint refund_keys_pkey PRIMARY KEY (tenant_id, connection_id, external_id)
);
alter table pos.refund_keys enable row level security;
alter table pos.refund_keys force row level security;
create policy across_tenants on pos.refund_keys for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.refund_keys for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant insert, select, update on pos.refund_keys to tillwire_app;
grant select on pos.refund_keys to tillwire_system;

create table pos.refund_revisions (
  tenant_id uuid not null,
  refund_id uuid not null,
  version integer not null,
  recorded_at timestamp with time zone not null,
  batch_id uuid,
  content_hash bytea not null,
  said jsonb,
  raw bytea,
  withdrawn_at timestamp with time zone,
  constraint refund_revisions_pkey PRIMARY KEY (tenant_id, refund_id, version)
);
CREATE INDEX refund_revisions_of_batch ON pos.refund_revisions USING btree (tenant_id, batch_id, refund_id) WHERE (withdrawn_at IS NULL);
alter table pos.refund_revisions enable row level security;
alter table pos.refund_revisions force row level security;
create policy across_tenants on pos.refund_revisions for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.refund_revisions for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant insert, select, update on pos.refund_revisions to tillwire_app;
grant select on pos.refund_revisions to tillwire_system;

create table pos.refunds (
  tenant_id uuid not null,
  id uuid not null,
  filed_on date not null,
  connection_id uuid not null,
  pos_system text not null,
  site_id uuid not null,
  external_id text not null,
  sale_id uuid,
  sale_external_id text,
  currency text not null,
  refunded_at timestamp with time zone not null,
  business_date date not null,
  business_hour smallint not null,
  amount bigint not null,
  tax bigint not null,
  tip bigint not null,
  tender text not null,
  reason text,
  items jsonb not null,
  unallocated bigint not null,
  batch_id uuid,
  recorded_at timestamp with time zone not null,
  constraint refunds_pkey PRIMARY KEY (tenant_id, id, filed_on),
  constraint refunds_business_hour_check CHECK (((business_hour >= 0) AND (business_hour <= 23)))
) partition by RANGE (filed_on);
CREATE INDEX refunds_by_day ON ONLY pos.refunds USING btree (tenant_id, business_date, refunded_at, id);
CREATE INDEX refunds_by_sale ON ONLY pos.refunds USING btree (tenant_id, sale_id);
CREATE INDEX refunds_unlinked ON ONLY pos.refunds USING btree (tenant_id, connection_id, sale_external_id) WHERE ((sale_id IS NULL) AND (sale_external_id IS NOT NULL));
alter table pos.refunds enable row level security;
alter table pos.refunds force row level security;
create policy across_tenants on pos.refunds for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.refunds for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant delete, insert, select, update on pos.refunds to tillwire_app;
grant select on pos.refunds to tillwire_system;

create table pos.sale_keys (
  tenant_id uuid not null,
  connection_id uuid not null,
  external_id text not null,
  sale_id uuid not null,
  filed_on date not null,
  version integer not null,
  versions integer not null,
  source_version bigint,
  source_updated_at timestamp with time zone,
  content_hash bytea not null,
  constraint sale_keys_pkey PRIMARY KEY (tenant_id, connection_id, external_id),
  constraint sale_keys_check CHECK (((versions >= version) AND (versions >= 1))),
  constraint sale_keys_version_check CHECK ((version >= 0))
);
alter table pos.sale_keys enable row level security;
alter table pos.sale_keys force row level security;
create policy across_tenants on pos.sale_keys for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.sale_keys for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant insert, select, update on pos.sale_keys to tillwire_app;
grant select on pos.sale_keys to tillwire_system;

create table pos.sale_revisions (
  tenant_id uuid not null,
  sale_id uuid not null,
  filed_on date not null,
  version integer not null,
  recorded_at timestamp with time zone not null,
  source_version bigint,
  source_updated_at timestamp with time zone,
  late boolean not null default false,
  batch_id uuid,
  source_rows integer[],
  raw bytea,
  part text,
  content_hash bytea,
  said jsonb,
  withdrawn_at timestamp with time zone,
  snapshot jsonb,
  constraint sale_revisions_pkey PRIMARY KEY (tenant_id, sale_id, filed_on, version),
  constraint sale_revisions_part_check CHECK ((part = ANY (ARRAY['whole'::text, 'items'::text, 'sale'::text, 'payments'::text])))
) partition by RANGE (filed_on);
CREATE INDEX sale_revisions_of_batch ON ONLY pos.sale_revisions USING brin (tenant_id, batch_id) WITH (autosummarize='on');
alter table pos.sale_revisions enable row level security;
alter table pos.sale_revisions force row level security;
create policy across_tenants on pos.sale_revisions for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.sale_revisions for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant insert, select, update on pos.sale_revisions to tillwire_app;
grant select on pos.sale_revisions to tillwire_system;

create table pos.sale_sightings (
  tenant_id uuid not null,
  sale_id uuid not null,
  filed_on date not null,
  version integer not null,
  batch_id uuid,
  source_version bigint,
  source_updated_at timestamp with time zone,
  after_versions integer not null,
  nth integer not null,
  constraint sale_sightings_pkey PRIMARY KEY (tenant_id, sale_id, after_versions, nth)
);
CREATE INDEX sale_sightings_of_batch ON pos.sale_sightings USING btree (tenant_id, batch_id);
alter table pos.sale_sightings enable row level security;
alter table pos.sale_sightings force row level security;
create policy across_tenants on pos.sale_sightings for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.sale_sightings for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant delete, insert, select on pos.sale_sightings to tillwire_app;
grant select on pos.sale_sightings to tillwire_system;

create table pos.schema_drift (
  tenant_id uuid not null,
  connection_id uuid not null,
  what text not null,
  path text not null,
  value text not null,
  readings bigint not null,
  subject text not null,
  first_at timestamp with time zone not null,
  last_at timestamp with time zone not null,
  constraint schema_drift_pkey PRIMARY KEY (tenant_id, connection_id, what, path, value),
  constraint schema_drift_what_check CHECK ((what = ANY (ARRAY['unknown_field'::text, 'unknown_value'::text, 'wrong_type'::text])))
) with (fillfactor=50);
alter table pos.schema_drift enable row level security;
alter table pos.schema_drift force row level security;
create policy across_tenants on pos.schema_drift for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.schema_drift for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant insert, select, update on pos.schema_drift to tillwire_app;
grant select on pos.schema_drift to tillwire_system;

create table pos.sites (
  tenant_id uuid not null,
  id uuid not null,
  name text not null,
  slug text not null,
  time_zone text not null,
  currency text not null,
  close_out_minutes smallint not null,
  created_at timestamp with time zone not null,
  constraint sites_pkey PRIMARY KEY (tenant_id, id),
  constraint sites_close_out_minutes_check CHECK (((close_out_minutes >= 0) AND (close_out_minutes <= 1439))),
  constraint sites_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
  constraint sites_name_check CHECK ((name <> ''::text)),
  constraint sites_slug_check CHECK ((slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'::text)),
  constraint sites_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES hub.tenants(id),
  constraint sites_tenant_id_slug_key UNIQUE (tenant_id, slug)
);
alter table pos.sites enable row level security;
alter table pos.sites force row level security;
create policy across_tenants on pos.sites for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.sites for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant insert, select, update on pos.sites to tillwire_app;
grant select on pos.sites to tillwire_system;

create table pos.source_facts (
  tenant_id uuid not null,
  connection_id uuid not null,
  fact text not null,
  external_id text not null,
  subject text not null,
  constraint source_facts_pkey PRIMARY KEY (tenant_id, connection_id, fact, external_id, subject),
  constraint source_facts_fact_check CHECK ((fact = ANY (ARRAY['sale'::text, 'refund'::text])))
);
alter table pos.source_facts enable row level security;
alter table pos.source_facts force row level security;
create policy across_tenants on pos.source_facts for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.source_facts for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant delete, insert, select on pos.source_facts to tillwire_app;
grant select on pos.source_facts to tillwire_system;

create table pos.source_links (
  tenant_id uuid not null,
  connection_id uuid not null,
  subject text not null,
  kind text not null,
  external_id text not null,
  role text not null,
  constraint source_links_pkey PRIMARY KEY (tenant_id, connection_id, subject, kind, external_id),
  constraint source_links_role_check CHECK ((role = ANY (ARRAY['part'::text, 'also'::text])))
);
CREATE INDEX source_links_of_record ON pos.source_links USING btree (tenant_id, connection_id, kind, external_id);
alter table pos.source_links enable row level security;
alter table pos.source_links force row level security;
create policy across_tenants on pos.source_links for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.source_links for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant delete, insert, select, update on pos.source_links to tillwire_app;
grant select on pos.source_links to tillwire_system;

create table pos.source_record_versions (
  tenant_id uuid not null,
  connection_id uuid not null,
  kind text not null,
  external_id text not null,
  content_hash bytea not null,
  version bigint,
  updated_at timestamp with time zone,
  seen_at timestamp with time zone not null,
  told_by text not null,
  deleted boolean not null,
  late boolean not null,
  body bytea not null,
  recorded_at timestamp with time zone not null,
  constraint source_record_versions_pkey PRIMARY KEY (tenant_id, connection_id, kind, external_id, content_hash),
  constraint source_record_versions_told_by_check CHECK ((told_by = ANY (ARRAY['webhook'::text, 'pull'::text, 'fetch'::text])))
);
alter table pos.source_record_versions enable row level security;
alter table pos.source_record_versions force row level security;
create policy across_tenants on pos.source_record_versions for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.source_record_versions for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant insert, select on pos.source_record_versions to tillwire_app;
grant select on pos.source_record_versions to tillwire_system;

create table pos.source_records (
  tenant_id uuid not null,
  connection_id uuid not null,
  kind text not null,
  external_id text not null,
  version bigint,
  updated_at timestamp with time zone,
  seen_at timestamp with time zone not null,
  told_by text not null,
  deleted boolean not null,
  location text,
  content_hash bytea not null,
  body bytea not null,
  recorded_at timestamp with time zone not null,
  constraint source_records_pkey PRIMARY KEY (tenant_id, connection_id, kind, external_id),
  constraint source_records_told_by_check CHECK ((told_by = ANY (ARRAY['webhook'::text, 'pull'::text, 'fetch'::text])))
) with (fillfactor=85);
alter table pos.source_records enable row level security;
alter table pos.source_records force row level security;
create policy across_tenants on pos.source_records for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.source_records for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant insert, select, update on pos.source_records to tillwire_app;
grant select on pos.source_records to tillwire_system;

create table pos.source_subjects (
  tenant_id uuid not null,
  connection_id uuid not null,
  subject text not null,
  state text not null,
  sales text[] not null default '{}'::text[],
  refunds text[] not null default '{}'::text[],
  updated_at timestamp with time zone,
  settling text,
  read_at timestamp with time zone,
  code text,
  say text,
  constraint source_subjects_pkey PRIMARY KEY (tenant_id, connection_id, subject),
  constraint source_subjects_check CHECK (((state = 'quarantined'::text) = (code IS NOT NULL))),
  constraint source_subjects_state_check CHECK ((state = ANY (ARRAY['new'::text, 'filed'::text, 'unplaced'::text, 'quarantined'::text])))
) with (fillfactor=70);
CREATE INDEX source_subjects_unfiled ON pos.source_subjects USING btree (tenant_id, connection_id, state, subject) WHERE (state = ANY (ARRAY['unplaced'::text, 'quarantined'::text]));
alter table pos.source_subjects enable row level security;
alter table pos.source_subjects force row level security;
create policy across_tenants on pos.source_subjects for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.source_subjects for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant insert, select, update on pos.source_subjects to tillwire_app;
grant select on pos.source_subjects to tillwire_system;

create table pos.sync_logs (
  tenant_id uuid not null,
  id uuid not null,
  connection_id uuid not null,
  mode text not null,
  lane text not null,
  data_types text[] not null,
  locations text[],
  from_at timestamp with time zone,
  to_at timestamp with time zone not null,
  state text not null,
  started_by text not null,
  request_id text,
  plan jsonb not null default '{}'::jsonb,
  pages bigint not null default 0,
  records bigint not null default 0,
  calls bigint not null default 0,
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
  failed bigint not null default 0,
  unplaced bigint not null default 0,
  windows_done integer not null default 0,
  windows_failed integer not null default 0,
  error_code text,
  error text,
  tries integer not null default 0,
  due_at timestamp with time zone,
  claimed_until timestamp with time zone,
  claim_no integer not null default 0,
  woken_at timestamp with time zone,
  created_at timestamp with time zone not null,
  started_at timestamp with time zone,
  moved_at timestamp with time zone not null,
  finished_at timestamp with time zone,
  constraint sync_logs_pkey PRIMARY KEY (tenant_id, id),
  constraint sync_logs_check CHECK (((from_at IS NULL) OR (from_at <= to_at))),
  constraint sync_logs_check1 CHECK (((finished_at IS NOT NULL) = (state = ANY (ARRAY['done'::text, 'partial'::text, 'failed'::text, 'cancelled'::text])))),
  constraint sync_logs_check2 CHECK (((state <> ALL (ARRAY['failed'::text, 'partial'::text])) OR (error_code IS NOT NULL))),
  constraint sync_logs_check3 CHECK (((error_code IS NULL) = (error IS NULL))),
  constraint sync_logs_data_types_check CHECK ((cardinality(data_types) > 0)),
  constraint sync_logs_lane_check CHECK ((lane = ANY (ARRAY['news'::text, 'again'::text, 'past'::text]))),
  constraint sync_logs_mode_check CHECK ((mode = ANY (ARRAY['incremental'::text, 'full'::text, 'backfill'::text, 'nightly'::text, 'gap'::text]))),
  constraint sync_logs_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'running'::text, 'waiting'::text, 'done'::text, 'partial'::text, 'failed'::text, 'cancelled'::text]))),
  constraint sync_logs_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES hub.tenants(id)
);
CREATE INDEX sync_logs_ended ON pos.sync_logs USING btree (finished_at) WHERE (finished_at IS NOT NULL);
CREATE INDEX sync_logs_newest ON pos.sync_logs USING btree (tenant_id, connection_id, created_at DESC, id DESC);
CREATE UNIQUE INDEX sync_logs_one_a_lane ON pos.sync_logs USING btree (tenant_id, connection_id, lane) WHERE (state = ANY (ARRAY['queued'::text, 'running'::text, 'waiting'::text]));
CREATE INDEX sync_logs_unfinished ON pos.sync_logs USING btree (woken_at) WHERE (state = ANY (ARRAY['queued'::text, 'running'::text, 'waiting'::text]));
alter table pos.sync_logs enable row level security;
alter table pos.sync_logs force row level security;
create policy across_tenants on pos.sync_logs for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.sync_logs for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant insert, select, update on pos.sync_logs to tillwire_app;
grant delete, select, update on pos.sync_logs to tillwire_system;

create table pos.sync_positions (
  tenant_id uuid not null,
  connection_id uuid not null,
  stream text not null,
  location text not null,
  read_to timestamp with time zone not null,
  read_from timestamp with time zone not null,
  past text not null,
  constraint sync_positions_pkey PRIMARY KEY (tenant_id, connection_id, stream, location),
  constraint sync_positions_past_check CHECK ((past = ANY (ARRAY['unfinished'::text, 'wanted'::text, 'horizon'::text, 'exhausted'::text, 'whole'::text])))
);
alter table pos.sync_positions enable row level security;
alter table pos.sync_positions force row level security;
create policy across_tenants on pos.sync_positions for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.sync_positions for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant delete, insert, select, update on pos.sync_positions to tillwire_app;
grant select on pos.sync_positions to tillwire_system;

create table pos.sync_schedules (
  tenant_id uuid not null,
  connection_id uuid not null,
  due_at timestamp with time zone not null,
  news_at timestamp with time zone not null,
  catalog_at timestamp with time zone not null,
  nightly_at timestamp with time zone not null,
  past_at timestamp with time zone,
  past_tries integer not null default 0,
  catalog_kinds text[] not null default '{}'::text[],
  constraint sync_schedules_pkey PRIMARY KEY (tenant_id, connection_id)
);
CREATE INDEX sync_schedules_due ON pos.sync_schedules USING btree (due_at);
alter table pos.sync_schedules enable row level security;
alter table pos.sync_schedules force row level security;
create policy across_tenants on pos.sync_schedules for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.sync_schedules for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant delete, insert, select, update on pos.sync_schedules to tillwire_app;
grant select, update on pos.sync_schedules to tillwire_system;

create table pos.sync_windows (
  tenant_id uuid not null,
  sync_id uuid not null,
  no integer not null,
  data_type text not null,
  round integer not null,
  stage smallint not null,
  stream text not null,
  by text not null,
  from_at timestamp with time zone not null,
  to_at timestamp with time zone not null,
  locations text[],
  state text not null,
  walk_from_at timestamp with time zone not null,
  cursor text,
  reached_at timestamp with time zone,
  pages integer not null default 0,
  records bigint not null default 0,
  counted bigint not null default 0,
  begun_at timestamp with time zone,
  tries integer not null default 0,
  due_at timestamp with time zone,
  error_code text,
  error text,
  finished_at timestamp with time zone,
  constraint sync_windows_pkey PRIMARY KEY (tenant_id, sync_id, no),
  constraint sync_windows_by_check CHECK ((by = ANY (ARRAY['created'::text, 'updated'::text, 'whole'::text]))),
  constraint sync_windows_check CHECK ((from_at <= to_at)),
  constraint sync_windows_check1 CHECK (((finished_at IS NOT NULL) = (state <> 'open'::text))),
  constraint sync_windows_check2 CHECK (((state <> 'failed'::text) OR (error_code IS NOT NULL))),
  constraint sync_windows_no_check CHECK ((no > 0)),
  constraint sync_windows_state_check CHECK ((state = ANY (ARRAY['open'::text, 'done'::text, 'failed'::text]))),
  constraint sync_windows_tenant_id_sync_id_fkey FOREIGN KEY (tenant_id, sync_id) REFERENCES pos.sync_logs(tenant_id, id)
);
CREATE INDEX sync_windows_open ON pos.sync_windows USING btree (tenant_id, sync_id, no) WHERE (state = 'open'::text);
alter table pos.sync_windows enable row level security;
alter table pos.sync_windows force row level security;
create policy across_tenants on pos.sync_windows for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.sync_windows for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant delete, insert, select, update on pos.sync_windows to tillwire_app;
grant delete, select on pos.sync_windows to tillwire_system;

create table pos.tasks (
  tenant_id uuid not null,
  id uuid not null,
  kind text not null,
  key text not null,
  title text not null,
  say text not null,
  subject text not null,
  link text,
  data jsonb not null default '{}'::jsonb,
  state text not null,
  times integer not null default 1,
  raised_at timestamp with time zone not null,
  raised_again_at timestamp with time zone,
  assigned_to uuid,
  settled_at timestamp with time zone,
  settled_by text,
  settled_how text,
  note text,
  constraint tasks_pkey PRIMARY KEY (tenant_id, id),
  constraint tasks_check CHECK (((state = 'settled'::text) = (settled_at IS NOT NULL))),
  constraint tasks_key_check CHECK ((key <> ''::text)),
  constraint tasks_kind_check CHECK ((kind <> ''::text)),
  constraint tasks_state_check CHECK ((state = ANY (ARRAY['open'::text, 'settled'::text]))),
  constraint tasks_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES hub.tenants(id),
  constraint tasks_title_check CHECK ((title <> ''::text))
);
CREATE INDEX tasks_newest ON pos.tasks USING btree (tenant_id, raised_at, id);
CREATE UNIQUE INDEX tasks_open ON pos.tasks USING btree (tenant_id, key) WHERE (state = 'open'::text);
alter table pos.tasks enable row level security;
alter table pos.tasks force row level security;
create policy across_tenants on pos.tasks for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.tasks for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant insert, select, update on pos.tasks to tillwire_app;
grant select on pos.tasks to tillwire_system;

create table pos.transaction_items (
  tenant_id uuid not null,
  sale_id uuid not null,
  filed_on date not null,
  "position" smallint not null,
  kind text not null,
  external_id text,
  article_id uuid not null,
  sku text,
  name text,
  variant text,
  category text,
  quantity numeric not null,
  unit_price bigint,
  gross bigint,
  discount bigint not null,
  modifiers jsonb,
  taxes jsonb,
  constraint transaction_items_pkey PRIMARY KEY (tenant_id, sale_id, filed_on, "position"),
  constraint transaction_items_kind_check CHECK ((kind = ANY (ARRAY['article'::text, 'gift_card'::text])))
) partition by RANGE (filed_on);
alter table pos.transaction_items enable row level security;
alter table pos.transaction_items force row level security;
create policy across_tenants on pos.transaction_items for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.transaction_items for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant delete, insert, select on pos.transaction_items to tillwire_app;
grant select on pos.transaction_items to tillwire_system;

create table pos.transaction_payments (
  tenant_id uuid not null,
  sale_id uuid not null,
  filed_on date not null,
  "position" smallint not null,
  external_id text,
  tender text not null,
  brand text,
  last4 text,
  amount bigint not null,
  tip bigint not null,
  fee bigint,
  paid_at timestamp with time zone,
  constraint transaction_payments_pkey PRIMARY KEY (tenant_id, sale_id, filed_on, "position"),
  constraint transaction_payments_last4_check CHECK ((last4 ~ '^[0-9]{4}$'::text))
) partition by RANGE (filed_on);
alter table pos.transaction_payments enable row level security;
alter table pos.transaction_payments force row level security;
create policy across_tenants on pos.transaction_payments for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.transaction_payments for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant delete, insert, select on pos.transaction_payments to tillwire_app;
grant select on pos.transaction_payments to tillwire_system;

create table pos.transactions (
  tenant_id uuid not null,
  id uuid not null,
  filed_on date not null,
  connection_id uuid not null,
  pos_system text not null,
  site_id uuid not null,
  external_id text not null,
  version integer not null,
  number text,
  register text,
  staff text,
  channel text,
  customer text,
  status text not null,
  currency text not null,
  opened_at timestamp with time zone not null,
  closed_at timestamp with time zone,
  sold_at timestamp with time zone not null,
  time_precision text not null,
  business_date date not null,
  business_hour smallint not null,
  gross bigint,
  discount bigint not null,
  tax_added bigint not null,
  tax_included bigint not null,
  service_charge bigint not null,
  tip bigint not null,
  rounding bigint not null,
  deferred bigint not null,
  total bigint,
  refunded bigint not null default 0,
  identity text not null,
  difference bigint,
  batch_id uuid,
  recorded_at timestamp with time zone not null,
  constraint transactions_pkey PRIMARY KEY (tenant_id, id, filed_on),
  constraint transactions_business_hour_check CHECK (((business_hour >= 0) AND (business_hour <= 23))),
  constraint transactions_check CHECK (((identity <> 'holds'::text) OR (total = ((((((gross - discount) + tax_added) + service_charge) + tip) + rounding) + deferred)))),
  constraint transactions_check1 CHECK ((((status = 'open'::text) = (closed_at IS NULL)) OR (status = 'voided'::text))),
  constraint transactions_identity_check CHECK ((identity = ANY (ARRAY['holds'::text, 'differs'::text, 'incomplete'::text]))),
  constraint transactions_status_check CHECK ((status = ANY (ARRAY['open'::text, 'closed'::text, 'voided'::text]))),
  constraint transactions_time_precision_check CHECK ((time_precision = ANY (ARRAY['instant'::text, 'day'::text])))
) partition by RANGE (filed_on);
CREATE INDEX transactions_by_day ON ONLY pos.transactions USING btree (tenant_id, business_date, sold_at, id);
alter table pos.transactions enable row level security;
alter table pos.transactions force row level security;
create policy across_tenants on pos.transactions for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.transactions for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant delete, insert, select, update on pos.transactions to tillwire_app;
grant select on pos.transactions to tillwire_system;

create table pos.webhook_endpoints (
  tenant_id uuid not null,
  connection_id uuid not null,
  url text not null,
  subscription_id text,
  secret_sealed bytea,
  secret_before_sealed bytea,
  secret_before_until timestamp with time zone,
  state text not null,
  reason text,
  attempts integer not null default 0,
  checked_at timestamp with time zone,
  due_at timestamp with time zone,
  constraint webhook_endpoints_pkey PRIMARY KEY (tenant_id, connection_id),
  constraint webhook_endpoints_state_check CHECK ((state = ANY (ARRAY['off'::text, 'waiting'::text, 'subscribed'::text, 'manual'::text, 'missing'::text, 'disabled'::text, 'elsewhere'::text, 'unreachable'::text, 'failed'::text, 'left'::text]))),
  constraint webhook_endpoints_tenant_id_connection_id_fkey FOREIGN KEY (tenant_id, connection_id) REFERENCES pos.configurations(tenant_id, id)
);
CREATE INDEX webhook_endpoints_due ON pos.webhook_endpoints USING btree (due_at) WHERE (due_at IS NOT NULL);
alter table pos.webhook_endpoints enable row level security;
alter table pos.webhook_endpoints force row level security;
create policy across_tenants on pos.webhook_endpoints for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.webhook_endpoints for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant insert, select, update on pos.webhook_endpoints to tillwire_app;
grant select, update on pos.webhook_endpoints to tillwire_system;

create table pos.webhook_logs (
  tenant_id uuid not null,
  connection_id uuid not null,
  event_key text not null,
  id uuid not null,
  pos_system text not null,
  event_id text,
  type text not null,
  occurred_at timestamp with time zone,
  received_at timestamp with time zone not null,
  headers jsonb not null,
  body bytea not null,
  body_bytes integer not null,
  outcome text not null,
  repeats integer not null default 0,
  repeated_at timestamp with time zone,
  attempts integer not null default 0,
  due_at timestamp with time zone,
  claimed_by uuid,
  claimed_until timestamp with time zone,
  claim_no integer not null default 0,
  processed_at timestamp with time zone,
  code text,
  say text,
  subjects text[] not null default '{}'::text[],
  again boolean not null default false,
  constraint webhook_logs_pkey PRIMARY KEY (tenant_id, connection_id, event_key),
  constraint webhook_logs_check CHECK (((outcome = 'received'::text) = (due_at IS NOT NULL))),
  constraint webhook_logs_check1 CHECK (((outcome = 'received'::text) = (processed_at IS NULL))),
  constraint webhook_logs_check2 CHECK (((claimed_by IS NULL) = (claimed_until IS NULL))),
  constraint webhook_logs_outcome_check CHECK ((outcome = ANY (ARRAY['received'::text, 'processed'::text, 'ignored'::text, 'failed'::text]))),
  constraint webhook_logs_tenant_id_connection_id_id_key UNIQUE (tenant_id, connection_id, id)
) with (fillfactor=85);
CREATE INDEX webhook_logs_due ON pos.webhook_logs USING btree (tenant_id, connection_id, due_at) WHERE (outcome = 'received'::text);
CREATE INDEX webhook_logs_newest ON pos.webhook_logs USING btree (tenant_id, connection_id, received_at, id);
alter table pos.webhook_logs enable row level security;
alter table pos.webhook_logs force row level security;
create policy across_tenants on pos.webhook_logs for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.webhook_logs for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant insert, select, update on pos.webhook_logs to tillwire_app;
grant insert, select, update on pos.webhook_logs to tillwire_system;

create table pos.withdrawals (
  tenant_id uuid not null,
  batch_id uuid not null,
  filed_on date not null,
  sale_id uuid not null,
  constraint withdrawals_pkey PRIMARY KEY (tenant_id, batch_id, filed_on, sale_id)
);
alter table pos.withdrawals enable row level security;
alter table pos.withdrawals force row level security;
create policy across_tenants on pos.withdrawals for all to tillwire_system using (true) with check (true);
create policy tenant_wall on pos.withdrawals for all to tillwire_app using (tenant_id = ( SELECT hub.current_tenant() AS current_tenant)) with check (tenant_id = ( SELECT hub.current_tenant() AS current_tenant));
grant delete, insert, select on pos.withdrawals to tillwire_app;
grant select on pos.withdrawals to tillwire_system;

create view pos.connection_articles with (security_invoker=true) as
 SELECT tenant_id,
    connection_id,
    external_id,
    kind,
    parent_external_id,
    name,
    variant,
    sku,
    barcode,
    category,
    price,
    currency,
    deleted
   FROM pos.catalog_articles;
grant select on pos.connection_articles to tillwire_app;

create view pos.daily_figures with (security_invoker=true) as
 SELECT tenant_id,
    business_date,
    site_id,
    connection_id,
    currency,
    pos_system,
    sales,
    unpriced,
    voided,
    units,
    gross,
    discount,
    tax_added,
    tax_included,
    service_charge,
    tip,
    rounding,
    deferred,
    total,
    refunds,
    refunded,
    refunded_tax,
    refunded_tip
   FROM pos.daily_sales;
grant select on pos.daily_figures to tillwire_app;

create view pos.hourly_figures with (security_invoker=true) as
 SELECT tenant_id,
    business_date,
    hour,
    site_id,
    connection_id,
    currency,
    pos_system,
    sales,
    unpriced,
    voided,
    units,
    gross,
    discount,
    tax_added,
    tax_included,
    service_charge,
    tip,
    rounding,
    deferred,
    total,
    refunds,
    refunded,
    refunded_tax,
    refunded_tip
   FROM pos.hourly_sales;
grant select on pos.hourly_figures to tillwire_app;

create view pos.item_figures with (security_invoker=true) as
 SELECT i.tenant_id,
    i.business_date,
    i.site_id,
    i.connection_id,
    i.currency,
    i.article_id,
    i.pos_system,
    i.lines,
    i.quantity,
    i.gross,
    i.discount,
    i.tax_included,
    i.refunded_quantity,
    i.refunded,
    i.refunded_tax,
    a.name,
    a.variant,
    a.category,
    a.sku
   FROM pos.daily_items i
     JOIN pos.articles a ON a.tenant_id = i.tenant_id AND a.id = i.article_id;
grant select on pos.item_figures to tillwire_app;

create view pos.item_month_figures with (security_invoker=true) as
 SELECT m.tenant_id,
    m.month,
    m.site_id,
    m.connection_id,
    m.currency,
    m.article_id,
    m.pos_system,
    m.lines,
    m.quantity,
    m.gross,
    m.discount,
    m.tax_included,
    m.refunded_quantity,
    m.refunded,
    m.refunded_tax,
    a.name,
    a.variant,
    a.category,
    a.sku
   FROM pos.monthly_items m
     JOIN pos.articles a ON a.tenant_id = m.tenant_id AND a.id = m.article_id;
grant select on pos.item_month_figures to tillwire_app;

create view pos.open_connections with (security_invoker=true) as
 SELECT tenant_id,
    id
   FROM pos.configurations
  WHERE state <> 'disconnected'::text;
grant select on pos.open_connections to tillwire_app;
grant select on pos.open_connections to tillwire_system;

create view pos.sold_lines with (security_invoker=true) as
 SELECT tenant_id,
    sale_id,
    filed_on,
    "position",
    article_id,
    name,
    quantity
   FROM pos.transaction_items
  WHERE kind = 'article'::text;
grant select on pos.sold_lines to tillwire_app;

create view pos.sold_sales with (security_invoker=true) as
 SELECT tenant_id,
    id,
    filed_on,
    business_date,
    business_hour,
    site_id,
    connection_id,
    pos_system,
    currency,
    sold_at,
    status,
    customer,
    gross,
    total,
    recorded_at
   FROM pos.transactions;
grant select on pos.sold_sales to tillwire_app;

create view pos.tender_figures with (security_invoker=true) as
 SELECT tenant_id,
    business_date,
    site_id,
    connection_id,
    currency,
    tender,
    pos_system,
    payments,
    amount,
    tip,
    refunds,
    refunded
   FROM pos.daily_tenders;
grant select on pos.tender_figures to tillwire_app;
