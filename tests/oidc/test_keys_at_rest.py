"""Private keys and mail are sealed under keys from the environment, which can be exchanged."""

import base64
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import models
from django_tenants.utils import schema_context, tenant_context
from pytest_django.fixtures import Settings

from audit.models import Event
from audit.services import Actor
from common.crypto.encryption import seal
from common.database.caches import forget_everything
from mail.bodies import open_body
from mail.models import Message
from mail.services import queue_message
from oidc.keys import loaded as oidc_keys
from oidc.keys.services import keep_signing_keys
from oidc.models import SigningKey
from operations import resealing
from operations.resealing import SEALED_COLUMNS, reseal_tenant
from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tenants.postgresql import connection
from tests.browser import Browser
from tests.oidc.relying_party import RelyingParty, answer_in

OLD, NEW = b"o" * 32, b"n" * 32


def restart() -> None:
    """What a process keeps is lost when it starts anew with another environment."""
    oidc_keys._loaded.clear()
    forget_everything()


@pytest.fixture
def old_key(settings: Settings, acme: Tenant, globex: Tenant, home: Tenant) -> Iterator[Settings]:
    """Everything sealed under the key `old`, and a new one put before it."""
    settings.CIAM_ENCRYPTION_KEYS = {"old": OLD, **settings.CIAM_ENCRYPTION_KEYS}
    for tenant in (acme, globex, home):
        reseal_tenant(tenant, actor=Actor.system())
    with tenant_context(acme):
        queue_message(to="carol@acme.example", kind="code", subject="Your code", text="123456")
    settings.CIAM_ENCRYPTION_KEYS = {"new": NEW, "old": OLD}
    restart()
    yield settings
    restart()


def reseal(*words: str) -> dict[str, Any]:
    printed = io.StringIO()
    call_command("reseal", *words, "--json", stdout=printed)
    answer: dict[str, Any] = json.loads(printed.getvalue())
    return answer


def sealed_under(tenant: Tenant) -> set[str]:
    with tenant_context(tenant):
        return {
            value.partition(".")[0]
            for column in SEALED_COLUMNS
            for value in column.model.objects.values_list(column.name, flat=True)
            if value
        }


def test_every_sealed_column_is_known_to_the_resealing() -> None:
    sealed = {
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.BinaryField | models.TextField | models.CharField)
        and field.name.startswith("sealed")
    }
    assert sealed == {(column.model, column.name) for column in SEALED_COLUMNS}


def test_after_resealing_the_old_key_can_be_taken_out(old_key: Settings, acme: Tenant, shop: RelyingParty) -> None:
    before = shop.tokens()
    assert sealed_under(acme) == {"old"}
    answer = reseal()
    assert answer["encryption_key"] == "new"
    assert {tenant["domain"]: tenant["resealed"] for tenant in answer["tenants"]} == {"acme": 3, "globex": 2, "home": 2}
    assert sealed_under(acme) == {"new"}

    old_key.CIAM_ENCRYPTION_KEYS = {"new": NEW}
    restart()
    assert shop.userinfo(before["access_token"]).status_code == 200
    after = shop.tokens()
    shop.accepts(after["id_token"], audience=shop.client_id)
    with tenant_context(acme):
        message = Message.objects.get(to="carol@acme.example")
        assert open_body(message.sealed_body, message_id=message.pk).text == "123456"
        assert Event.objects.filter(action="encryption.resealed").exists()
    assert reseal()["resealed"] == 0


