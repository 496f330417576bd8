"""Each occasion of a mail can be looked at, is sent as a test, and stands in the log of what was sent."""

from html import unescape

import pytest
from django_tenants.utils import tenant_context

from mail.bodies import open_body
from mail.models import Message
from tenants.models import Tenant
from tests.browser import Browser

pytestmark = pytest.mark.django_db
# The sample that shows each, the kind of mail it is, and what the log calls that once its content is gone.
OCCASIONS = {
    "code or link": ("mail", "code", "One-time code"),
    "welcome": ("mail_welcome", "welcome", "Welcome"),
    "reset": ("mail_password_link", "password_link", "Link to a new password"),
    "changed address": ("mail_address_changed", "address_changed", "Email address changed"),
    "change undone": ("mail_address_undo", "address_undo", "Email address changed, with a link to undo it"),
    "new device": ("mail_protection", "protection", "Notice about an account"),
    "many wrong tries": ("mail_guessing", "protection", "Notice about an account"),
    "invitation": ("mail_invitation_link", "invitation_link", "Invitation"),
    "deletion": ("mail_deletion", "deletion", "Account will be deleted"),
    "deleted": ("mail_deletion_done", "deletion_done", "Account deleted"),
}


def test_each_occasion_has_a_preview_a_test_and_a_line_in_the_log(acme: Tenant, ada_portal: Browser) -> None:
    emails, log = "/tenants/acme/branding/emails/", "/tenants/acme/outbox/"
    for sample, kind, called in OCCASIONS.values():
        shown = unescape(ada_portal.get(emails, {"page": sample}).content.decode())
        told = ada_portal.post(emails, {"page": sample}, follow=True).content.decode()
        assert "the email stays in the outbox" in told, sample
        with tenant_context(acme):
            message = Message.objects.latest("created_at")
            assert message.kind == kind
            assert open_body(message.sealed_body, message_id=message.pk).subject in shown
            Message.objects.update(sealed_body="")
        line = unescape(ada_portal.get(log).content.decode())
        assert called in line, sample
        assert str(message.pk) in line, sample
        with tenant_context(acme):
            Message.objects.all().delete()
