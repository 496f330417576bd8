-- Everything around the schemas that isn't a table of Django's: rights, the shared counters, the founding of a tenant.
-- Run by the upgrade as the owner, after the migrations of public; it may run any number of times.
-- {control}, {tenant} and {application} stand for the installation's roles.

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO {control}, {tenant};
GRANT SELECT ON public.django_migrations, public.tenants_domain TO {control};
GRANT SELECT, INSERT, UPDATE, DELETE ON public.tenants_tenant, public.tenants_domain, public.tenants_domainclaim,
    public.tenants_membership, public.tenants_invitation, public.tenants_installationsettings,
    public.figures_installation_tenantsize,
    public.django_tasks_database_dbtaskresult TO {control};
GRANT SELECT, INSERT ON public.tenants_installationevent TO {control};
GRANT SELECT ON public.logs_installation_seal TO {control};
GRANT SELECT, INSERT, UPDATE ON public.logs_installation_check TO {control};

-- Jobs: inserted by the tenant's own role in the transaction of the data they belong to. The owner of a job is the role
-- that inserted it, a column it may not write.
ALTER TABLE public.django_tasks_database_dbtaskresult ADD COLUMN IF NOT EXISTS tenant name NOT NULL DEFAULT current_user;
GRANT SELECT, INSERT (id, status, enqueued_at, started_at, finished_at, args_kwargs, priority, task_path, worker_ids,
    queue_name, backend_name, run_after, return_value, exception_class_path, traceback)
    ON public.django_tasks_database_dbtaskresult TO {tenant};
ALTER TABLE public.django_tasks_database_dbtaskresult ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS own ON public.django_tasks_database_dbtaskresult;
CREATE POLICY own ON public.django_tasks_database_dbtaskresult TO {tenant}
    USING (tenant = current_user)
    WITH CHECK (
        tenant = current_user AND status = 'READY' AND worker_ids = '[]' AND coalesce(return_value, 'null') = 'null'
        AND exception_class_path = '' AND traceback = ''
    );
DROP POLICY IF EXISTS house ON public.django_tasks_database_dbtaskresult;
CREATE POLICY house ON public.django_tasks_database_dbtaskresult TO {control} USING (true) WITH CHECK (true);

-- What no worker could read isn't kept: one such row would stop the jobs of all. Arguments are plain values by name or place.
ALTER TABLE public.django_tasks_database_dbtaskresult DROP CONSTRAINT IF EXISTS can_be_read;
ALTER TABLE public.django_tasks_database_dbtaskresult ADD CONSTRAINT can_be_read CHECK (
    status IN ('READY', 'RUNNING', 'FAILED', 'SUCCESSFUL')
    AND backend_name = 'default'
    AND length(task_path) <= 200
    AND length(args_kwargs::text) <= 4000
    AND args_kwargs - 'args' - 'kwargs' = '{}'
    AND coalesce(jsonb_typeof(args_kwargs->'args'), '') = 'array'
    AND coalesce(jsonb_typeof(args_kwargs->'kwargs'), '') = 'object'
    AND NOT jsonb_path_exists(args_kwargs, '$.args[*] ? (@.type() == "object" || @.type() == "array")')
    AND NOT jsonb_path_exists(args_kwargs, '$.kwargs.* ? (@.type() == "object" || @.type() == "array")')
    AND jsonb_typeof(worker_ids) = 'array'
    AND run_after BETWEEN '0001-01-02' AND '9999-12-30' AND enqueued_at BETWEEN '0001-01-02' AND '9999-12-30'
);

-- Counted attempts. No role may touch the table; the function counts for whoever the connection serves.
CREATE UNLOGGED TABLE IF NOT EXISTS public.counted_attempts (
    scope name NOT NULL,
    key text NOT NULL,
    attempts integer NOT NULL,
    expires timestamptz NOT NULL,
    PRIMARY KEY (scope, key)
);
CREATE INDEX IF NOT EXISTS counted_attempts_expires ON public.counted_attempts (expires);

CREATE OR REPLACE FUNCTION public.count_attempt(
    counted text, window_seconds integer, everywhere boolean, OUT attempts integer, OUT remaining integer
) LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO public.counted_attempts AS c (scope, key, attempts, expires)
    VALUES (CASE WHEN everywhere THEN '*' ELSE current_setting('role') END, counted, 1,
            clock_timestamp() + make_interval(secs => window_seconds))
    ON CONFLICT (scope, key) DO UPDATE SET
        attempts = CASE WHEN c.expires <= clock_timestamp() THEN 1 ELSE c.attempts + 1 END,
        expires = CASE WHEN c.expires <= clock_timestamp() THEN excluded.expires ELSE c.expires END
    RETURNING c.attempts, ceil(extract(epoch FROM c.expires - clock_timestamp()))::integer
$$;
REVOKE ALL ON FUNCTION public.count_attempt FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.count_attempt TO {control}, {tenant};

