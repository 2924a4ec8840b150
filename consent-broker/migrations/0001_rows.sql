-- The broker's rows, and the two functions that every operation is made of.
--
-- A table a kind of row, all of one shape: whose it is, the rest of its key, its value. What belongs to
-- a person has subject_id first, so that one person's rows stand together and the tables can be
-- distributed by it; what belongs to nobody in particular has an owner that says whose it is: a client,
-- a request, a proof. The values are the same octets that the store of one node keeps: JSON, a signed
-- text, or a sealed deposit that nobody here can open.
--
-- broker_load gives the rows an operation will look at, all of one moment. broker_commit makes its
-- changes if nothing it looked at has changed since, and says whether it did. So an operation is two
-- statements, each a transaction of its own, however many rows it takes.

-- How often a person's rows were changed. An operation on them holds its row to the end.
create table guards (
    subject_id bytea primary key,
    version bigint not null
) with (fillfactor = 50);

create function broker_tables() returns table (kind text, name text, owner text)
language sql immutable as $$
    values
        ('g', 'grants', 'subject_id'),
        ('p', 'papers', 'subject_id'),
        ('d', 'deposits', 'subject_id'),
        ('c', 'ciphertexts', 'subject_id'),
        ('K', 'key_notes', 'subject_id'),
        ('M', 'messages', 'subject_id'),
        ('N', 'message_texts', 'subject_id'),
        ('m', 'readings', 'subject_id'),
        ('A', 'acknowledgements', 'subject_id'),
        ('h', 'heads', 'subject_id'),
        ('l', 'log_entries', 'subject_id'),
        ('f', 'log_leaves', 'subject_id'),
        ('r', 'receipts', 'subject_id'),
        ('s', 'receipt_texts', 'subject_id'),
        ('G', 'moved_heads', 'subject_id'),
        ('u', 'included_heads', 'subject_id'),
        ('i', 'grant_owners', 'owner'),
        ('a', 'accounts', 'owner'),
        ('q', 'requests', 'owner'),
        ('j', 'request_objects', 'owner'),
        ('o', 'proofs', 'owner'),
        ('S', 'suspensions', 'owner'),
        ('T', 'trust_lists', 'owner'),
        ('R', 'recipient_grants', 'owner'),
        ('b', 'outboxes', 'owner'),
        ('n', 'notices', 'owner'),
        ('x', 'queue', 'owner'),
        ('0', 'formats', 'owner'),
        ('V', 'recipient_indexes', 'owner'),
        ('Z', 'global_heads', 'owner'),
        ('C', 'cosigned_checkpoints', 'owner'),
        ('E', 'global_entries', 'owner'),
        ('t', 'global_nodes', 'owner')
$$;

-- The tables, and the functions with one branch a table: written out by the server once, so that each
-- statement in them is planned once a connection.
do $make$
declare
    t record;
    loads text := '';
    checks text := '';
    changes text := '';
