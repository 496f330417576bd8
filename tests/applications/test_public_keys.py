"""Which public keys an application may have, and what is kept of them."""

import json
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from common.crypto.public_keys import WrongKeySet, key_set_problem, read_key_set, usable_keys

RSA = RSAKey.generate_key(2048).as_dict(private=False)
EC = ECKey.generate_key("P-256").as_dict(private=False)


def key_set(*keys: dict[str, Any]) -> str:
    return json.dumps({"keys": keys})


def test_what_is_public_and_needed_is_kept() -> None:
    kept = json.loads(read_key_set(key_set(RSA | {"kid": "a", "use": "sig", "x5c": ["MII"], "other": {"a": 1}})))
    assert kept == {"keys": [{"kty": "RSA", "n": RSA["n"], "e": "AQAB", "kid": "a", "use": "sig"}]}


def test_a_single_key_becomes_a_set() -> None:
    assert json.loads(read_key_set(json.dumps(EC)))["keys"][0]["crv"] == "P-256"


def test_each_key_has_the_algorithms_of_its_type() -> None:
    keys = usable_keys(key_set(RSA | {"kid": "a"}, EC | {"kid": "b"}, RSA | {"kid": "c", "alg": "PS256"}))
    assert [key.algorithms for key in keys] == [("RS256", "PS256"), ("ES256",), ("PS256",)]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Paste a JWK Set"),
        ("-----BEGIN PUBLIC KEY-----", "Paste a JWK Set"),
        ("[]", "Paste a JWK Set"),
        ("[" * 20_000, "Paste a JWK Set"),
        ('{"keys": {}}', "Paste a JWK Set"),
        (key_set(), "1 to 20 keys"),
        (key_set(*[EC | {"kid": str(number)} for number in range(21)]), "1 to 20 keys"),
        ("x" * 40_000, "32 KiB"),
        (json.dumps({"keys": ["a"]}), "JSON object"),
        (key_set(EC, RSA), "its own kid"),
        (key_set(EC | {"kid": "a"}, RSA | {"kid": "a"}), "its own kid"),
        (key_set(EC | {"kid": ""}), "A kid has"),
        (key_set(EC | {"kid": "a\nb"}), "A kid has"),
        (key_set(EC | {"kid": "x" * 129}), "A kid has"),
        (key_set(EC | {"kid": 7}), "isn’t text"),
        (key_set(EC | {"use": "enc"}), "for signatures"),
        (key_set(EC | {"key_ops": ["sign"]}), "for signatures"),
        (key_set(EC | {"alg": "RS256"}), "fits the key"),
        (key_set(RSA | {"alg": "none"}), "fits the key"),
        (key_set(RSA | {"alg": "HS256"}), "fits the key"),
        (key_set(RSA | {"n": "AQAB"}), "2048 to 4096"),
        (key_set(RSA | {"e": "AQ"}), "exponent"),
        (key_set(RSA | {"e": "Aw"}), "exponent"),
        (key_set(RSA | {"n": None}), "isn’t text"),
        (key_set(EC | {"y": EC["x"]}), "can’t be read"),
        (key_set(EC | {"crv": "P-999"}), "P-256"),
        (key_set(ECKey.generate_key("P-384").as_dict(private=False)), "P-256"),
        (key_set(RSA | {"n": RSA["n"][:171]}), "2048 to 4096"),
        (key_set(RSA | {"n": RSA["n"] * 3}), "2048 to 4096"),
        (key_set(RSA | {"n": "ü"}), "can’t be read"),
        (key_set(OKPKey.generate_key("Ed25519").as_dict(private=False)), "RSA or EC"),
        (key_set(ECKey.generate_key("P-256").as_dict(private=True)), "private key"),
        (key_set(OctKey.generate_key(256).as_dict(private=True)), "private key"),
    ],
    # The keys among them are made anew in each process, which may have to agree about names.
    ids=lambda value: value if len(value) < 30 else "",
)
def test_o23_what_isnt_a_set_of_good_public_keys(text: str, sentence: str) -> None:
    assert sentence in key_set_problem(text)


def test_keys_for_other_ends_in_a_fetched_set_are_passed_over() -> None:
    keys = usable_keys(key_set(RSA | {"use": "enc", "kid": "x"}, EC | {"kid": "a"}, {"kty": "other"}))
    assert [key.kid for key in keys] == ["a"]
    with pytest.raises(WrongKeySet):
        usable_keys(key_set(RSA | {"use": "enc"}))
