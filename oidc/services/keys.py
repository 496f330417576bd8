from django.db import connection, transaction

from audit.services import Actor, record
from common.caches import announce
from oidc.keys import ES256, RS256, new_key, seal_private_key
from oidc.models import SigningKey


def create_signing_keys(*, actor: Actor) -> list[SigningKey]:
    """Give the tenant the keys its issuer signs with: one of each algorithm, both in use from now on."""
    schema: str = connection.schema_name  # type: ignore[attr-defined]
    rows = []
    for algorithm in (RS256, ES256):
        key = new_key(algorithm)
        rows.append(
            SigningKey(
                kid=key.kid,
                algorithm=algorithm,
                state=SigningKey.State.ACTIVE,
                public_jwk=key.public_jwk,
                sealed_private_key=seal_private_key(key, schema=schema),
            )
        )
    with transaction.atomic():
        SigningKey.objects.bulk_create(rows)
        record("signing_keys.created", actor=actor, details={"kids": [row.kid for row in rows]})
        announce(schema)
    return rows