def test_r29_a_key_taken_out_too_early_is_named_and_nothing_breaks_for_good(
    old_key: Settings, shop: RelyingParty, acme: Tenant, caplog: pytest.LogCaptureFixture
) -> None:
    code = shop.code()
    id_token = "a.b.c"
    old_key.CIAM_ENCRYPTION_KEYS = {"new": NEW}
    restart()
    for answer in (
        shop.exchange(code),
        shop.token(grant_type="client_credentials"),
        shop.userinfo("x.y.z"),
        shop.introspect("x.y.z"),
        shop.browser.get("/oidc/jwks"),
        shop.browser.get("/oidc/.well-known/openid-configuration"),
    ):
        assert answer.status_code == 503
        assert answer.json()["error"] == "temporarily_unavailable"
    assert answer_in(shop.authorize())["error"] == "temporarily_unavailable"
    assert shop.browser.get("/oidc/logout", {"id_token_hint": id_token}).status_code == 200
    assert "tenant acme can't be read" in caplog.text
    assert "'old' isn't in CIAM_ENCRYPTION_KEYS" in caplog.text
    assert "manage.py reseal" in caplog.text
    with pytest.raises(CommandError, match="'old' isn't in CIAM_ENCRYPTION_KEYS"):
        call_command("reseal")

    old_key.CIAM_ENCRYPTION_KEYS = {"new": NEW, "old": OLD}
    restart()
    assert shop.exchange(code).status_code == 200


def test_where_a_key_is_lost_for_good_new_signing_keys_serve_the_tenant_again(
    old_key: Settings, shop: RelyingParty
) -> None:
    old_key.CIAM_ENCRYPTION_KEYS = {"new": NEW}
    restart()
    assert shop.browser.get("/oidc/jwks").status_code == 503

    call_command("signingkey", "revoke", "--tenant", "acme", "--yes")
    restart()

    assert shop.browser.get("/oidc/jwks").status_code == 200
    shop.accepts(shop.tokens()["id_token"], audience=shop.client_id)


def test_a_resealing_that_was_stopped_goes_on_where_it_was(
    old_key: Settings, acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resealing, "BATCH", 1)
    sealings = iter([seal, seal])

    def fails_after_two(value: bytes, *, context: str) -> str:
        try:
            return next(sealings)(value, context=context)
        except StopIteration:
            raise RuntimeError("the machine was switched off") from None

    monkeypatch.setattr(resealing, "seal", fails_after_two)
    with pytest.raises(RuntimeError):
        call_command("reseal")
    monkeypatch.setattr(resealing, "seal", seal)
    assert sealed_under(acme) == {"old", "new"}
    assert reseal()["resealed"] == 5
    assert sealed_under(acme) == {"new"}


def test_a_value_that_changed_meanwhile_is_left_alone(
    old_key: Settings, acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def while_it_is_sent(value: bytes, *, context: str) -> str:
        Message.objects.update(sealed_body="")
        return seal(value, context=context)

    monkeypatch.setattr(resealing, "seal", while_it_is_sent)
    reseal_tenant(acme, actor=Actor.system())
    with tenant_context(acme):
        assert Message.objects.get(to="carol@acme.example").sealed_body == ""


def test_a_value_that_opens_with_no_key_is_counted_and_the_rest_goes_on(
    old_key: Settings, acme: Tenant, globex: Tenant
) -> None:
    with tenant_context(acme):
        Message.objects.update(sealed_body=f"gone.{base64.urlsafe_b64encode(b'x' * 40).decode()}")
    with pytest.raises(CommandError, match="acme: 1 x The encryption key 'gone' isn't in CIAM_ENCRYPTION_KEYS"):
        call_command("reseal")
    assert sealed_under(acme) == {"new", "gone"}
    assert sealed_under(globex) == {"new"}


def test_suspended_and_deleted_tenants_are_resealed_too(old_key: Settings, acme: Tenant) -> None:
    with schema_context(PUBLIC):
        Tenant.objects.filter(pk=acme.pk).update(state="deleted")
    assert reseal("--tenant", "acme")["resealed"] == 3
    assert sealed_under(acme) == {"new"}


def test_new_keys_are_sealed_under_the_first_key(old_key: Settings, acme: Tenant) -> None:
    with tenant_context(acme):
        keep_signing_keys(actor=Actor.system())
        assert connection.schema_name == acme.schema_name
        assert all(key.sealed_private_key.startswith("new.") for key in SigningKey.objects.next())
    assert Browser(acme).get("/oidc/jwks").status_code == 200
