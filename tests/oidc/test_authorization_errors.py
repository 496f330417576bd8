"""Whom an error is told: nobody until client and address belong together, then the client (RFC 6749 4.1.2.1)."""

import itertools
import time
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from applications.models import Application
from applications.policies.redirect_uris import matches_redirect_uri, redirect_uri_problem
from tests.cast import BOOKSHOP_CALLBACK
from tests.oidc.relying_party import RelyingParty, answer_in

EVIL = "https://evil.example/callback"


def is_a_page(answer: Any) -> bool:
    return answer.status_code == 400 and "Location" not in answer and b"<h1>" in answer.content


@pytest.mark.parametrize(
    "uri",
    [
        EVIL,
        BOOKSHOP_CALLBACK + "/",
        BOOKSHOP_CALLBACK + "?x=1",
        BOOKSHOP_CALLBACK + "?",
        BOOKSHOP_CALLBACK + "#x",
        BOOKSHOP_CALLBACK + ";p",
        BOOKSHOP_CALLBACK.upper(),
        BOOKSHOP_CALLBACK.replace("https", "http"),
        BOOKSHOP_CALLBACK.replace("example/", "example:443/"),
        BOOKSHOP_CALLBACK.replace("example/", "example./"),
        BOOKSHOP_CALLBACK.replace("example/", "example//"),
        "https://bookshop.example",
        "https://app@bookshop.example/callback",
        "https://bookshop.example@evil.example/callback",
        "https://bookshop.example%40evil.example/callback",
        "https://bookshop.example.evil.example/callback",
        "https://bookshopXexample/callback",
        "https://bookshop.example/..;/callback",
        "https://bookshop.example/./callback",
        "https://bookshop.example/%2e%2e/callback",
        "https://bookshop.example\\callback",
        "https://bookshop.example/callback\t",
        "https://bookshop.example/callback%0d%0aSet-Cookie:x",
        "https://bookshop.example/callback\r\nSet-Cookie: x",
        "https://bookshop\u3002example/callback",
        "javascript:alert(1)",
        "JavaScript:alert(1)//https://bookshop.example/callback",
        "data:text/html,x",
        " " + BOOKSHOP_CALLBACK,
        "//bookshop.example/callback",
        "x" * 10_000,
        "[" * 10_000,
    ],
)
def test_o01_to_o05_only_the_registered_address_is_answered(shop: RelyingParty, uri: str) -> None:
    assert is_a_page(shop.authorize(redirect_uri=uri))


@pytest.mark.parametrize(
    "uri",
    [
        "https://bookshop.example.evil.example/callback",
        "https://evil-bookshop.example/callback",
        "https://bookshop.exampl/callback",
        "https://bookshop.example.com/callback",
        "https://bookshopXexample/callback",
        "https://shop.bookshop.example/callback",
        "https://*.example/callback",
        "https://.*/callback",
        "https://bookshop.example/callback-of-eve",
        "https://bookshop.example/callbac",
        "https://bookshop.example/.*",
    ],
)
def test_o04_no_beginning_ending_wildcard_or_pattern_of_an_address_will_do(shop: RelyingParty, uri: str) -> None:
    assert is_a_page(shop.authorize(redirect_uri=uri))
    leaving = shop.browser.get("/oidc/logout", {"client_id": shop.client_id, "post_logout_redirect_uri": uri})
    assert leaving.headers.get("Location", "") == ""


@pytest.mark.parametrize(
    ("pattern", "meant"),
    [
        ("https://*.shop.example/callback", "https://evil.shop.example/callback"),
        ("https://shop.example/*", "https://shop.example/evil"),
        ("https://shop.example/.*", "https://shop.example/evil"),
        ("https://shop.example/call(back|er)", "https://shop.example/caller"),
        ("https://shop.example/callback$", "https://shop.example/callback"),
    ],
)
@pytest.mark.parametrize("kind", ["web", "spa", "native"])
def test_o04_no_wildcard_is_registered_and_none_would_be_understood(pattern: str, meant: str, kind: str) -> None:
    assert not matches_redirect_uri(meant, [pattern], kind=kind)
    if pattern != "https://shop.example/.*":
        assert redirect_uri_problem(pattern, kind=kind)


def test_o06_no_error_is_sent_to_an_address_that_isnt_registered(shop: RelyingParty) -> None:
    choices = ([None, "none", "x"], ["openid", "nonsense"], ["code", "token", None], [None, "x.y.z"])
    for prompt, scope, response_type, request in itertools.product(*choices):
        wrong = {"prompt": prompt, "scope": scope, "response_type": response_type, "request": request}
        assert is_a_page(shop.authorize(redirect_uri=EVIL, **wrong))


@pytest.mark.parametrize("parameters", [{"client_id": None}, {"client_id": "x"}, {"redirect_uri": None}])
def test_without_client_or_address_there_is_a_page(shop: RelyingParty, parameters: dict[str, None]) -> None:
    assert is_a_page(shop.authorize(**parameters))


def test_o07_a_long_address_takes_no_time(shop: RelyingParty) -> None:
    for uri in ("https://bookshop.example/" + "a" * 50_000, "http://" + "[:" * 20_000):
        begin = time.process_time()
        assert not matches_redirect_uri(uri, [BOOKSHOP_CALLBACK, "http://127.0.0.1/callback"], kind="native")
        assert time.process_time() - begin < 0.05


