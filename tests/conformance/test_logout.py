"""The modules of oidcc-rp-initiated-logout-certification-test-plan and of the plan for back-channel logout.

A page that asks is answered by a press of its button, where a module lets somebody press it.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django_tenants.utils import tenant_context

from applications.models import Application
from applications.services.application import change_application
from audit.services import Actor
from tenants.work.jobs import run_waiting_jobs
from tests.cast import tenant_named
from tests.conformance.suite import SIGNED_OUT, DynamicSuite, Person, Provider, SignedIn, Suite
from tests.oidc.listener import EVENT, Listener


@dataclass
class SignedInPerson:
    """Somebody at a browser in which they are signed in, and what the client holds."""

    suite: Suite
    person: Person
    done: SignedIn

    @property
    def hint(self) -> str:
        """The ID token."""
        token: str = self.done.tokens["id_token"]
        return token

    def leave(self, *, presses: bool = True, **parameters: str | None) -> str:
        usual = {"id_token_hint": self.hint, "post_logout_redirect_uri": SIGNED_OUT, "state": "the state"}
        return self.person.leave(self.suite.sign_out_url(**{**usual, **parameters}), presses=presses)

    @property
    def is_signed_in(self) -> bool:
        return "code" in self.suite.answer(self.person, prompt="none")

    @property
    def page(self) -> str:
        """The last one."""
        return self.person.pages[-1]


@pytest.fixture
def here(provider: Provider) -> SignedInPerson:
    suite = Suite(provider, response_mode=None)
    person = suite.person()
    return SignedInPerson(suite, person, suite.sign_in(person))


def test_oidcc_rp_initiated_logout_discovery_endpoint_verification(here: SignedInPerson) -> None:
    assert urlsplit(here.suite.metadata["end_session_endpoint"]).scheme == "https"


def test_oidcc_rp_initiated_logout(here: SignedInPerson) -> None:
    assert here.leave() == f"{SIGNED_OUT}?state=the+state"
    assert here.suite.answer(here.person, prompt="none")["error"] == "login_required"


@pytest.mark.parametrize("uri", [f"{SIGNED_OUT}2", "https://evil.example/"])
def test_oidcc_rp_initiated_logout_bad_post_logout_redirect_uri(here: SignedInPerson, uri: str) -> None:
    assert here.leave(post_logout_redirect_uri=uri) == ""


def test_oidcc_rp_initiated_logout_query_added_to_post_logout_redirect_uri(here: SignedInPerson) -> None:
    assert here.leave(post_logout_redirect_uri=f"{SIGNED_OUT}?foo=bar") == ""


def test_oidcc_rp_initiated_logout_modified_id_token_hint(here: SignedInPerson) -> None:
    unsigned = jwt.encode({**here.done.claims, "sub": "somebody"}, "", algorithm="none")
    assert here.leave(id_token_hint=unsigned, presses=False) == ""
    assert here.is_signed_in


def test_oidcc_rp_initiated_logout_bad_id_token_hint(here: SignedInPerson) -> None:
    key = rsa.generate_private_key(65537, 2048)
    kid = jwt.get_unverified_header(here.hint)["kid"]
    forged = jwt.encode(here.done.claims, key, algorithm="RS256", headers={"kid": kid})
    assert here.leave(id_token_hint=forged, presses=False) == ""
    assert here.is_signed_in


def test_oidcc_rp_initiated_logout_no_id_token_hint(here: SignedInPerson) -> None:
    assert here.leave(id_token_hint=None, presses=False) == ""
    assert here.is_signed_in


def test_oidcc_rp_initiated_logout_no_params(here: SignedInPerson) -> None:
    assert here.leave(id_token_hint=None, post_logout_redirect_uri=None, state=None) == ""
    assert "signed out" in here.page
    assert not here.is_signed_in


def test_oidcc_rp_initiated_logout_no_post_logout_redirect_uri(here: SignedInPerson) -> None:
    assert here.leave(post_logout_redirect_uri=None, state=None) == ""
    assert "signed out" in here.page
    assert not here.is_signed_in


def test_oidcc_rp_initiated_logout_only_state(here: SignedInPerson) -> None:
    assert here.leave(id_token_hint=None, post_logout_redirect_uri=None) == ""
    assert "signed out" in here.page
    assert not here.is_signed_in


def test_oidcc_rp_initiated_logout_no_state(here: SignedInPerson) -> None:
    assert here.leave(state=None) == SIGNED_OUT


def test_oidcc_backchannel_logout_discovery_endpoint_verification(here: SignedInPerson) -> None:
    assert here.suite.metadata["backchannel_logout_supported"] is True
    assert here.suite.metadata["backchannel_logout_session_supported"] is True


@pytest.fixture
def server() -> Iterator[Listener]:
    """The client's own server."""
    server = Listener()
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def listener(server: Listener, provider: Provider) -> Iterator[Listener]:
    """The same, registered."""
    _tell_at(provider, backchannel_logout_uri=server.uri)
    yield server
    _tell_at(provider, backchannel_logout_uri="")


