from typing import Any

import pytest
from django.core.management import CommandError
from django_tenants.utils import schema_context, tenant_context

from accounts.models import Account
from audit.models import Event
from tenants.lookup import PUBLIC
from tenants.models import Membership, Tenant
from tests.cast import PASSWORD
from tests.commands.conftest import Run
from tests.userflows.customer import mails_to
from tests.userflows.factors.authenticator import Authenticator, with_passkey
from tests.worker import run_jobs


def memberships_of(account_id: Any) -> Any:
    with schema_context(PUBLIC):
        return set(Membership.objects.filter(account_id=account_id).values_list("tenant__slug", flat=True))


def test_without_a_tenant_an_operator_is_made(run: Run, home: Tenant) -> None:
    answer = run("administrator", "create", "--email", "pat@portal.example", "--password-stdin", typed=f"{PASSWORD}\n")

    assert answer["is_operator"]
    assert answer["is_new"]
    assert memberships_of(answer["id"]) == {"home"}
    with tenant_context(home):
        account = Account.objects.get(pk=answer["id"])
        assert account.check_password(PASSWORD)
        assert account.email_verified


def test_an_administrator_manages_the_tenant_named(run: Run, acme: Tenant) -> None:
    answer = run(
        *("administrator", "create", "--email", "pat@portal.example", "--tenant", "acme", "--password-stdin"),
        typed=f"{PASSWORD}\n",
    )

    assert not answer["is_operator"]
    assert memberships_of(answer["id"]) == {"acme"}


def test_a_known_administrator_gets_one_more_tenant_and_keeps_the_password(
    run: Run, home: Tenant, ada: Account, globex: Tenant
) -> None:
    answer = run(
        *("administrator", "create", "--email", "ADA@portal.example", "--tenant", "globex", "--password-stdin"),
        typed="another password than before\n",
    )

    assert not answer["is_new"]
    assert memberships_of(ada.pk) == {"acme", "globex"}
    with tenant_context(home):
        assert Account.objects.get(pk=ada.pk).check_password(PASSWORD)


def test_a_new_administrator_needs_a_password(run: Run) -> None:
    with pytest.raises(CommandError, match="Give a password for it on standard input"):
        run("administrator", "create", "--email", "pat@portal.example")
    with pytest.raises(CommandError, match="no password on standard input"):
        run("administrator", "create", "--email", "pat@portal.example", "--password-stdin")


def test_a_weak_password_is_refused_and_leaves_nobody(run: Run, home: Tenant) -> None:
    with pytest.raises(CommandError, match="--password-stdin: Use at least 8 characters"):
        run("administrator", "create", "--email", "pat@portal.example", "--password-stdin", typed="short\n")

    with tenant_context(home):
        assert not Account.objects.with_email("pat@portal.example").exists()


def test_a_disabled_administrator_is_not_appointed(run: Run, home: Tenant, ada: Account) -> None:
    with tenant_context(home):
        Account.objects.filter(pk=ada.pk).update(is_active=False)
    with pytest.raises(CommandError, match="disabled or deleted"):
        run("administrator", "create", "--email", ada.email, "--tenant", "globex")


def test_an_administrator_is_given_a_role_suspended_let_in_again_and_removed(run: Run, acme: Tenant) -> None:
    about = ("--email", "stranger@portal.example", "--tenant", "acme")
    run("administrator", "create", *about, "--role", "support")

    assert run("administrator", "role", *about, "--role", "owner")["role"] == "owner"
    assert run("administrator", "suspend", *about)["is_suspended"]
    assert not run("administrator", "resume", *about)["is_suspended"]
    listed = run("administrator", "list", "--tenant", "acme")["administrators"]
    assert [(each["email"], each["role"]) for each in listed] == [
        ("ada@portal.example", "owner"),
        ("stranger@portal.example", "owner"),
    ]
    run("administrator", "remove", *about)
    with pytest.raises(CommandError, match="doesn't manage “Acme”"):
        run("administrator", "remove", *about)


