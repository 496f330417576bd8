"""A user flow as one value: told, changed, judged and noted in one way."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction
from django_tenants.utils import tenant_context

from accounts.identity.services.attributes import define_custom_attribute
from accounts.models import CustomAttribute
from audit.models import Event
from audit.services import Actor
from common.problems import Code, Refused
from tenants.models import Tenant
from userflows.flows.deletion import delete_user_flow
from userflows.flows.description import UserFlowDescription
from userflows.flows.page_layout import AttributeLayout, Option, RowWords
from userflows.flows.services import apply, change_user_flow, create, describe
from userflows.models import UserFlow

COMMAND = Actor.command()
WISHED = UserFlowDescription(
    name="Staff only",
    methods=("password", "code"),
    allows_sign_up=False,
    attributes=(
        AttributeLayout(
            "city",
            label="Your town",
            is_required=True,
            input_type="radio",
            options=(Option("Berlin", "b"), Option("Paris", "p")),
            translations={"de": RowWords("Deine Stadt", {"p": "Parys"})},
        ),
        AttributeLayout("surname", input_type="text", translations={}),
    ),
)
pytestmark = pytest.mark.usefixtures("_at_acme")


@pytest.fixture
def _at_acme(acme: Tenant) -> Iterator[None]:
    with tenant_context(acme):
        yield


@pytest.fixture
def flow() -> UserFlow:
    return create(UserFlowDescription("Another"), actor=COMMAND)


def events_of(flow: UserFlow) -> list[Event]:
    return list(Event.objects.filter(target_id=str(flow.pk)).order_by("pk"))


def test_a_flow_becomes_what_is_described_by_one_event(flow: UserFlow) -> None:
    apply(flow, WISHED, actor=COMMAND)
    assert describe(UserFlow.objects.get(pk=flow.pk)) == WISHED
    created, changed = events_of(flow)
    assert (created.action, changed.action) == ("user_flow.created", "user_flow.changed")
    assert changed.details == {
        "fields": ["name", "methods", "allows_sign_up", "attributes"],
        "now": {"methods": ["password", "code"], "allows_sign_up": False},
        "added": ["attributes.city", "attributes.surname"],
    }
    apply(flow, WISHED, actor=COMMAND)
    assert len(events_of(flow)) == 2


def test_only_what_differs_is_named(flow: UserFlow) -> None:
    apply(flow, WISHED, actor=COMMAND)
    city, surname = WISHED.attributes
    french = replace(city, translations={**(city.translations or {}), "fr": RowWords("Ta ville", {})})
    change_user_flow(flow, attributes=(surname, french), actor=COMMAND)
    assert events_of(flow)[-1].details == {
        "fields": ["attributes"],
        "changed": ["attributes.city"],
        "languages": ["fr"],
    }


def test_a_refusal_names_the_row_and_spoils_nothing(flow: UserFlow) -> None:
    city = AttributeLayout("city", input_type="radio")
    with pytest.raises(Refused) as refusal:
        change_user_flow(flow, name=" ", methods=("password", "magic"), attributes=(city,), actor=COMMAND)
    told = {(problem.code, problem.item, problem.field) for problem in refusal.value.problems}
    assert told == {
        (Code.REQUIRED, "", "name"),
        (Code.INVALID, "", "methods"),
        (Code.INVALID, "attributes.city", "options"),
    }
    assert (flow.name, flow.methods) == ("Another", ["password"])
    with pytest.raises(Refused) as refusal:
        change_user_flow(flow, name=UserFlow.objects.get(is_default=True).name, actor=COMMAND)
    assert [problem.code for problem in refusal.value.problems] == [Code.TAKEN]


def test_a_flow_has_a_way_to_sign_in_and_each_once(flow: UserFlow) -> None:
    for methods, code in (((), Code.REQUIRED), (("code", "code"), Code.INVALID), (("address",), Code.INVALID)):
        with pytest.raises(Refused) as refusal:
            change_user_flow(flow, methods=methods, actor=COMMAND)
        assert [(problem.code, problem.field) for problem in refusal.value.problems] == [(code, "methods")]
    with pytest.raises(IntegrityError), transaction.atomic():
        UserFlow.objects.filter(pk=flow.pk).update(methods=[])
    change_user_flow(flow, methods=("code", "password"), actor=COMMAND)
    assert UserFlow.objects.get(pk=flow.pk).rules.methods == ("code", "password")


def test_who_has_seen_another_state_overwrites_nothing(flow: UserFlow) -> None:
    seen = describe(flow).version
    change_user_flow(flow, allows_sign_up=False, actor=COMMAND)
    with pytest.raises(Refused) as refusal:
        apply(flow, WISHED, expected_version=seen, actor=COMMAND)
    assert [problem.code for problem in refusal.value.problems] == [Code.CHANGED_MEANWHILE]
    apply(flow, WISHED, expected_version=describe(flow).version, actor=COMMAND)


def test_there_is_one_default_flow_and_it_gives_way_only_to_another(flow: UserFlow) -> None:
    former = UserFlow.objects.get(is_default=True)
    with pytest.raises(Refused):
        change_user_flow(former, is_default=False, actor=COMMAND)
    other = create(UserFlowDescription("Newer", is_default=True), actor=COMMAND)
    change_user_flow(flow, is_default=True, actor=COMMAND)
    assert UserFlow.objects.get(is_default=True) == flow
    with pytest.raises(Refused):
        delete_user_flow(flow, actor=COMMAND)
    delete_user_flow(other, actor=COMMAND)


def test_c11_a_tenant_has_a_hundred_attributes_of_its_own() -> None:
    kind = CustomAttribute.DataType.STRING
    there = CustomAttribute.objects.count()
    CustomAttribute.objects.bulk_create(CustomAttribute(name=f"a{n}", data_type=kind) for n in range(100 - there))
    with pytest.raises(Refused) as refusal:
        define_custom_attribute(name="oneMore", data_type=kind, actor=COMMAND)
    assert [problem.code for problem in refusal.value.problems] == [Code.TOO_MANY]
