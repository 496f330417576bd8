import os

import pytest
from pytest_django.fixtures import Settings

from common.crypto.encryption import CannotUnseal, seal, unseal


def test_a_sealed_value_opens_in_its_own_context_only() -> None:
    sealed = seal(b"private key", context="signing key t_a 1")
    assert "private" not in sealed
    assert unseal(sealed, context="signing key t_a 1") == b"private key"
    with pytest.raises(CannotUnseal):
        unseal(sealed, context="signing key t_b 1")


def test_keys_can_be_rotated(settings: Settings) -> None:
    old, new = {"k1": os.urandom(32)}, {"k2": os.urandom(32)}
    settings.CIAM_ENCRYPTION_KEYS = old
    sealed = seal(b"kept", context="c")
    settings.CIAM_ENCRYPTION_KEYS = new | old
    assert unseal(sealed, context="c") == b"kept"
    assert seal(b"next", context="c").startswith("k2.")
    settings.CIAM_ENCRYPTION_KEYS = new
    with pytest.raises(CannotUnseal, match="k1"):
        unseal(sealed, context="c")


@pytest.mark.parametrize("change", [lambda s: s[:-4] + "AAAA", lambda s: "k9" + s, lambda s: "", lambda s: s[:20]])
def test_a_changed_value_does_not_open(change: object) -> None:
    with pytest.raises(CannotUnseal):
        unseal(change(seal(b"x" * 40, context="c")), context="c")  # type: ignore[operator]