def test_an_administrator_who_has_lost_the_second_factors_is_let_in_again(run: Run, home: Tenant, ada: Account) -> None:
    with_passkey(home, ada, Authenticator())
    about = ("administrator", "remove-factors", "--email", ada.email, "--reason", "Stood at the desk")
    assert run("administrator", "list", "--tenant", "acme")["administrators"][0]["factors"] == ["passkey"]

    assert run(*about) == {"id": str(ada.pk), "email": ada.email, "removed": True}
    assert run(*about)["removed"] is False
    run_jobs()
    with tenant_context(home):
        assert not Account.objects.get(pk=ada.pk).factors
        assert Event.objects.get(action="customer.passkey_removed").details["reason"] == "Stood at the desk"
        assert len(mails_to(ada.email)) == 1
    with pytest.raises(CommandError, match="No administrator has the address"):
        run("administrator", "remove-factors", "--email", "carol@acme.example")


def test_p07_the_command_line_takes_no_last_owner_away_either(run: Run, acme: Tenant) -> None:
    for verb in (("remove",), ("suspend",), ("role", "--role", "reader")):
        with pytest.raises(CommandError, match="the last owner"):
            run("administrator", *verb, "--email", "ada@portal.example", "--tenant", "acme")
    with pytest.raises(CommandError, match="the last owner"):
        run("administrator", "remove", "--email", "olga@portal.example")


def test_somebody_is_invited_by_the_command_line(run: Run, home: Tenant, acme: Tenant) -> None:
    answer = run(
        "administrator", "invite", "--email", "pat@new.example", "--tenant", "acme", "--role", "branding_administrator"
    )

    assert (answer["tenant"], answer["role"]) == ("acme", "branding_administrator")
    with tenant_context(home):
        assert "You are invited to manage Acme." in mails_to("pat@new.example")[0].text
    with pytest.raises(CommandError, match="Operators are owners, auditors or readers"):
        run("administrator", "invite", "--email", "pat@new.example", "--role", "support")

    taken_back = run("administrator", "withdraw", "--email", "Pat@new.example", "--tenant", "acme")
    assert taken_back == {"email": "pat@new.example", "tenant": "acme"}
    with pytest.raises(CommandError, match="Nobody with the address"):
        run("administrator", "withdraw", "--email", "pat@new.example", "--tenant", "acme")


def test_a_customer_has_attributes_of_the_right_type(run: Run, acme: Tenant) -> None:
    run("userflow", "create", "--tenant", "acme", "--name", "Survey", "--custom-attribute", "age:Int",
        "--custom-attribute", "likesMail:Boolean")  # fmt: skip
    answer = run(
        *("customer", "create", "--tenant", "acme", "--email", "kim@acme.example", "--password-stdin"),
        *("--attribute", "givenName=Kim", "--attribute", "loyaltyNumber=C=7"),
        *("--attribute", "age=41", "--attribute", "likesMail=no"),
        typed=f"{PASSWORD}\n",
    )

    assert set(answer) == {"id", "email"}
    with tenant_context(acme):
        kim = Account.objects.get(pk=answer["id"])
    assert kim.given_name == "Kim"
    assert kim.custom_attributes == {"loyaltyNumber": "C=7", "age": 41, "likesMail": False}
    assert kim.check_password(PASSWORD)


def test_a_customer_without_a_password_signs_in_by_code(run: Run, acme: Tenant) -> None:
    answer = run("customer", "create", "--tenant", "acme", "--email", "kim@acme.example")

    with tenant_context(acme):
        assert not Account.objects.get(pk=answer["id"]).has_usable_password()


def test_a_customer_belongs_to_one_tenant_alone(run: Run, acme: Tenant, globex: Tenant, carol: Account) -> None:
    with pytest.raises(CommandError, match="An account with this email address exists"):
        run("customer", "create", "--tenant", "acme", "--email", "Carol@ACME.example")

    run("customer", "create", "--tenant", "globex", "--email", "carol@acme.example")


@pytest.mark.parametrize(
    ("attribute", "sentence"),
    [
        ("shoeSize=42", "no attribute named “shoeSize”"),
        ("email=x@y.example", "no attribute named “email”"),
        ("city", "Write city=VALUE"),
        (f"givenName={'x' * 65}", "64 characters or fewer"),
    ],
)
def test_attributes_that_make_no_sense_are_refused(run: Run, acme: Tenant, attribute: str, sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        run("customer", "create", "--tenant", "acme", "--email", "kim@acme.example", "--attribute", attribute)


def test_people_of_the_home_tenant_are_administrators(run: Run, home: Tenant) -> None:
    with pytest.raises(CommandError, match="administrator create"):
        run("customer", "create", "--tenant", "home", "--email", "kim@portal.example")
