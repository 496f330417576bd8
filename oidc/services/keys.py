from django.db import connection, transaction

from audit.services import Actor, record
from common.caches import announce
from oidc.keys import ES256, RS256, LoadedKey, new_key, seal_private_key
from oidc.models import SigningKey


def make_key_pairs() -> list[LoadedKey]:
    """One key of each algorithm, belonging to nobody yet. It takes a while: make them before the transaction."""
    return [new_key(algorithm) for algorithm in (RS256, ES256)]


def create_signing_keys(key_pairs: list[LoadedKey], *, actor: Actor) -> list[SigningKey]:
    """Give the tenant the keys its issuer signs with, all in use from now on."""
    schema: str = connection.schema_name  # type: ignore[attr-defined]
    rows = [
        SigningKey(
            kid=key.kid,
            algorithm=key.algorithm,
            state=SigningKey.State.ACTIVE,
            public_jwk=key.public_jwk,
            sealed_private_key=seal_private_key(key, schema=schema),
        )
        for key in key_pairs
    ]
    with transaction.atomic():
        SigningKey.objects.bulk_create(rows)
        record("signing_keys.created", actor=actor, details={"kids": [row.kid for row in rows]})
        announce(schema)
    return rows
