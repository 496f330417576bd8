"""What is kept of a run of a user flow: the request with its secrets, then what came of it without any.

A token is kept as what stands in it. Its signature is left out, so what is kept, or shown, is good for nothing: not
even an API that checks tokens by itself would take it.
"""

import base64
import binascii
import json
from dataclasses import asdict, dataclass, field
from typing import Any, Self
from uuid import UUID

from django.utils.functional import Promise

from common.crypto.encryption import seal, unseal
from tenants.postgresql import current_schema

HIDDEN = "(kept secret)"


@dataclass(frozen=True)
class ReadToken:
    """A signed token's header and claims."""

    header: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of_text(cls, token: str) -> Self | None:
        """What stands in a token, whoever signed it; None if it isn't one."""
        parts = token.split(".")
        try:
            header, claims = (json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in parts[:2])
        except (binascii.Error, ValueError):
            return None
        return cls(header, claims) if isinstance(header, dict) and isinstance(claims, dict) else None


@dataclass(frozen=True)
class Check:
    """One thing a careful relying party looks at. `verdict`: passed, failed, or noted (neither, but worth knowing)."""

    about: str
    name: str
    verdict: str
    detail: str


@dataclass(frozen=True)
class Origin:
    """Where a claim came from: the kind in a word or two, and a sentence."""

    kind: str
    detail: str | Promise


@dataclass(frozen=True)
class ToldClaims:
    """Claims told in one place (an ID token, an access token, userinfo), each with its origin."""

    claims: dict[str, Any]
    origins: dict[str, Origin]
    header: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class RunRecord:
    """A run: the parameters of its request, and once it is answered what came back. `verifier` is "" from then on.

    `token_status` is 0 if the token endpoint wasn't asked. `told` goes by place: id_token, access_token, userinfo.
    """

    parameters: dict[str, str]
    was_pushed: bool
    verifier: str = ""
    response: dict[str, str] = field(default_factory=dict)
    token_request: dict[str, str] = field(default_factory=dict)
    token_status: int = 0
    token_response: dict[str, Any] = field(default_factory=dict)
    told: dict[str, ToldClaims] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()

    def sealed_for(self, run_id: UUID) -> str:
        """As it stands in the row of this run."""
        return seal(json.dumps(asdict(self)).encode(), context=sealing_context(run_id))

    @classmethod
    def of_sealed(cls, sealed: str, *, run_id: UUID) -> Self:
        """As `sealed_for` has written it. Raises `common.crypto.encryption.CannotUnseal`."""
        kept = json.loads(unseal(sealed, context=sealing_context(run_id)))
        kept["checks"] = tuple(Check(**check) for check in kept["checks"])
        kept["told"] = {place: _told(told) for place, told in kept["told"].items()}
        return cls(**kept)


def sealing_context(run_id: UUID) -> str:
    """What a record is sealed for: this run of this tenant."""
    return f"user flow run {current_schema()} {run_id}"


def _told(kept: dict[str, Any]) -> ToldClaims:
    origins = {name: Origin(**origin) for name, origin in kept["origins"].items()}
    return ToldClaims(kept["claims"], origins, kept["header"])