def _tell_at(provider: Provider, **uri: str) -> None:
    with tenant_context(tenant_named("acme")):
        application = Application.objects.get(client_id=provider.client.client_id)
        change_application(application, **uri, actor=Actor.command())


def test_oidcc_backchannel_rp_initiated_logout(here: SignedInPerson, listener: Listener) -> None:
    leaves_and_is_told_of(here, listener)


def test_oidcc_backchannel_rp_initiated_logout_of_a_client_that_registered_itself(
    dynamic: DynamicSuite, server: Listener
) -> None:
    leaves_and_is_told_of(registered(dynamic, backchannel_logout_uri=server.uri), server)


def registered(dynamic: DynamicSuite, **metadata: object) -> SignedInPerson:
    """As `here`, with a client that has registered itself for this."""
    dynamic.register(post_logout_redirect_uris=[SIGNED_OUT], **metadata)
    person = dynamic.person()
    return SignedInPerson(dynamic, person, dynamic.sign_in(person))


def leaves_and_is_told_of(here: SignedInPerson, listener: Listener) -> None:
    assert here.done.claims["sid"]
    assert here.leave() == f"{SIGNED_OUT}?state=the+state"
    run_waiting_jobs()
    (heard,) = listener.heard
    (token,) = heard["logout_token"]
    claims = here.suite.verified(token, nonce=None)
    assert claims["events"] == {EVENT: {}}
    assert (claims["sid"], claims["sub"]) == (here.done.claims["sid"], here.done.claims["sub"])
    assert {"iat", "jti", "exp"} <= claims.keys()
    assert here.suite.answer(here.person, prompt="none")["error"] == "login_required"


FRONTCHANNEL = "https://suite.example/test/a/ciam/frontchannel_logout"


def test_oidcc_frontchannel_rp_initiated_logout(here: SignedInPerson, provider: Provider) -> None:
    _tell_at(provider, frontchannel_logout_uri=FRONTCHANNEL)
    assert here.suite.metadata["frontchannel_logout_supported"] is True
    assert here.suite.metadata["frontchannel_logout_session_supported"] is True
    try:
        is_told_in_a_frame(here)
    finally:
        _tell_at(provider, frontchannel_logout_uri="")


def test_oidcc_frontchannel_rp_initiated_logout_of_a_client_that_registered_itself(dynamic: DynamicSuite) -> None:
    is_told_in_a_frame(
        registered(dynamic, frontchannel_logout_uri=FRONTCHANNEL, frontchannel_logout_session_required=True)
    )


def is_told_in_a_frame(here: SignedInPerson) -> None:
    here.leave(presses=False)
    frame = here.page.partition(f'src="{FRONTCHANNEL}')[2].partition('"')[0].replace("&amp;", "&")
    assert parse_qs(frame.lstrip("?")) == {"iss": [here.suite.provider.issuer], "sid": [here.done.claims["sid"]]}
