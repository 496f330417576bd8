"""The text messages of journeys: short, in the customer's language, written by the worker."""

from urllib.parse import urlsplit

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from branding.look import look_for
from sms.models import TextMessage
from sms.services import queue_text
from tenants.addressing import base_url
from tenants.lookup import current_tenant
from userflows.models import Journey


def text_code(journey: Journey, *, to: str, code: str, kind: str) -> TextMessage:
    """The code that goes on with the journey. The message may be refused: its state and its error tell.

    The last line binds the code to our host, so that phones offer it there and nowhere else
    (https://wicg.github.io/sms-one-time-codes/).
    """
    language = journey.mail_language or settings.LANGUAGE_CODE
    with translation.override(language):
        tenant_name = look_for(language).tenant_name
        sentence = gettext("%(code)s is your code for %(tenant)s") % {"code": code, "tenant": tenant_name}
    tenant = current_tenant()
    host = urlsplit(base_url(tenant) if tenant else settings.CIAM_BASE_URL).hostname
    return queue_text(to=to, kind=kind, text=f"{sentence}\n\n@{host} #{code}")
