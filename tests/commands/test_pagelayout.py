"""What the portal does with the draft of a page layout, a script can do."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError
from django_tenants.utils import tenant_context

from tenants.models import Tenant
from tests.browser import Browser
from tests.commands.conftest import Run
from userflows.flows.services import DEFAULT_NAME
from userflows.models import UserFlow

OF_FLOW = ("--tenant", "acme", "--flow", DEFAULT_NAME)


def asked(tenant: Tenant) -> list[str]:
    with tenant_context(tenant):
        return [row.attribute for row in UserFlow.objects.get(is_default=True).attributes.all()]


def test_a_layout_is_drafted_shared_published_scheduled_and_restored(
    run: Run, acme: Tenant, acme_browser: Browser, tmp_path: Path
) -> None:
    before, file = asked(acme), tmp_path / "layout.json"
    file.write_text(json.dumps([{"attribute": "city", "label": "Wo?"}]), encoding="utf-8")

    assert [row["label"] for row in run("pagelayout", "draft", *OF_FLOW, "--file", str(file))["page_layout"]] == ["Wo?"]
    assert run("pagelayout", "show", *OF_FLOW)["is_published"] is False
    path = run("pagelayout", "share", *OF_FLOW)["link"].partition("/t/acme")[2]
    assert "Wo?" in acme_browser.get(f"{path}page").content.decode()
    (link,) = run("pagelayout", "links", *OF_FLOW)["links"]
    run("pagelayout", "take-link-back", *OF_FLOW, "--link", link["id"])
    assert acme_browser.get(path).status_code == 410
    assert asked(acme) == before

    number = run("pagelayout", "publish", *OF_FLOW)["number"]
    assert asked(acme) == ["city"]
    file.write_text("[]", encoding="utf-8")
    run("pagelayout", "draft", *OF_FLOW, "--file", str(file))
    at = "2100-01-31T09:30+01:00"
    assert run("pagelayout", "publish", *OF_FLOW, "--at", at)["due_at"].startswith("2100-01-31")
    assert run("pagelayout", "show", *OF_FLOW)["due_at"].startswith("2100-01-31")
    run("pagelayout", "take-back", *OF_FLOW)
    run("pagelayout", "discard", *OF_FLOW)
    shown = run("pagelayout", "show", *OF_FLOW)
    assert (shown["version"], shown["is_published"], shown["due_at"]) == (number, True, None)
    assert run("pagelayout", "restore", *OF_FLOW, "--number", str(number - 1))["restores"] == number - 1
    assert asked(acme) == before
    versions = run("pagelayout", "history", *OF_FLOW)["versions"]
    assert [each["number"] for each in versions[:2]] == [number + 1, number]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (("publish",), "Customers see just this already"),
        (("publish", "--at", "soon"), "write a day and a time"),
        (("restore", "--number", "99"), "There is no such version"),
        (("take-link-back", "--link", "1"), "There is no such link"),
        (("draft", "--file", "/nowhere"), "can't be read"),
    ],
)
def test_what_cant_be_done_is_said(run: Run, acme: Tenant, typed: tuple[str, ...], told: str) -> None:
    verb, *rest = typed
    with pytest.raises(CommandError, match=told):
        run("pagelayout", verb, *OF_FLOW, *rest)
