"""Hashes in the shapes that other products export them in: the password that was right there is right here."""

import json
from base64 import b64encode
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django_tenants.utils import tenant_context

from accounts.credentials.foreign.limits import HashRefused
from accounts.models import Account
from bulk.imports.hashes import HashPlan, firebase_parameters, read_shape
from bulk.imports.judging import HIDDEN
from bulk.imports.services import check_file, guessed, map_anew
from bulk.models import Operation, StagedRow, State
from common.problems import Refused
from tenants.models import Tenant
from tests.bulk.files import checked, csv_of, imported, uploaded, work

PARAMETERS = """hash_config {
  algorithm: SCRYPT,
  base64_signer_key: jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==,
  base64_salt_separator: Bw==,
  rounds: 8,
  mem_cost: 14,
}"""
SIGNER_KEY = "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA=="
OF_FIREBASE = "lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ=="
SALTED = "01dfae6e5d4d90d9892622325959afbe", "7050461"

KEYCLOAK = [
    {"type": "otp", "secretData": "{}", "credentialData": "{}"},
    {
        "type": "password",
        "secretData": json.dumps(
            {"value": "kQ64nNTZyM7Wbe1bXU0RWBs9ZIV8zZxjIGiTwHVUrk4=", "salt": "c2FsdHNhbHRzYWx0c2FsdA=="}
        ),
        "credentialData": json.dumps(
            {"hashIterations": 1000, "algorithm": "pbkdf2-sha256", "additionalParameters": {}}
        ),
    },
]
OKTA = {
    "password": {
        "hash": {
            "algorithm": "MD5",
            "salt": "NzA1MDQ2MQ==",
            "saltOrder": "POSTFIX",
            "value": b64encode(bytes.fromhex(SALTED[0])).decode(),
        }
    }
}
AUTH0 = {
    "algorithm": "md5",
    "hash": {"value": SALTED[0], "encoding": "hex"},
    "salt": {"value": SALTED[1], "position": "suffix"},
}


def test_a_file_of_firebase_with_the_parameters_of_its_project(acme: Tenant) -> None:
    user = {"email": "fay@acme.example", "emailVerified": True, "passwordHash": OF_FIREBASE, "salt": "42xEC+ixf3L2lw=="}
    without = {"email": "gil@acme.example", "passwordHash": OF_FIREBASE}
    with tenant_context(acme):
        operation = checked(json.dumps({"users": [user, without]}, indent=1), firebase=PARAMETERS)

        assert dict(operation.problems) == {"passwordHash: There is no salt on this line.": 1}
        kept = json.dumps([operation.chosen, list(StagedRow.objects.values_list("source", flat=True))])
        for secret in (SIGNER_KEY, OF_FIREBASE):
            assert secret not in kept
        operation = imported(json.dumps({"users": [user]}), firebase=PARAMETERS)
        assert "firebase" not in operation.chosen
        assert authenticate(email="fay@acme.example", password="user1passwort") is None
        fay = authenticate(email="fay@acme.example", password="user1password")
        assert Account.objects.get(email="fay@acme.example") == fay
        assert Account.objects.get(email="fay@acme.example").password.startswith("argon2$")


def test_a_salt_in_a_column_of_its_own(acme: Tenant) -> None:
    content = csv_of(["email", "password", "salt"], ["fay@acme.example", *SALTED])
    with tenant_context(acme):
        operation = imported(content, salt_order="behind")

        assert operation.state == State.DONE
        assert Account.objects.get(email="fay@acme.example").password.startswith("weak$md5>$")
        assert authenticate(email="fay@acme.example", password="hashcat!") is None
        assert authenticate(email="fay@acme.example", password="hashcat")
        assert Account.objects.get(email="fay@acme.example").password.startswith("argon2$")


@pytest.mark.parametrize(
    ("heading", "shape"),
    [("credentials", OKTA), ("custom_password_hash", AUTH0)],
)
def test_hashes_come_as_objects(acme: Tenant, heading: str, shape: Any) -> None:
    with tenant_context(acme):
        imported(json.dumps({"email": "fay@acme.example", heading: shape}))

        assert authenticate(email="fay@acme.example", password="hashcat!") is None
        assert authenticate(email="fay@acme.example", password="hashcat")


SPOILT_SHAPES: list[Any] = [
    ["password"],
    {"password": 1},
    {"password": {"hash": {"algorithm": "ROT13"}}},
    {"algorithm": "md5", "hash": {}},
    {"algorithm": "hmac", "hash": {"value": "x"}},
    {"algorithm": "sha1", "hash": {"value": "zz"}, "salt": {"value": 1, "encoding": "rot13"}},
    [{"type": "password", "secretData": "{", "credentialData": "{}"}],
    [{"type": "password", "secretData": "{}", "credentialData": '{"algorithm": "pbkdf2-sha256"}'}],
    7,
    True,
]