EDITS = st.tuples(
    st.sampled_from(["insert", "delete", "replace"]),
    st.integers(0, len(BOOKSHOP_CALLBACK)),
    st.characters(max_codepoint=0x2FF),
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edit=EDITS, kind=st.sampled_from(Application.Kind.values))
def test_o01_one_edit_makes_it_another_address(edit: tuple[str, int, str], kind: str) -> None:
    how, at, character = edit
    kept = BOOKSHOP_CALLBACK[at if how == "insert" else at + 1 :]
    mutated = BOOKSHOP_CALLBACK[:at] + ("" if how == "delete" else character) + kept
    assert matches_redirect_uri(mutated, [BOOKSHOP_CALLBACK], kind=kind) is (mutated == BOOKSHOP_CALLBACK)


LOOPBACK = "http://127.0.0.1/callback"


@pytest.mark.parametrize(
    ("uri", "is_good"),
    [
        ("http://127.0.0.1:1/callback", True),
        ("http://127.0.0.1:65535/callback", True),
        ("http://127.0.0.1:65536/callback", False),
        ("http://127.0.0.1:0/callback", False),
        ("http://127.0.0.1:/callback", False),
        ("http://127.0.0.1:+80/callback", False),
        ("http://127.0.0.1:\u0661/callback", False),
        ("http://127.0.0.1:80@evil.example/callback", False),
        ("http://127.0.0.1.evil.example:80/callback", False),
        ("http://127.0.0.1:80/callback/", False),
        ("http://127.0.0.1:80/callback?x", False),
        ("https://127.0.0.1:80/callback", False),
        ("http://127.0.0.2:80/callback", False),
        ("http://localhost:80/callback", False),
        ("http://127.0.0.1:80/callback\n", False),
    ],
)
def test_rfc8252_7_3_any_port_of_the_loopback_and_nothing_else(uri: str, is_good: bool) -> None:
    assert matches_redirect_uri(uri, [LOOPBACK], kind="native") is is_good
    assert not matches_redirect_uri(uri, [LOOPBACK], kind="web")


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_type": "none"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"response_mode": "web_message"}, "invalid_request"),
        ({"request": "eyJhbGciOiJub25lIn0.e30."}, "request_not_supported"),
        ({"request_uri": "https://evil.example/request"}, "request_uri_not_supported"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": "nonsense"}, "invalid_scope"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"prompt": "nonsense"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"max_age": "\u0661"}, "invalid_request"),
        ({"max_age": "9" * 50}, "invalid_request"),
        ({"nonce": "n" * 256}, "invalid_request"),
        ({"nonce": "a\0b"}, "invalid_request"),
        ({"login_hint": "a\0b"}, "invalid_request"),
        ({"id_token_hint": "garbage"}, "invalid_request"),
    ],
)
def test_o33_o45_other_errors_go_to_the_client_with_state_and_iss(
    shop: RelyingParty, parameters: dict[str, str | None], error: str
) -> None:
    answer = shop.authorize(**parameters)
    assert answer["Location"].startswith(BOOKSHOP_CALLBACK + "?")
    told = answer_in(answer)
    assert told["error"] == error
    assert told["state"] == "the state"
    assert told["iss"].endswith("/t/acme/oidc")


def test_errors_come_by_form_post_if_that_was_asked(shop: RelyingParty) -> None:
    page = shop.authorize(response_mode="form_post", scope="nonsense").content.decode()
    assert 'value="invalid_scope"' in page


@pytest.mark.parametrize("state", ["s" * 5000, "a\nb", "a\0b", "a\x7fb"])
def test_o48_a_state_that_cant_be_repeated_exactly_isnt_repeated(shop: RelyingParty, state: str) -> None:
    told = answer_in(shop.authorize(state=state))
    assert told["error"] == "invalid_request"
    assert "state" not in told


@pytest.mark.parametrize("state", ["a b+c&d=e%20", "ü\u2603", "'\"<>", "s" * 4096])
def test_o48_any_other_state_comes_back_as_it_was(shop: RelyingParty, state: str) -> None:
    assert answer_in(shop.authorize(state=state))["state"] == state


@pytest.mark.parametrize("name", ["client_id", "redirect_uri", "scope", "state", "code_challenge", "x"])
def test_o42_no_parameter_may_come_twice(shop: RelyingParty, name: str) -> None:
    query = urlencode([*shop.request(x="1").items(), (name, "again")])
    answer = shop.browser.get(f"/oidc/authorize?{query}")
    if name in {"client_id", "redirect_uri"}:
        assert is_a_page(answer)
    else:
        assert answer_in(answer)["error"] == "invalid_request"


@pytest.mark.parametrize("query", ["%ff=%fe", "client_id=%00", "&".join(f"p{n}=1" for n in range(300)), "\xff"])
def test_garbage_is_a_page(shop: RelyingParty, query: str) -> None:
    assert is_a_page(shop.browser.get("/oidc/authorize", QUERY_STRING=query))


def test_o46_answers_are_303(shop: RelyingParty) -> None:
    assert shop.authorize().status_code == 303
    assert shop.browser.post("/oidc/authorize", shop.request()).status_code in {303, 400}


def test_o44_no_other_site_may_read_an_answer(shop: RelyingParty) -> None:
    answer = shop.browser.get("/oidc/authorize", shop.request(), headers={"Origin": "https://evil.example"})
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]
