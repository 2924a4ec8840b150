-- Notes what each operation asks of the two functions. See ../postgres.rs.

create sequence asked;
create unlogged table loads (
    place bigint default nextval('asked'), n bigint, nth bigint,
    p_format integer, p_subjects bytea[], p_kinds text[], p_owners bytea[], p_from bytea[],
    p_to bytea[], p_limits bigint[]
);
create unlogged table commits (
    place bigint default nextval('asked'), n bigint,
    p_format integer, p_subjects bytea[], p_versions bigint[], p_is_changed boolean[],
    p_seen_kinds text[], p_seen_owners bytea[], p_seen_keys bytea[], p_seen_values bytea[],
    p_seen_is_changed boolean[],
    p_kinds text[], p_owners bytea[], p_keys bytea[], p_values bytea[], p_is_new boolean[]
);

alter function broker_load rename to real_load;
alter function broker_commit rename to real_commit;

create function broker_load(
    p_format integer, p_subjects bytea[],
    p_kinds text[], p_owners bytea[], p_from bytea[], p_to bytea[], p_limits bigint[]
) returns table (place integer, owner bytea, key bytea, value bytea, version bigint)
language plpgsql volatile as $$
begin
    insert into loads values (default, null, null,
        p_format, p_subjects, p_kinds, p_owners, p_from, p_to, p_limits);
    return query select * from real_load(
        p_format, p_subjects, p_kinds, p_owners, p_from, p_to, p_limits);
end $$;

create function broker_commit(
    p_format integer, p_subjects bytea[], p_versions bigint[], p_is_changed boolean[],
    p_seen_kinds text[], p_seen_owners bytea[], p_seen_keys bytea[], p_seen_values bytea[],
    p_seen_is_changed boolean[],
    p_kinds text[], p_owners bytea[], p_keys bytea[], p_values bytea[], p_is_new boolean[]
) returns boolean
language plpgsql volatile as $$
begin
    insert into commits values (default, null,
        p_format, p_subjects, p_versions, p_is_changed,
        p_seen_kinds, p_seen_owners, p_seen_keys, p_seen_values, p_seen_is_changed,
        p_kinds, p_owners, p_keys, p_values, p_is_new);
    return real_commit(
        p_format, p_subjects, p_versions, p_is_changed,
        p_seen_kinds, p_seen_owners, p_seen_keys, p_seen_values, p_seen_is_changed,
        p_kinds, p_owners, p_keys, p_values, p_is_new);
end $$;

-- Each operation is of one person alone here: its number is that person's.
create function number_recorded() returns void language plpgsql as $$
begin
    delete from loads where cardinality(p_subjects) <> 1;
    update loads l set n = s.n, nth = s.nth from (
        select place, dense_rank() over (order by p_subjects) as n,
            row_number() over (partition by p_subjects order by place) as nth from loads
    ) s where s.place = l.place;
    update commits c set n = l.n from loads l where l.p_subjects = c.p_subjects;
    create unique index on loads (n, nth);
    create unique index on commits (n);
    analyze loads;
    analyze commits;
end $$;