def lines_with(shapes: list[Any]) -> str:
    users = [{"email": f"fay{number}@acme.example", "credentials": shape} for number, shape in enumerate(shapes)]
    return "\n".join(map(json.dumps, users))


def test_c41_a_shape_that_is_none_is_a_refused_line(acme: Tenant) -> None:
    """C-41."""
    with tenant_context(acme):
        content = lines_with([*SPOILT_SHAPES, None])
        operation = checked(content, mapping={"credentials": "passwordHash"})

        refused = [row.source["credentials"] for row in StagedRow.objects.exclude(problem="").order_by("line")]
        assert (operation.state, len(refused), operation.good) == (State.CHECKED, len(SPOILT_SHAPES), 1)
        assert set(refused) == {HIDDEN}


def test_whoever_had_no_password_comes_in_without_one(acme: Tenant) -> None:
    shapes = [[], {}, KEYCLOAK[:1], {"provider": {"type": "FEDERATION"}}, "", None]
    with tenant_context(acme):
        operation = imported(lines_with(shapes))

        assert operation.done == len(shapes)
        came = Account.objects.filter(email__startswith="fay")
        assert [account.has_usable_password() for account in came] == [False] * len(shapes)


def test_keycloak_writes_json_inside_of_json() -> None:
    read = read_shape(KEYCLOAK, salt="", plan=HashPlan())

    assert str(read).startswith("pbkdf2$sha256$1000$c2FsdHNhbHRzYWx0c2FsdA$")


def test_a48_parameters_that_are_none_or_too_dear_are_refused() -> None:
    """A-48."""
    spoilt = [
        "x",
        PARAMETERS.replace("rounds", "round"),
        PARAMETERS.replace("8,", "eight,"),
        PARAMETERS.replace("14", "99"),
        PARAMETERS.replace("14", "30"),
        PARAMETERS.replace("Bw==", "B"),
    ]
    for text in spoilt:
        with pytest.raises(HashRefused):
            firebase_parameters(text)


def test_wrong_parameters_are_told_at_their_field(acme: Tenant) -> None:
    with tenant_context(acme):
        operation = uploaded("email\nzoe@acme.example\n")
        choices: dict[str, Any] = {"existing": "skip", "verified": "no", "group_id": None, "firebase": "x"}
        with pytest.raises(Refused) as refusal:
            check_file(operation, mapping=guessed(operation), **choices)
        assert [problem.field for problem in refusal.value.problems] == ["firebase"]


def test_parameters_are_read_however_they_are_pasted() -> None:
    as_json = json.dumps(
        {"base64_signer_key": SIGNER_KEY, "base64_salt_separator": "Bw==", "rounds": 8, "mem_cost": 14}
    )
    assert firebase_parameters(as_json) == firebase_parameters(PARAMETERS)
    assert firebase_parameters(PARAMETERS).salt_separator == b"\7"


def test_lines_whose_hashes_take_long_are_judged_a_few_at_a_time(acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bulk.imports.steps.SECONDS", -1.0)
    lines = [[f"fay{number}@acme.example", SALTED[0]] for number in range(3)]
    with tenant_context(acme):
        operation = uploaded(csv_of(["email", "passwordHash"], *lines))
        check_file(operation, mapping=guessed(operation), existing="skip", verified="no", group_id=None)
        work()

        operation = Operation.objects.get(pk=operation.pk)
        assert (operation.state, operation.good) == (State.CHECKED, 3)
        map_anew(operation)


@pytest.mark.parametrize(
    ("secret", "costs"),
    [
        ("[" * 100_000, "{}"),
        ('{"salt": "c2FsdA==", "value": "a2V5"}', '{"algorithm": "pbkdf2-sha256", "hashIterations": 1e999}'),
        (
            '{"salt": "c2FsdA==", "value": "a2V5"}',
            '{"algorithm": "argon2", "hashIterations": 3, "additionalParameters": {"memory": []}}',
        ),
    ],
)
def test_a_spoilt_object_is_its_lines_problem_and_not_the_files(secret: str, costs: str) -> None:
    spoilt = [{"type": "password", "secretData": secret, "credentialData": costs}]

    with pytest.raises(HashRefused, match="incomplete"):
        read_shape(spoilt, salt="", plan=HashPlan())
