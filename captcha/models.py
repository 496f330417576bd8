from django.db import models
from django.utils.translation import gettext_lazy as _

from captcha.widgets import HCAPTCHA, MAX_KEY, MAX_NAME, MAX_URL, OTHER, PUZZLE, RECAPTCHA, STOP, TURNSTILE, WIDGETS
from common.text.translation import KeptSentence

MAX_PROBLEM = 512


class CaptchaSettings(models.Model):
    """The tenant's CAPTCHA provider; without a row it has none. `description` says what may be chosen about it.

    Since `failing_since` it has given no answer, for the reason in `error`.
    """

    class Provider(models.TextChoices):
        TURNSTILE = TURNSTILE, WIDGETS[TURNSTILE].name
        HCAPTCHA = HCAPTCHA, WIDGETS[HCAPTCHA].name
        RECAPTCHA = RECAPTCHA, WIDGETS[RECAPTCHA].name
        OTHER = OTHER, _("Another provider")

    class OnFailure(models.TextChoices):
        PUZZLE = PUZZLE, _("The puzzle instead")
        STOP = STOP, _("Stop")

    id = models.SmallIntegerField(primary_key=True, default=1)
    provider = models.CharField(max_length=16, choices=Provider, blank=True)
    site_key = models.CharField(max_length=MAX_KEY, blank=True)
    sealed_secret = models.TextField(blank=True)
    on_failure = models.CharField(max_length=8, choices=OnFailure, default=PUZZLE)
    # Of another provider than those that are known.
    name = models.CharField(max_length=MAX_NAME, blank=True)
    script_url = models.CharField(max_length=MAX_URL, blank=True)
    css_class = models.CharField(max_length=64, blank=True)
    response_field = models.CharField(max_length=64, blank=True)
    verify_url = models.CharField(max_length=MAX_URL, blank=True)
    privacy_url = models.CharField(max_length=MAX_URL, blank=True)
    origins = models.JSONField(default=list)
    failing_since = models.DateTimeField(null=True)
    error = models.CharField(max_length=MAX_PROBLEM, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="captcha_captchasettings_one")]

    def __str__(self) -> str:
        return self.provider

    @property
    def problem(self) -> KeptSentence:
        """Why it gives no answer, for who reads it."""
        return KeptSentence.read(self.error)
