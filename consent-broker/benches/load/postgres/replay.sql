\set n :client_id * EACH + :i
select l.* from loads r, lateral broker_load(
    r.p_format, r.p_subjects, r.p_kinds, r.p_owners, r.p_from, r.p_to, r.p_limits) l where r.n = :n;
select broker_commit(
    r.p_format, r.p_subjects, r.p_versions, r.p_is_changed,
    r.p_seen_kinds, r.p_seen_owners, r.p_seen_keys, r.p_seen_values, r.p_seen_is_changed,
    r.p_kinds, r.p_owners, r.p_keys, r.p_values, r.p_is_new) from commits r where r.n = :n;
\set i :i + 1
