"""The limits of text messages when many ask at the same moment, as from several processes."""

import pytest
from django_tenants.utils import tenant_context

from audit.services import Actor
from sms.models import TextMessage
from sms.senders.description import TextDescription
from sms.services import choose_sender, queue_text
from tenants.models import Tenant
from tests.crowd import at_once


@pytest.mark.django_db(transaction=True)
def test_of_many_that_are_asked_for_at_once_no_more_are_written_than_may_be(acme: Tenant) -> None:
    numbers = [f"+49151123456{place}" for place in range(10, 22)]

    def one() -> str:
        with tenant_context(acme):
            text = queue_text(to=numbers.pop(), kind="code", text="123456", group="", may_use_reserve=True)
            return str(text.state)

    with tenant_context(acme):
        choose_sender(TextDescription(sender="outbox", countries=("DE",), per_hour=5), actor=Actor.command())
    states = at_once(len(numbers), one)
    assert sorted(states) == ["queued"] * 5 + ["refused"] * 7
    with tenant_context(acme):
        assert TextMessage.objects.filter(state="queued").count() == 5
        choose_sender(TextDescription(sender="outbox", countries=("AT",), per_country=3), actor=Actor.command())
    numbers += [f"+436601234{place}" for place in range(10, 18)]
    assert sorted(at_once(len(numbers), one)) == ["queued"] * 3 + ["refused"] * 5
