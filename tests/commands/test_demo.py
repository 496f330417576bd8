import json
import stat
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError
from django_tenants.utils import schema_context, tenant_context
from pytest_django.fixtures import Settings

from accounts.models import Account
from branding.models import Branding, BrandingImage
from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tests.cast import PASSWORD
from tests.commands.conftest import Run
from userflows.models import UserFlow


@pytest.fixture
def data_dir(settings: Settings, tmp_path: Path) -> Path:
    settings.CIAM_DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def _no_tenants_yet(acme: Tenant, globex: Tenant) -> None:
    """The cast's tenants make room for the demo's."""
    with schema_context(PUBLIC):
        for tenant in (acme, globex):
            Tenant.objects.filter(pk=tenant.pk).update(slug=f"{tenant.slug}0")
            tenant.domains.update(domain=f"{tenant.slug}0.localhost")


def found(slug: Any) -> Any:
    with schema_context(PUBLIC):
        return Tenant.objects.get(slug=slug)


@pytest.mark.usefixtures("_no_tenants_yet")
def test_the_demo_says_where_to_go_and_how_to_get_in(run: Run, home: Tenant, data_dir: Path) -> None:
    answer = run("demo")

    assert answer["administrator_email"] == "olga@portal.example"
    assert answer["sign_up_url"].endswith("/t/acme/sign-up/")
    assert [tenant["domain"] for tenant in answer["tenants"]] == ["acme", "globex"]
    with tenant_context(home):
        for email in ("olga@portal.example", "ada@portal.example", "grace@portal.example"):
            account = Account.objects.with_email(email).get()
            assert account.check_password(answer["administrator_password"]), email


@pytest.mark.usefixtures("_no_tenants_yet")
def test_the_tenants_look_different_and_hold_customers_in_every_state(run: Run, data_dir: Path) -> None:
    run("demo")

    with tenant_context(found("acme")):
        assert set(Branding.objects.values_list("locale", "layout")) == {("", "split"), ("de", "")}
        assert BrandingImage.objects.count() == 3
        assert Account.objects.filter(is_active=False).exists()
        assert Account.objects.exclude(deleted_at=None).exists()
        assert sorted(UserFlow.objects.values_list("methods", flat=True)) == [["password"], ["password", "code"]]
    with tenant_context(found("globex")):
        assert Branding.objects.get(locale="").layout == "full_screen"
        assert UserFlow.objects.get().methods == ["code"]


@pytest.mark.usefixtures("_no_tenants_yet")
def test_a_first_visit_on_a_large_screen_is_a_light_one(run: Run, data_dir: Path) -> None:
    """60 KB with page, style sheets and script, which take 20."""
    run("demo")

    for slug in ("acme", "globex"):
        with tenant_context(found(slug)):
            images = BrandingImage.objects.filter(branding__locale="")
            assert sum(len(image.content) for image in images) < 40_000, slug


@pytest.mark.usefixtures("_no_tenants_yet")
def test_a_second_run_changes_nothing(run: Run, data_dir: Path) -> None:
    first = run("demo")
    with tenant_context(found("acme")):
        Branding.objects.filter(locale="").update(accent_color="#123456")
        people = set(Account.objects.values_list("pk", "password"))

    assert run("demo") == first
    with tenant_context(found("acme")):
        assert Branding.objects.get(locale="").accent_color == "#123456"
        assert set(Account.objects.values_list("pk", "password")) == people


def test_the_password_is_kept_from_other_people_of_the_machine(
    run: Run, acme: Tenant, globex: Tenant, data_dir: Path
) -> None:
    answer = run("demo")

    kept = data_dir / "demo.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert json.loads(kept.read_text()) == {"password": answer["administrator_password"]}


def test_tenants_that_exist_already_are_left_alone(
    run: Run, acme: Tenant, globex: Tenant, carol: Account, data_dir: Path
) -> None:
    run("demo")

    with tenant_context(acme):
        assert Account.objects.get(pk=carol.pk).check_password(PASSWORD)
        assert not Account.objects.with_email("heidi@acme.example").exists()


def test_the_demo_stays_away_from_the_internet(run: Run, settings: Settings, data_dir: Path) -> None:
    settings.IS_LOCAL = False

    with pytest.raises(CommandError, match="a developer's own machine"):
        run("demo")
    assert not list(data_dir.iterdir())