CREATE OR REPLACE FUNCTION public.give_back_attempt(counted text, everywhere boolean) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE public.counted_attempts SET attempts = attempts - 1
    WHERE scope = CASE WHEN everywhere THEN '*' ELSE current_setting('role') END AND key = counted AND attempts > 0
$$;
REVOKE ALL ON FUNCTION public.give_back_attempt FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.give_back_attempt TO {control}, {tenant};

-- How far a limit is used up, without counting; and beginning it anew, for somebody who was kept out by mistake.
CREATE OR REPLACE FUNCTION public.attempts_counted(
    counted text, everywhere boolean, OUT attempts integer, OUT remaining integer
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT c.attempts, ceil(extract(epoch FROM c.expires - clock_timestamp()))::integer
    FROM public.counted_attempts c
    WHERE c.scope = CASE WHEN everywhere THEN '*' ELSE current_setting('role') END AND c.key = counted
        AND c.expires > clock_timestamp()
$$;
REVOKE ALL ON FUNCTION public.attempts_counted FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.attempts_counted TO {control}, {tenant};

CREATE OR REPLACE FUNCTION public.forget_attempts(counted text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    DELETE FROM public.counted_attempts WHERE scope = current_setting('role') AND key = counted
$$;
REVOKE ALL ON FUNCTION public.forget_attempts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.forget_attempts TO {control}, {tenant};

CREATE OR REPLACE FUNCTION public.forget_old_attempts() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    DELETE FROM public.counted_attempts WHERE expires < now()
$$;
REVOKE ALL ON FUNCTION public.forget_old_attempts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.forget_old_attempts TO {control};

-- Events go when their time is over, and in no other way: no tenant's role may take any back, and what happened in the
-- last week (for administration, in the last 30 days) stays whoever asks. They go with the seals that name them, which
-- stay, without what they said of each event; a seal about anything younger is left as it is. The schema public is for
-- the events of the installation.
CREATE OR REPLACE FUNCTION public.prune_sealed_events(
    of_schema text, of_category text, older_than timestamptz, first_seal bigint, last_seal bigint
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    log text := format('%I.audit_event', of_schema);
    seals text := format('%I.logs_seal', of_schema);
    of_it text := 'category = $1';
    -- All that a seal is about has to be old, not only what is deleted.
    old_seals text := 'category = $1 AND number BETWEEN $3 AND $4 AND newest_at < $2';
    pruned integer;
BEGIN
    IF of_schema = 'public' THEN
        log := 'public.tenants_installationevent';
        seals := 'public.logs_installation_seal';
        of_it := '$1 = ''administration''';
    ELSIF of_schema !~ '^t_[a-z2-7]{20}$' THEN
        RAISE EXCEPTION 'not the name of a tenant schema: %', of_schema;
    END IF;
    IF older_than > now() - (CASE of_category WHEN 'activity' THEN interval '7 days' ELSE interval '30 days' END) THEN
        RAISE EXCEPTION 'these events are too young to be pruned';
    END IF;
    EXECUTE 'DELETE FROM ' || log || ' WHERE ' || of_it || ' AND at < $2 AND id IN (SELECT unnest(event_ids) FROM '
            || seals || ' WHERE ' || old_seals || ')'
        USING of_category, older_than, first_seal, last_seal;
    GET DIAGNOSTICS pruned = ROW_COUNT;
    EXECUTE 'UPDATE ' || seals || ' SET event_ids = $5, leaves = $6 WHERE ' || old_seals
        USING of_category, older_than, first_seal, last_seal, '{}'::bigint[], ''::bytea;
    RETURN pruned;
END
$$;
REVOKE ALL ON FUNCTION public.prune_sealed_events FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.prune_sealed_events TO {control};

-- The same by time alone, for workers of 0.1 and the tenants that are still at its state: where events are sealed it
-- refuses.
CREATE OR REPLACE FUNCTION public.prune_events(
    of_schema text, of_category text, older_than timestamptz, most integer
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    pruned integer;
BEGIN
    IF of_schema !~ '^t_[a-z2-7]{20}$' OR to_regclass(format('%I.logs_seal', of_schema)) IS NOT NULL THEN
        RAISE EXCEPTION 'not the name of a tenant schema without seals: %', of_schema;
    END IF;
    IF older_than > now() - (CASE of_category WHEN 'activity' THEN interval '7 days' ELSE interval '30 days' END) THEN
        RAISE EXCEPTION 'these events are too young to be pruned';
    END IF;
    EXECUTE format('DELETE FROM %I.audit_event WHERE id IN (SELECT id FROM %I.audit_event '
                   'WHERE category = $1 AND at < $2 ORDER BY at LIMIT $3)', of_schema, of_schema)
        USING of_category, older_than, most;
    GET DIAGNOSTICS pruned = ROW_COUNT;
    RETURN pruned;
END
$$;
REVOKE ALL ON FUNCTION public.prune_events FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.prune_events TO {control};

-- A seal is added behind those there are. No tenant's role writes seals, and who writes one without the key is found out.
CREATE OR REPLACE FUNCTION public.add_seal(of_schema text, seal jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF of_schema = 'public' THEN
        INSERT INTO public.logs_installation_seal
            SELECT * FROM jsonb_populate_record(NULL::public.logs_installation_seal, seal);
        RETURN;
    ELSIF of_schema !~ '^t_[a-z2-7]{20}$' THEN
        RAISE EXCEPTION 'not the name of a tenant schema: %', of_schema;
    END IF;
    EXECUTE format('INSERT INTO %I.logs_seal SELECT * FROM jsonb_populate_record(NULL::%I.logs_seal, $1)',
                   of_schema, of_schema) USING seal;
END
$$;
REVOKE ALL ON FUNCTION public.add_seal FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.add_seal TO {control};

-- For workers of 0.1: once the events of the installation are sealed, they go with their seals, and not by this.
CREATE OR REPLACE FUNCTION public.prune_installation_events(older_than timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF older_than > now() - interval '30 days' THEN
        RAISE EXCEPTION 'these events are too young to be pruned';
    END IF;
    DELETE FROM public.tenants_installationevent
        WHERE at < older_than AND NOT EXISTS (SELECT FROM public.logs_installation_seal);
END
$$;
REVOKE ALL ON FUNCTION public.prune_installation_events FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.prune_installation_events TO {control};

-- The template's dump, by the migration state it holds.
CREATE TABLE IF NOT EXISTS public.tenant_template (
    migration_state text PRIMARY KEY,
    ddl text NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now()
);

-- The birth of a tenant in the caller's transaction: the row first, so that of several founders of one domain all but
-- one fail before any DDL; then schema, role and rights (granted by default before the tables come, which costs half);
-- then the template's tables. A release without its own template finds no row and refuses.
CREATE OR REPLACE FUNCTION public.found_tenant(
    tenant_id uuid, new_schema text, new_slug text, new_name text, new_country text, home boolean, state text
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
-- Several founders queue for the group of all tenants' roles, which each holds until it commits. No index of an empty
-- table is worth asking how many processes might make it.
SET lock_timeout = '14s' SET max_parallel_maintenance_workers = 0 AS $$
DECLARE
    ddl text;
BEGIN
    IF new_schema !~ '^t_[a-z2-7]{20}$' THEN
        RAISE EXCEPTION 'not the name of a tenant schema: %', new_schema;
    END IF;
    INSERT INTO public.tenants_tenant (id, schema_name, slug, name, country, is_home, state, migration_state)
        VALUES (tenant_id, new_schema, new_slug, new_name, new_country, home, 'active', found_tenant.state);
    SELECT t.ddl INTO STRICT ddl FROM public.tenant_template t WHERE t.migration_state = found_tenant.state;
    EXECUTE format('CREATE SCHEMA %I', new_schema);
    EXECUTE format('CREATE ROLE %I NOLOGIN IN ROLE {tenant} ROLE {application}', new_schema);
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', new_schema, new_schema);
    EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO %I',
                   new_schema, new_schema);
    EXECUTE replace(ddl, 'ciam_template', new_schema);
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON %I.django_migrations FROM %I', new_schema, new_schema);
    EXECUTE format('REVOKE UPDATE, DELETE ON %I.audit_event FROM %I', new_schema, new_schema);
    -- A web server of 0.1 founds tenants without seals until its release is replaced.
    IF to_regclass(format('%I.logs_seal', new_schema)) IS NOT NULL THEN
        EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON %I.logs_seal FROM %I', new_schema, new_schema);
    END IF;
END
$$;
REVOKE ALL ON FUNCTION public.found_tenant FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.found_tenant TO {control};

-- The end of a tenant: only one that was deleted long enough ago, or whose founding recipe is being undone.
CREATE OR REPLACE FUNCTION public.purge_tenant(doomed uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    doomed_schema text;
BEGIN
    SELECT schema_name INTO STRICT doomed_schema FROM public.tenants_tenant
        WHERE id = doomed AND NOT is_home AND state = 'deleted' AND deleted_at < now() - interval '30 days' FOR UPDATE;
    -- Checks of the transaction so far that are still to come would keep the tables from being dropped.
    SET CONSTRAINTS ALL IMMEDIATE;
    DELETE FROM public.django_tasks_database_dbtaskresult WHERE tenant = doomed_schema;
    DELETE FROM public.counted_attempts WHERE scope = doomed_schema;
    DELETE FROM public.tenants_membership WHERE tenant_id = doomed;
    DELETE FROM public.tenants_invitation WHERE tenant_id = doomed;
    DELETE FROM public.tenants_domain WHERE tenant_id = doomed;
    DELETE FROM public.tenants_domainclaim WHERE tenant_id = doomed;
    DELETE FROM public.tenants_tenant WHERE id = doomed;
    EXECUTE format('DROP SCHEMA IF EXISTS %I CASCADE', doomed_schema);
    EXECUTE format('DROP ROLE IF EXISTS %I', doomed_schema);
END
$$;
REVOKE ALL ON FUNCTION public.purge_tenant FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.purge_tenant TO {control};
