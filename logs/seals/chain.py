"""A seal's place in the chain: what it says, its hash, and how the next one is added."""

import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import connection
from django.utils import timezone
from django_tenants.utils import schema_context

from common.crypto.encryption import first_key_id
from logs.models import AbstractSeal, SealKind
from logs.seals.keys import sign
from logs.seals.merkle import canonical
from logs.served import served_seals
from tenants.lookup import PUBLIC

ONE_AT_A_CHAIN = 0x7365616C
SAID = (
    *("number", "kind", "category", "up_to", "pruned_to", "count", "newest_at", "root"),
    *("previous", "sealed_at", "key_id"),
)


@dataclass(frozen=True)
class Statement:
    """What the next seal shall say, of events of one category: their IDs, and their leaves joined."""

    kind: SealKind
    up_to: int
    category: str = ""
    pruned_to: int = 0
    count: int = 0
    newest_at: datetime | None = None
    root: str = ""
    event_ids: tuple[int, ...] = ()
    leaves: bytes = b""


def said_by(seal: AbstractSeal, *, schema: str) -> bytes:
    """What is hashed and signed of a seal: its columns up to the signature, and whose it is."""
    return canonical({"tenant": schema, **{name: getattr(seal, name) for name in SAID}})


def hash_of(seal: AbstractSeal, *, schema: str) -> str:
    """By what the next seal names this one, and by which one notes it elsewhere."""
    return sha256(said_by(seal, schema=schema)).hexdigest()


def head() -> AbstractSeal | None:
    """The last seal of the log being served."""
    last: AbstractSeal | None = served_seals().defer("event_ids", "leaves").order_by("-number").first()
    return last


def add(statements: list[Statement], *, after: AbstractSeal | None, schema: str) -> AbstractSeal | None:
    """Add seals behind the last one, within the caller's transaction, which holds the chain. Returns the last one."""
    for statement in statements:
        seal: AbstractSeal = served_seals().model(
            number=after.number + 1 if after else 1, sealed_at=timezone.now(), **vars(statement)
        )
        seal.previous = hash_of(after, schema=schema) if after else ""
        seal.key_id = first_key_id()
        seal.signature = sign(said_by(seal, schema=schema), key_id=seal.key_id)
        _insert(seal, schema)
        after = seal
    return after


def pruned_to(category: str) -> int:
    """The number of the last seal of this category whose events went, as their time was over."""
    pruned = served_seals().filter(kind=SealKind.PRUNED, category=category).order_by("-number")
    return pruned.values_list("pruned_to", flat=True).first() or 0


def hold(schema: str, *, waits: bool = False) -> bool:
    """Keep others from adding seals until the transaction ends; False if somebody else does and we don't wait."""
    function = "pg_advisory_xact_lock" if waits else "pg_try_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, hashtext(%s))", [ONE_AT_A_CHAIN, schema])
        return cursor.fetchone()[0] is not False


def _insert(seal: AbstractSeal, schema: str) -> None:
    columns: dict[str, Any] = {str(field.column): getattr(seal, field.attname) for field in seal._meta.concrete_fields}
    columns |= {"event_ids": list(seal.event_ids), "leaves": f"\\x{bytes(seal.leaves).hex()}"}
    with schema_context(PUBLIC), connection.cursor() as cursor:
        cursor.execute("SELECT public.add_seal(%s, %s)", [schema, json.dumps(columns, default=str)])
