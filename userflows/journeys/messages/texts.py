"""The text messages of journeys: short, in the customer's language, written by the worker."""

from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext

from branding.languages.offered import offer
from branding.look import look_for
from branding.words.in_force import words_in_force
from common.text.spoken import speaking, speaking_language
from sms.models import TextMessage
from sms.services import queue_text
from tenants.addressing import base_url
from tenants.lookup import current_tenant
from userflows.models import Journey

# Among which messages to a number one is counted, beside what its browser is to the account: nobody who asks at the
# door, or calls a number theirs, keeps its owner from the code that is due after the password.
FIRST_FACTOR, SECOND_FACTOR, NEW_NUMBER = "first factor", "second factor", "new number"


def text_code(
    journey: Journey, *, to: str, code: str, kind: str, group: str, may_use_reserve: bool = False
) -> TextMessage:
    """The code that goes on with the journey. The message may be refused: its state and its error tell.

    `group` and `may_use_reserve` are those of `queue_text`. The last line binds the code to our host, so that phones
    offer it there and nowhere else (https://wicg.github.io/sms-one-time-codes/).
    """
    offered = offer()
    language = offered.spoken_to(journey.mail_language)
    words = words_in_force(journey.user_flow_id, journey.client_id)
    with speaking_language(*offered.spoken_as(language)), speaking(words):
        tenant_name = look_for(language).tenant_name
        sentence = gettext("%(code)s is your code for %(tenant)s") % {"code": code, "tenant": tenant_name}
    tenant = current_tenant()
    host = urlsplit(base_url(tenant) if tenant else settings.CIAM_BASE_URL).hostname
    text = f"{sentence}\n\n@{host} #{code}"
    return queue_text(to=to, kind=kind, text=text, group=group, may_use_reserve=may_use_reserve)
