"""Mails as customers would get them in a look that isn't published yet, sent to whoever works on it."""

from branding.languages.offered import offer
from branding.look import Look
from branding.models import Theme
from branding.preview.drafts import words_of_draft
from branding.preview.samples import Sample
from common.text.spoken import speaking, speaking_language
from mail.sending.trial import count_test_mail
from mail.services import queue_message
from userflows.journeys.messages.mails import Written, of_tenant, written


def written_sample(sample: Sample, *, look: Look, language: str, theme: Theme | None) -> Written:
    """The mail with sample data, its picture where mail programs load it from."""
    with speaking_language(*offer().spoken_as(language)), speaking(words_of_draft(theme)):
        return written(sample.mail, {**sample.context(look), **of_tenant(look)})


def send_sample(sample: Sample, *, look: Look, language: str, theme: Theme | None, to: str) -> None:
    """Send it the way that customers' mails go; it counts as a test of the mail server. Raises `Refused`."""
    count_test_mail()
    mail = written_sample(sample, look=look, language=language, theme=theme)
    queue_message(to=to, kind=sample.mail, reply_to=look.reply_to, language=language, **vars(mail))
