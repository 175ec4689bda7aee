-- The door to the job queue. Its tables belong to the owner and are made by the library after these steps; a tenant's
-- role owns nothing and may not touch them, so it adds a job through this function. The body is plpgsql, which looks
-- the library's function up when it runs and not when it is made.
-- An older program may still run on this schema.

create function hub.enqueue(
  task text,
  work jsonb,
  job_key text default null,
  queue_name text default null,
  run_at timestamptz default null,
  max_attempts integer default null,
  priority integer default null,
  for_tenant uuid default null
) returns void
  language plpgsql
  security definer
  set search_path = pg_catalog, pg_temp
as $$
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
end $$;
revoke execute on function hub.enqueue(text, jsonb, text, text, timestamptz, integer, integer, uuid) from public;
grant execute on function hub.enqueue(text, jsonb, text, text, timestamptz, integer, integer, uuid)
  to tillwire_app, tillwire_system;
