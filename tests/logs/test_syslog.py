"""What a syslog server gets of a tenant's log: RFC 5424 over TLS (RFC 5425)."""

import json
import re
from datetime import datetime

import pytest
from django.db.models import F
from django_tenants.utils import tenant_context

from audit.models import Category, Event, Result
from audit.services import Actor
from common.problems import Refused
from logs.forwarding.description import DestinationDescription
from logs.forwarding.policies import LONGEST_WAIT
from logs.forwarding.services import create_destination, send_test
from logs.forwarding.turns import forward_what_is_due
from logs.models import Delivery, Destination
from logs.seals import sealing
from tenants.models import Tenant
from tests.logs.events import write_event, write_events
from tests.logs.receivers import Syslog

pytestmark = pytest.mark.django_db
COMMAND = Actor.command()
MESSAGE = re.compile(r"<(\d+)>1 (\S+) (\S+) ciam-portal - (\S+) - (.*)")


@pytest.fixture
def forwarded(sealed: Tenant, collector: Syslog) -> Destination:
    with tenant_context(sealed):
        description = DestinationDescription("Collector", "syslog", collector.address)
        destination, secret = create_destination(description, actor=COMMAND)
    assert secret == ""
    return destination


def test_each_event_is_a_message_of_its_own(sealed: Tenant, forwarded: Destination, collector: Syslog) -> None:
    with tenant_context(sealed):
        write_event("customer.signed_in", details={"line": "one\ntwo €"})
        write_event("customer.sign_in_failed", result=Result.FAILURE, reason="password_wrong")
        write_event("application.changed", category=Category.ADMINISTRATION)
        events = list(Event.objects.order_by("-pk")[:3])[::-1]
    sealing.seal_all_events(sealed.schema_name)
    forward_what_is_due(sealed.schema_name)
    messages = [MESSAGE.fullmatch(message) for message in collector.messages()[-3:]]
    found = [match.groups() for match in messages if match]
    assert [(priority, action) for priority, _, _, action, _ in found] == [
        (str(10 * 8 + 6), "customer.signed_in"),
        (str(10 * 8 + 4), "customer.sign_in_failed"),
        (str(13 * 8 + 6), "application.changed"),
    ]
    for (_, at, host, _, body), event in zip(found, events, strict=True):
        assert datetime.fromisoformat(at) == event.at
        assert host == "localhost"
        assert json.loads(body)["id"] == f"acme.{event.pk}"
    assert json.loads(found[0][4])["details"] == {"line": "one\ntwo €"}


def test_one_that_breaks_off_in_the_middle_gets_the_whole_batch_again(
    sealed: Tenant, forwarded: Destination, collector: Syslog
) -> None:
    ids = write_events(sealed, 3)
    sealing.seal_all_events(sealed.schema_name)
    collector.breaks_after = 150
    forward_what_is_due(sealed.schema_name)
    with tenant_context(sealed):
        assert not Delivery.objects.latest("pk").has_arrived
        assert Destination.objects.get().cursor == forwarded.cursor
        Destination.objects.update(next_try_at=F("next_try_at") - LONGEST_WAIT)
    collector.breaks_after = 0
    forward_what_is_due(sealed.schema_name)
    sent = [json.loads(message.rpartition(" - ")[2])["id"] for message in collector.messages()]
    assert sent[-3:] == [f"acme.{pk}" for pk in ids]


def test_one_that_speaks_no_tls_or_is_not_there_is_said_to(sealed: Tenant, forwarded: Destination) -> None:
    with tenant_context(sealed):
        Destination.objects.update(address="localhost:1")
        assert "Nothing listens at port 1" in str(send_test(Destination.objects.get(), actor=COMMAND).told)


@pytest.mark.parametrize("address", ["collector.example", "collector.example:0", "a b:6514", "x:99999", "https://x:1"])
def test_an_address_is_a_host_and_a_port(acme: Tenant, address: str) -> None:
    with tenant_context(acme), pytest.raises(Refused) as refused:
        create_destination(DestinationDescription("X", "syslog", address), actor=COMMAND)
    assert [problem.field for problem in refused.value.problems] == ["address"]
