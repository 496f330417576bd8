"""What has happened in the tenant, as the product would have written it down: events, their seals, and all beside.

Everything is made by the database, since tens of millions of rows are too many to be made one by one. Moments go up
with the IDs, as they do where events come one after another.
"""

from datetime import datetime, timedelta
from typing import Any

DAYS = 90
AT_ONCE = 500_000
# Customers by number, and whom events fall to: the first ones far more often than the last.
NUMBERED = """
    CREATE TABLE IF NOT EXISTS bench_people AS
        SELECT row_number() OVER (ORDER BY created_at, id) - 1 AS n, id, email FROM accounts_account
"""
EVENTS = """
    INSERT INTO audit_event (at, action, result, reason, actor_kind, actor_id, actor_name, target_kind, target_id,
        target_name, ip, browser, request_id, details, category, account_id, client_id, application, user_flow, step,
        method, journey_id)
    SELECT at,
        CASE WHEN is_admin THEN (ARRAY['customer.profile_changed', 'customer.disabled', 'group.member_added',
                'application.changed', 'customer.unlocked'])[1 + floor(5 * b * b)::int]
            WHEN failed THEN 'customer.sign_in_failed'
            WHEN b < 0.80 THEN 'customer.signed_in' WHEN b < 0.90 THEN 'customer.signed_out'
            WHEN b < 0.94 THEN 'customer.signed_up' WHEN b < 0.97 THEN 'customer.consented'
            WHEN b < 0.99 THEN 'customer.password_changed' WHEN b < 0.9999 THEN 'customer.profile_changed'
            ELSE 'customer.consent_withdrawn' END,
        CASE WHEN failed THEN 'failure' ELSE 'success' END,
        CASE WHEN NOT failed THEN '' WHEN unknown THEN 'account_unknown' WHEN b < 0.85 THEN 'password_wrong'
            WHEN b < 0.95 THEN 'code_wrong' WHEN b < 0.98 THEN 'too_many_attempts' WHEN b < 0.99999 THEN 'code_expired'
            ELSE 'account_disabled' END,
        CASE WHEN is_admin THEN 'administrator' ELSE 'customer' END,
        CASE WHEN is_admin THEN administrator ELSE CASE WHEN unknown THEN '' ELSE id::text END END,
        CASE WHEN is_admin THEN 'administrator' || right(administrator, 2) || '@portal.example'
            WHEN unknown THEN 'nobody' || floor(100000 * c)::text || '@mail.example' ELSE email END,
        CASE WHEN failed THEN '' ELSE 'account' END, CASE WHEN failed THEN '' ELSE id::text END,
        CASE WHEN failed THEN '' ELSE email END,
        '10.0.0.0'::inet + (n * 7919 %% 400000 + floor(4 * e)::int),
        (ARRAY['Firefox on Linux', 'Chrome on Windows', 'Safari on iPhone'])[1 + floor(3 * e)::int],
        gen_random_uuid(),
        CASE WHEN failed THEN '{"limit": "passwords by account", "allowed": 5, "seconds": 300}'::jsonb ELSE '{}' END,
        CASE WHEN is_admin THEN 'administration' ELSE 'activity' END,
        CASE WHEN unknown THEN NULL ELSE id END,
        CASE WHEN is_admin THEN '' ELSE client END, CASE WHEN is_admin THEN '' ELSE application END,
        CASE WHEN is_admin THEN '' WHEN d > 0.9999 THEN 'partners' WHEN d > 0.3 THEN 'default' ELSE 'mobile' END,
        CASE WHEN NOT failed THEN '' WHEN e < 0.8 THEN 'password' WHEN e < 0.9999 THEN 'code' ELSE 'address' END,
        CASE WHEN is_admin THEN '' WHEN f < 0.6 THEN 'password' WHEN f < 0.9999 THEN 'code'
            ELSE 'password+app-code' END,
        CASE WHEN is_admin THEN NULL ELSE gen_random_uuid() END
    FROM (
        SELECT *, failed AND c < 0.12 AS unknown FROM (
            SELECT %(since)s::timestamptz + (i - 0.5) * %(step)s::interval AS at, a < 0.03 AS is_admin,
                a > 0.88 AS failed, b, c, d, e, f,
                '00000000-0000-4000-8000-0000000000' || to_char(10 + floor(20 * d * d), 'FM00') AS administrator,
                floor(%(people)s * g * g * g)::bigint AS n,
                1 + floor(cardinality(%(clients)s::text[]) * c * c * c)::int AS k
            FROM (SELECT i, random() a, random() b, random() c, random() d, random() e, random() f, random() g
                FROM generate_series(%(first)s::bigint, %(last)s::bigint) i) diced
        ) chosen
    ) event JOIN bench_people USING (n),
        LATERAL (SELECT (%(clients)s::text[])[k] AS client, (%(names)s::text[])[k] AS application) told
    ORDER BY at
"""
# As long as real ones, and in their place; what they say of the events is nothing that could be verified.
SEALS = """
    INSERT INTO logs_seal (number, kind, category, up_to, pruned_to, count, newest_at, root, previous, sealed_at,
        key_id, signature, event_ids, leaves)
    SELECT row_number() OVER (ORDER BY (id - 1) / 1000, category), 'events', category, (id - 1) / 1000 * 1000 + 1000, 0,
        count(*), max(at), encode(sha256(max(id)::text::bytea), 'hex'), encode(sha256(min(id)::text::bytea), 'hex'),
        max(at) + interval '1 minute', 'bench', repeat('A', 86) || '==', array_agg(id ORDER BY id),
        string_agg(sha256(id::text::bytea), ''::bytea ORDER BY id)
    FROM audit_event WHERE id <= (SELECT max(id) / 1000 * 1000 FROM audit_event) GROUP BY (id - 1) / 1000, category
"""
BESIDE = """
    INSERT INTO accounts_group (id, name, description)
        SELECT gen_random_uuid(), 'Group ' || to_char(i, 'FM000'), 'Made for measuring' FROM generate_series(1, 300) i;
    INSERT INTO accounts_groupmember (group_id, account_id, since)
        SELECT groups.id, person.id, now() - random() * interval '300 days'
        FROM (SELECT id, row_number() OVER (ORDER BY name) AS place FROM accounts_group) groups
            JOIN bench_people person
            ON person.n % 1000 < CASE place WHEN 1 THEN 300 WHEN 2 THEN 50 ELSE 0 END OR person.n % 5000 = place;
    INSERT INTO accounts_session (key_digest, account_id, sid, data, expires_at, ends_at, seen_at, created_at)
        SELECT encode(sha256(id::text::bytea), 'hex'), id, 'sid' || n, '{"browser": "Firefox on Linux"}',
            now() + interval '9 days', now() + interval '10 days', now() - interval '1 day', now() - interval '2 days'
        FROM bench_people WHERE n % 10 = 0;
    INSERT INTO oidc_consent (account_id, application_id, scopes)
        SELECT person.id, application.id, '["profile", "email"]'
        FROM bench_people person JOIN applications_application application ON application.kind <> 'service'
        WHERE (person.n + length(application.name)) % 40 = 0;
    INSERT INTO mail_message (id, "to", kind, sealed_body, state, attempts, error, created_at, sent_at)
        SELECT gen_random_uuid(), email, 'code', '', CASE WHEN n % 97 = 0 THEN 'failed' ELSE 'sent' END, 1,
            CASE WHEN n % 97 = 0 THEN 'No such mailbox' ELSE '' END, now() - n * interval '20 seconds', now()
        FROM bench_people WHERE n < 200000
"""
# Of so many customers one is linked with a provider, and another was in a bulk operation.
ONE_IN = (20, 2000)
LINKED = """
    INSERT INTO providers_linkedidentity (id, provider_id, issuer, subject, account_id, email)
    SELECT gen_random_uuid(), %(provider)s, '', 'person' || n, id, '' FROM bench_people WHERE n %% %(one_in)s = 0
"""
TOUCHED = """
    INSERT INTO bulk_item (operation_id, number, account_id, named, outcome, problem)
    SELECT %(operation)s, n, id, '', 'changed', '' FROM bench_people WHERE n %% %(one_in)s = 1
"""


