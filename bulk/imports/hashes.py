"""Password hashes in the shapes that files of other products have them in: as text, with a salt beside it, as objects.

What comes of a shape is what `accounts.credentials.foreign` reads: a text that says by itself what it is, or a digest
and its salt.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from accounts.credentials.foreign.derived import FirebaseParameters, read_firebase
from accounts.credentials.foreign.digests import digest_in, read_salted
from accounts.credentials.foreign.limits import SPOILT, UNKNOWN, HashRefused, check_scrypt, decoded
from accounts.credentials.foreign.reading import read_hash
from accounts.credentials.foreign.weak import BEFORE, BEHIND, Weak
from accounts.credentials.policies import ELSEWHERE
from common.text.translation import gettext_noop as _

WORD_FOR_ELSEWHERE = "elsewhere"
ORDERS = {"before": BEFORE, "behind": BEHIND}
WHOLE = {"custom_password_hash", "credentials"}
"""Names of objects that are read whole, where others are read one level deep."""
NO_SALT = _("There is no salt on this line.")
PARAMETER = re.compile(
    r"(base64_signer_key|base64_salt_separator|rounds|mem_cost)\W{1,4}?([A-Za-z0-9+/_-]+=*)", re.ASCII
)
MOST_DIGITS = 2
# What comes of an object that isn't as it should be. The JSON inside of its texts nobody has looked at before: it may
# hold infinity, or go deeper than can be read.
SPOILT_OBJECTS = (LookupError, TypeError, ValueError, AttributeError, OverflowError, RecursionError)

Read = str | Weak


@dataclass(frozen=True)
class HashPlan:
    """How the hashes of a file are to be read: where salts stand, and the parameters of the project in Firebase."""

    order: str = "before"
    firebase: FirebaseParameters | None = None


def firebase_parameters(text: str) -> FirebaseParameters:
    """The parameters as Firebase's console shows them. Raises `HashRefused`."""
    found = dict(PARAMETER.findall(text))
    if len(found) < len(FirebaseParameters.__dataclass_fields__):
        raise HashRefused(_("Paste all four: base64_signer_key, base64_salt_separator, rounds and mem_cost."))
    numbers = found["rounds"], found["mem_cost"]
    if not all(number.isdigit() and len(number) <= MOST_DIGITS for number in numbers):
        raise HashRefused(_("The rounds and mem_cost are numbers, such as 8 and 14."))
    rounds, memory_cost = (int(number) for number in numbers)
    check_scrypt(2**memory_cost, rounds, 1)
    return FirebaseParameters(
        decoded(found["base64_signer_key"]), decoded(found["base64_salt_separator"]), rounds, memory_cost
    )


def read_shape(value: object, *, salt: object, plan: HashPlan) -> Read | None:
    """The hash that stands on a line, and the salt in a column of its own if there is one.

    None if an object has no password in it. Raises `HashRefused`.
    """
    if isinstance(value, (list, dict)):
        return _object(value)
    if not isinstance(value, str):
        raise HashRefused(UNKNOWN)
    if value.strip().lower() == WORD_FOR_ELSEWHERE:
        return ELSEWHERE
    salt = str(salt) if isinstance(salt, (str, int)) else ""
    if plan.firebase is not None and _is_of_firebase(value, plan.firebase):
        if not salt:
            raise HashRefused(NO_SALT)
        return read_firebase(value, salt=salt, parameters=plan.firebase)
    if salt and digest_in(value.strip()) is not None:
        return read_salted(value, salt=salt.encode(), order=ORDERS[plan.order])
    return read_hash(value)


def _is_of_firebase(text: str, parameters: FirebaseParameters) -> bool:
    """Others that were imported into Firebase once, such as bcrypt, say by themselves what they are."""
    try:
        return len(decoded(text.strip())) == len(parameters.signer_key)
    except HashRefused:
        return False


def _object(value: list[Any] | dict[str, Any]) -> Read | None:
    try:
        if isinstance(value, list):
            passwords = [each for each in value if each["type"] == "password"]
            return _of_keycloak(passwords[0]) if passwords else None
        if "password" in value:
            return _of_okta(value["password"]["hash"])
        return _of_auth0(value) if "algorithm" in value else None
    except SPOILT_OBJECTS as error:
        raise HashRefused(SPOILT) from error


def _of_keycloak(password: Mapping[str, Any]) -> Read:
    """One of the `credentials` in an exported realm, in which secrets and costs are JSON inside of a text."""
    secret, costs = (json.loads(password[name]) for name in ("secretData", "credentialData"))
    algorithm = str(costs["algorithm"])
    if algorithm.startswith("pbkdf2"):
        digest = algorithm.removeprefix("pbkdf2").removeprefix("-") or "sha1"
        return read_hash(f"$pbkdf2-{digest}$i={int(costs['hashIterations'])}${secret['salt']}${secret['value']}")
    if algorithm == "argon2":
        more = {name: each[0] for name, each in costs.get("additionalParameters", {}).items()}
        costs_in_phc = f"m={int(more['memory'])},t={int(costs['hashIterations'])},p={int(more['parallelism'])}"
        salt, made = (secret[name].rstrip("=") for name in ("salt", "value"))
        return read_hash(f"$argon2{more.get('type', 'id')}$v=19${costs_in_phc}${salt}${made}")
    raise HashRefused(UNKNOWN)


def _of_okta(made: Mapping[str, Any]) -> Read:
    """`credentials.password.hash` of a user of Okta."""
    algorithm = str(made["algorithm"]).upper()
    if algorithm == "BCRYPT":
        return read_hash(f"$2b${int(made['workFactor']):02d}${made['salt']}{made['value']}")
    if algorithm == "PBKDF2":
        digest = str(made["digestAlgorithm"]).lower().removesuffix("_hmac")
        return read_hash(f"$pbkdf2-{digest}$i={int(made['iterationCount'])}${made['salt']}${made['value']}")
    if not re.fullmatch(r"MD5|SHA-(1|256|384|512)", algorithm):
        raise HashRefused(UNKNOWN)
    order = BEHIND if str(made.get("saltOrder", "")).upper() == "POSTFIX" else BEFORE
    return read_salted(made["value"], salt=decoded(made.get("salt") or ""), order=order)


def _of_auth0(value: Mapping[str, Any]) -> Read:
    """`custom_password_hash` of a file for Auth0, but for HMAC."""
    made, salt = value["hash"], value.get("salt") or {}
    algorithm = str(value["algorithm"]).lower()
    if algorithm in {"argon2", "bcrypt", "ldap", "pbkdf2"}:
        return read_hash(made["value"])
    if algorithm not in {"md5", "sha1", "sha256", "sha384", "sha512"}:
        raise HashRefused(UNKNOWN)
    in_bytes = ENCODINGS[salt.get("encoding", "utf8")](salt.get("value", ""))
    order = BEHIND if salt.get("position") == "suffix" else BEFORE
    return read_salted(made["value"], salt=in_bytes, order=order)


ENCODINGS: dict[str, Callable[[str], bytes]] = {"utf8": str.encode, "hex": bytes.fromhex, "base64": decoded}
