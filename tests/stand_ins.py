"""What a process of the tests does another way than a server, so that it can run thousands of them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from itertools import count
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.db import connection
from django.template import Template
from django.test import client
from django.test.client import store_rendered_templates  # type: ignore[attr-defined]

from branding.pictures import encoding, images
from common.database import caches
from common.web import dns_records
from oidc.keys.loaded import RSA_BITS, RSA_EXPONENT, RsaKeyPool

_taken = [count()]


@contextmanager
def stand_ins() -> Iterator[None]:
    """While a process runs tests."""
    with pytest.MonkeyPatch.context() as patch:
        # A test's own transaction hides nothing from it: caches keep what a server's would keep.
        patch.setattr(caches, "in_transaction", _in_transaction_of_product)
        patch.setattr(caches, "_forget_at_commit", partial(_forget_as_committed, caches._forget_at_commit))
        # A pair of keys takes as long as a hundred requests.
        patch.setattr(RsaKeyPool, "take", lambda _pool: _key(next(_taken[0])))
        patch.setattr(RsaKeyPool, "keep_filled", lambda _pool: None)
        # A process for each picture takes as long as ten requests; tests/branding/test_images_apart.py has real ones.
        patch.setattr(images, "apart", encoding)
        # Nobody answers questions about names but in stories that bring a server along (tests.dns_server).
        patch.setattr(dns_records, "SECONDS", 0.01)
        # Django's client keeps a copy of what each template was given, that of each input of a form too.
        patch.setattr(client, "store_rendered_templates", _keep_unless_djangos)
        yield


def _keep_unless_djangos(kept: dict[str, Any], template: Template, **told: Any) -> None:
    if not (template.name or "").startswith("django/"):
        store_rendered_templates(kept, template=template, **told)


def begin_cast() -> None:
    """From here on keys are made that no test gets, however many tests went before the first that needs the cast."""
    _taken[0] = count(-1000)


def begin_test() -> None:
    """From here on keys may be used that another test has used; no test gets the same key twice."""
    _taken[0] = count()


def _in_transaction_of_product() -> bool:
    return not all(block._from_testcase for block in connection.atomic_blocks)  # type: ignore[attr-defined]


def _forget_as_committed(at_commit: Callable[[str], None], scope: str) -> None:
    """A test's own transaction is never committed."""
    if any(block._from_testcase for block in connection.atomic_blocks):  # type: ignore[attr-defined]
        caches._forget(scope)
    else:
        at_commit(scope)


@cache
def _key(_number: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(RSA_EXPONENT, RSA_BITS)
