"""Letting today's key stand for seals that were signed by an earlier one."""

from django.db import transaction
from django_tenants.utils import schema_context

from common.crypto.encryption import first_key_id
from logs.models import SealKind
from logs.seals import chain
from logs.seals.chain import Statement
from logs.seals.verifying import verify_chain
from logs.served import served_seals


def vouch(schema: str) -> str:
    """Add a seal under the first encryption key, if there are some under others, so that the others may be taken out.

    By its link it vouches for all before it, so they are looked at first. Returns what is wrong with them, as a
    sentence; then nothing is added.
    """
    with transaction.atomic(), schema_context(schema):
        chain.hold(schema, waits=True)
        last = chain.head()
        if last is None or not _others_since_the_last_one():
            return ""
        fault = verify_chain(schema).fault
        if fault is not None:
            return fault.sentence.in_english
        chain.add([Statement(kind=SealKind.KEY, up_to=last.up_to)], after=last, schema=schema)
    return ""


def _others_since_the_last_one() -> bool:
    vouching = served_seals().filter(kind=SealKind.KEY, key_id=first_key_id()).order_by("-number")
    last = vouching.values_list("number", flat=True).first() or 0
    return served_seals().filter(number__gt=last).exclude(key_id=first_key_id()).exists()
