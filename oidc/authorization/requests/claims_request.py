"""The `claims` parameter: single claims asked for by name (OpenID Connect Core section 5.5)."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from oidc.wire.errors import InvalidRequest

MAX_LENGTH = 8192
MAX_NAMES = 100
NAME = re.compile(r"[A-Za-z0-9_.:/#-]{1,100}")


@dataclass(frozen=True)
class ClaimsRequest:
    """What is asked for: names of claims for each of the two places, and what must be true of the sign-in.

    `subjects` are those the answer may be about, `acr_values` those it must have been made with; None: any.
    """

    id_token: tuple[str, ...] = ()
    userinfo: tuple[str, ...] = ()
    subjects: frozenset[str] | None = None
    acr_values: frozenset[str] | None = None


def read_claims_request(text: str) -> ClaimsRequest:
    """Members and claims that mean nothing here are ignored. Raises `InvalidRequest` for what isn't of this form."""
    if len(text) > MAX_LENGTH:
        raise InvalidRequest(f"The parameter claims is longer than {MAX_LENGTH} characters.")
    asked = _object(text)
    id_token, userinfo = _place(asked, "id_token"), _place(asked, "userinfo")
    acr = id_token.get("acr", {})
    return ClaimsRequest(
        id_token=tuple(id_token),
        userinfo=tuple(userinfo),
        subjects=_subjects(id_token, userinfo),
        # Asked for but not essential, a value is a wish (section 5.5.1.1).
        acr_values=_values(acr) if acr.get("essential") else None,
    )


def _object(text: str) -> Mapping[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidRequest("The parameter claims isn't JSON.") from error
    if not isinstance(value, dict):
        raise InvalidRequest("The parameter claims isn't a JSON object.")
    return value


def _place(asked: Mapping[str, Any], name: str) -> dict[str, Mapping[str, Any]]:
    """The claims asked for in one place, each with what was said about it."""
    claims = asked.get(name)
    if claims is None:
        return {}
    if not isinstance(claims, dict) or len(claims) > MAX_NAMES:
        raise InvalidRequest(f"In the parameter claims, {name} isn't an object of at most {MAX_NAMES} claims.")
    return {claim: _about(claim, said) for claim, said in claims.items()}


def _about(claim: str, said: Any) -> Mapping[str, Any]:
    if said is None:
        return {}
    if (
        not isinstance(said, dict)
        or not isinstance(said.get("essential", False), bool)
        or not isinstance(said.get("values", []), list)
    ):
        # The name goes back in an address: only what may stand there (RFC 6749 section 4.1.2.1).
        about = claim if NAME.fullmatch(claim) else "a claim"
        raise InvalidRequest(f"What the parameter claims says about {about} can't be understood.")
    return said


def _values(said: Mapping[str, Any]) -> frozenset[str] | None:
    """The values asked for; None if any will do."""
    if "value" not in said and "values" not in said:
        return None
    wished = [*said.get("values", []), *([said["value"]] if "value" in said else [])]
    return frozenset(value for value in wished if isinstance(value, str))


def _subjects(*places: Mapping[str, Mapping[str, Any]]) -> frozenset[str] | None:
    """Whoever all the values of `sub` allow: an answer about anybody else would be a wrong one (section 5.5.1)."""
    wished = [values for place in places if (values := _values(place.get("sub", {}))) is not None]
    return frozenset.intersection(*wished) if wished else None