begin
    for t in select * from broker_tables() loop
        execute format(
            'create table %I (%I bytea not null, key bytea not null, value bytea not null,
                primary key (%2$I, key))', t.name, t.owner);
        -- Sealed and signed texts do not get smaller.
        execute format('alter table %I alter column value set storage external', t.name);
        loads := loads || format($branch$
            when %1$L then
                if p_owners[i] is null then
                    return query select i, r.%3$I, r.key, r.value, null::bigint from %2$I r
                        order by 2, 3 limit p_limits[i];
                elsif p_to[i] is null then
                    return query select i, r.%3$I, r.key, r.value, null::bigint from %2$I r
                        where r.%3$I = p_owners[i] and r.key >= p_from[i]
                        order by r.key limit p_limits[i];
                else
                    return query select i, r.%3$I, r.key, r.value, null::bigint from %2$I r
                        where r.%3$I = p_owners[i] and r.key >= p_from[i] and r.key < p_to[i]
                        order by r.key limit p_limits[i];
                end if;
        $branch$, t.kind, t.name, t.owner);
        if t.owner = 'owner' then
            checks := checks || format($branch$
                when %1$L then
                    if row.is_changed then
                        select r.value into value_found from %2$I r
                            where r.owner = row.owner and r.key = row.key for update;
                    else
                        select r.value into value_found from %2$I r
                            where r.owner = row.owner and r.key = row.key;
                    end if;
            $branch$, t.kind, t.name);
        end if;
        changes := changes || format($branch$
            when %1$L then
                if row.value is null then
                    delete from %2$I r where r.%3$I = row.owner and r.key = row.key;
                elsif row.is_new then
                    insert into %2$I values (row.owner, row.key, row.value) on conflict do nothing;
                    if not found then
                        raise exception 'another was first' using errcode = 'serialization_failure';
                    end if;
                else
                    insert into %2$I values (row.owner, row.key, row.value)
                        on conflict (%3$I, key) do update set value = excluded.value;
                end if;
        $branch$, t.kind, t.name, t.owner);
    end loop;

    -- Stable: every statement in it sees the same moment.
    execute format($function$
        create function broker_load(
            p_format integer, p_subjects bytea[],
            p_kinds text[], p_owners bytea[], p_from bytea[], p_to bytea[], p_limits bigint[]
        ) returns table (place integer, owner bytea, key bytea, value bytea, version bigint)
        language plpgsql stable as $body$
        begin
            perform broker_check_format(p_format);
            return query select 0, g.subject_id, null::bytea, null::bytea, g.version
                from guards g where g.subject_id = any (p_subjects);
            for i in 1 .. cardinality(p_kinds) loop
                case p_kinds[i] %s end case;
            end loop;
        end $body$
    $function$, loads);

    execute format($function$
        create function broker_commit(
            p_format integer,
            p_subjects bytea[], p_versions bigint[], p_is_changed boolean[],
            p_seen_kinds text[], p_seen_owners bytea[], p_seen_keys bytea[], p_seen_values bytea[],
            p_seen_is_changed boolean[],
            p_kinds text[], p_owners bytea[], p_keys bytea[], p_values bytea[], p_is_new boolean[]
        ) returns boolean
        language plpgsql volatile as $body$
        declare
            row record;
            value_found bytea;
        begin
            perform broker_check_format(p_format);
            for row in select * from unnest(p_subjects, p_versions, p_is_changed)
                as s (subject_id, version, is_changed)
            loop
                if not broker_hold(row.subject_id, row.version, row.is_changed) then
                    return false;
                end if;
            end loop;
            for row in select * from unnest(p_seen_kinds, p_seen_owners, p_seen_keys, p_seen_values,
                p_seen_is_changed) as s (kind, owner, key, value, is_changed)
            loop
                case row.kind %s end case;
                if value_found is distinct from row.value then
                    return false;
                end if;
            end loop;
            for row in select * from unnest(p_kinds, p_owners, p_keys, p_values, p_is_new)
                as c (kind, owner, key, value, is_new)
            loop
                case row.kind %s end case;
            end loop;
            return true;
        end $body$
    $function$, checks, changes);
end $make$;

-- A node of another version must not read or write rows that it may not understand.
create function broker_check_format(p_format integer) returns void
language plpgsql immutable as $$
begin
    if p_format <> 1 then
        raise exception 'the store has another format' using errcode = 'BR001';
    end if;
end $$;

-- Whether nothing of a person's rows has changed since this version; nothing changes them until the
-- end of the transaction.
create function broker_hold(p_subject bytea, p_version bigint, p_is_changed boolean) returns boolean
language plpgsql volatile as $$
begin
    if not p_is_changed then
        perform 1 from guards where subject_id = p_subject and version = p_version for share;
        return found or p_version = 0 and not exists (select from guards where subject_id = p_subject);
    end if;
    update guards set version = version + 1 where subject_id = p_subject and version = p_version;
    if found or p_version <> 0 then
        return found;
    end if;
    insert into guards values (p_subject, 1) on conflict do nothing;
    return found;
end $$;