def write_events(place: Any, *, count: int, people: int, until: datetime, clients: list[tuple[str, str]]) -> None:
    """So many events in the 90 days up to this moment, some at a time."""
    place.superuser.execute(NUMBERED)
    length = timedelta(days=DAYS)
    given = {
        "since": until - length,
        "step": length / count,
        "people": people,
        "clients": [client_id for client_id, _ in clients],
        "names": [name for _, name in clients],
    }
    for first in range(1, count + 1, AT_ONCE):
        place.superuser.execute(EVENTS, {**given, "first": first, "last": min(first + AT_ONCE - 1, count)})


def write_seals(place: Any) -> None:
    """Seals over all of them but the last few, which the product seals by itself."""
    place.superuser.execute(SEALS)


def write_the_rest(place: Any) -> None:
    """Groups, sessions, consents, mail, linked identities and bulk operations, as many as such a tenant has."""
    from bulk.models import Kind, Operation, State
    from providers.models import IdentityProvider

    place.superuser.execute(BESIDE)
    for one_in in ONE_IN:
        provider = IdentityProvider.objects.create(kind="oidc", name=f"One in {one_in}")
        place.superuser.execute(LINKED, {"provider": provider.pk, "one_in": one_in})
        operation = Operation.objects.create(kind=Kind.UNLOCK, state=State.DONE, actor_kind="command")
        place.superuser.execute(TOUCHED, {"operation": operation.pk, "one_in": one_in})
