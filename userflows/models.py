import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.factors.recoveries import may_recover
from accounts.models import Account
from branding.policies import URL_LENGTH
from common.text.words import said_in
from userflows.admission.rules import AdmissionRules
from userflows.methods import method_label
from userflows.policies import LABEL, OPTION_TEXT
from userflows.questions.of_accounts import owed_by
from userflows.questions.owed import owes_terms, questions_of, typed
from userflows.rows.deletion import DeletedUserFlow  # noqa: F401 - a row of this app's like those here
from userflows.rows.layouts import LayoutVersion  # noqa: F401 - likewise
from userflows.rows.mail_links import MailLink  # noqa: F401 - likewise
from userflows.rows.named import Named
from userflows.rows.queries import JourneyQuerySet
from userflows.second_factors.remembered import Remembered, factor_remembered
from userflows.state import (
    APP,
    AT_SIGN_UP,
    BROUGHT,
    CONFIRMS,
    INVITATION,
    NEVER,
    OFFER,
    PROVIDER,
    REMEMBER_DAYS,
    RESET,
    FlowRules,
    JourneyState,
    Proof,
    Way,
    leaving,
)

# What decides when a row of a page layout is asked.
ASKING = ("attribute", "is_required", "input_type", "default", "is_hidden", "begins_page", "asked", "after_sign_ins")


def usual_factors() -> list[str]:
    """The second factors of a flow for which nothing else was chosen."""
    return [APP]


class UserFlow(models.Model):
    """A configured journey: how customers sign up and sign in, and which attributes they are asked for."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=64)
    # Names of steps that are ways to sign in, the one offered first at the front.
    methods = models.JSONField()
    allows_sign_up = models.BooleanField(default=True)
    # Whether, of those, only whoever was invited; and what `AdmissionRules` say of them, by the names of their fields.
    invited_only = models.BooleanField(default=False, db_default=False)
    sign_up_rules = models.JSONField(default=dict, blank=True, db_default=models.Value({}, models.JSONField()))
    # Whether whoever signs up gives their details first, and then shows to read the mail of their address; and whether
    # they are mailed a welcome once they have an account.
    verifies_last = models.BooleanField(default=False, db_default=False)
    sends_welcome = models.BooleanField(default=False, db_default=False)
    # Where whoever opens a finished journey again is led whose application has no address of its own; "" for a page.
    finished_url = models.CharField(max_length=URL_LENGTH, blank=True, default="", db_default="")
    is_default = models.BooleanField(default=False)
    # Whether whoever signs in may say who they are by their user name as well.
    takes_user_names = models.BooleanField(default=False, db_default=False)
    # Who is asked for a second factor (`userflows.state.STRICTNESS`), which there are, and for how long a browser in
    # which one was shown is remembered.
    second_factor = models.CharField(max_length=16, blank=True, default="", db_default="")
    factors = models.JSONField(default=usual_factors, db_default=models.Value([APP], models.JSONField()))
    remember_days = models.PositiveSmallIntegerField(default=REMEMBER_DAYS, db_default=REMEMBER_DAYS)
    # Whether whoever has no passkey is asked to make one (`userflows.state.ASKING_PASSKEY`).
    asks_passkey = models.CharField(max_length=16, default=OFFER, db_default=OFFER)
    # The terms of use that customers have to accept: which version, "" for none, and the sentence that says so, if it
    # isn't the one that customer pages have; in languages by `common.text.words`, under `label`.
    terms_version = models.CharField(max_length=32, blank=True, default="", db_default="")
    terms_text = models.CharField(max_length=512, blank=True, default="", db_default="")
    terms_translations = models.JSONField(default=dict, blank=True, db_default=models.Value({}, models.JSONField()))
    # Which of its versions this is: one more with each change that customers could notice. Figures tell them apart.
    number = models.PositiveIntegerField(default=1, db_default=1)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["name"], name="userflows_userflow_name"),
            models.UniqueConstraint(
                fields=["is_default"], condition=models.Q(is_default=True), name="userflows_userflow_one_default"
            ),
            models.CheckConstraint(condition=~models.Q(methods=[]), name="userflows_userflow_some_method"),
        ]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def rules(self) -> FlowRules:
        """What the flow allows and asks for, read once."""
        return self.rules_with(list(self.attributes.values(*ASKING)))

    def rules_with(self, rows: Sequence[Mapping[str, Any]]) -> FlowRules:
        """The same, for whoever knows the rows of its page layout already, by the names of their columns."""
        return FlowRules(
            tuple(self.methods),
            self.allows_sign_up and not self.invited_only,
            takes_invited=self.allows_sign_up and self.invited_only,
            **questions_of(rows),
            terms_version=self.terms_version,
            second_factor=self.second_factor,
            factors=tuple(self.factors),
            remember_days=self.remember_days,
            asks_passkey=self.asks_passkey,
            admission=AdmissionRules.of_json(self.sign_up_rules),
            takes_user_names=self.takes_user_names,
            verifies_last=self.verifies_last,
        )

    def terms_in(self, languages: Sequence[str]) -> str:
        """The sentence about the terms of use for customers who read these languages, the first of them best; empty if
        nobody wrote one.
        """
        return said_in(self.terms_translations, languages, LABEL) or self.terms_text

    @property
    def method_labels(self) -> list[str]:
        """Its ways to sign in, as administrators read them."""
        return [method_label(name) for name in self.methods]


class FlowAttribute(models.Model):
    """One row of a flow's page layout: an attribute (by name, built-in or custom) and how it is asked for."""

    class InputType(models.TextChoices):
        TEXT = "text", _("Text box")
        LINES = "lines", _("Text box, several lines")
        COUNTRIES = "countries", _("List of countries")
        NUMBER = "number", _("Number")
        DATE = "date", pgettext_lazy("input", "Date")
        PHONE = "phone", _("Phone number")
        CHECKBOX = "checkbox", _("Check box")
        RADIO = "radio", _("Radio buttons")
        DROP_DOWN = "drop_down", _("Drop-down list")
        MULTI_CHECK = "multi_check", _("Check boxes, several")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user_flow = models.ForeignKey(UserFlow, on_delete=models.CASCADE, db_index=False, related_name="attributes")
    attribute = models.CharField(max_length=64)
    label = models.CharField(max_length=512, blank=True)
    is_required = models.BooleanField(default=False)
    input_type = models.CharField(max_length=16, choices=InputType, default=InputType.TEXT)
    # A list of {"text": what the customer reads, "value": what is kept and told in claims}.
    options = models.JSONField(default=list, blank=True)
    # What stands below the input and in it, and the answer there is before anybody gives one.
    hint = models.CharField(max_length=512, blank=True, default="", db_default="")
    placeholder = models.CharField(max_length=128, blank=True, default="", db_default="")
    default = models.CharField(max_length=1024, blank=True, default="", db_default="")
    is_hidden = models.BooleanField(default=False, db_default=False)
    is_editable = models.BooleanField(default=True, db_default=True)
    begins_page = models.BooleanField(default=False, db_default=False)
    # When it is asked for (`userflows.state.WHENS`).
    asked = models.CharField(max_length=16, default=AT_SIGN_UP, db_default=AT_SIGN_UP)
    after_sign_ins = models.PositiveSmallIntegerField(default=0, db_default=0)
    # `userflows.flows.answers.AnswerRules`
    minimum = models.CharField(max_length=20, blank=True, default="", db_default="")
    maximum = models.CharField(max_length=20, blank=True, default="", db_default="")
    pattern = models.CharField(max_length=500, blank=True, default="", db_default="")
    mismatch = models.CharField(max_length=512, blank=True, default="", db_default="")
    # `common.text.words`: the texts `label`, `hint`, `placeholder`, `mismatch` and, for each option, `option:<value>`.
    # What is missing is said as here.
    translations = models.JSONField(default=dict, blank=True)
    position = models.SmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["user_flow", "attribute"], name="userflows_flowattribute_once"),
        ]

    def __str__(self) -> str:
        return f"{self.attribute} in {self.user_flow}"

    @property
    def answer_before(self) -> Any:
        """What the input shows before anybody answers."""
        return typed(self.default, self.input_type)

    def text_in(self, languages: Sequence[str], name: str) -> str:
        """One of its texts (`userflows.policies`) for customers who read these languages, the first of them best; empty
        if nobody wrote it.
        """
        return said_in(self.translations, languages, name) or str(getattr(self, name))

    def choices_in(self, languages: Sequence[str]) -> list[tuple[str, str]]:
        """The options as (value, text), for customers who read these languages."""
        return [
            (value, said_in(self.translations, languages, f"{OPTION_TEXT}{value}") or text)
            for value, text in ((option["value"], option["text"]) for option in self.options)
        ]


class Journey(Named, models.Model):
    """One customer's way through a flow, in one browser: from an address to a session.

    The row is the truth about what has been proved so far; a page only shows it. `browser_digest` binds it to the
    browser it began in, so that a link to somebody else's journey opens nothing. `return_to` is a path of this tenant;
    `context` is kept for whoever began the journey (the issuer's authorization request) and read by them alone.

    A step changes the row in memory; `journeys.progress` writes it, unless the journey has moved on meanwhile.
    """

    # The address and the purpose with which the row was read.
    as_read: tuple[str, str] = ("", "")
    # The account of `account_id`, once somebody has read it.
    known_account: Account | None = None
    # For which accounts the browser is remembered that sends the request at hand, read where one is known.
    remembered: Callable[[], Mapping[str, Remembered]] = dict
    # The host at which that request was made, and whether its browser has put off making a passkey; likewise.
    host: Callable[[], str] = str
    puts_passkey_off: Callable[[], bool] = bool

    class Purpose(models.TextChoices):
        SIGN_IN = "sign_in", "Sign-in"
        SIGN_UP = "sign_up", "Sign-up"
        RESET = "reset", "Password reset"
        CHANGE = "change", "Password change"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Unconstrained: each journey that begins would have the row of its flow locked, and looked up once more.
    user_flow = models.ForeignKey(
        UserFlow, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    browser_digest = models.CharField(max_length=64)
    purpose = models.CharField(max_length=16, choices=Purpose, default=Purpose.SIGN_IN)
    return_to = models.CharField(max_length=2048)
    client_id = models.CharField(max_length=100, blank=True)
    application_name = models.CharField(max_length=256, blank=True)
    # What is shown of the application: logo_url, name_in_mails, policy_uri, tos_uri, start_url; that only which it has.
    application_look = models.JSONField(default=dict)
    # Origins (or schemes) of the application that the last step leads to.
    redirect_origins = models.JSONField(default=list)
    context = models.JSONField(default=dict)
    # What the pages speak whatever the browser asks for, and what its mails speak.
    language = models.CharField(max_length=16, blank=True)
    mail_language = models.CharField(max_length=16, blank=True)
    # Who wants in, as they have called themselves: by an address, or by a user name. It is all that pages show of it.
    email = models.CharField(max_length=254, blank=True)
    # What stands in a page's inputs while its language is changed, by name; never a password.
    typed = models.JSONField(default=dict)
    # Where the customer seems to be, told in mails so that they can judge whether it was them.
    client_ip = models.CharField(max_length=45, blank=True)
    client_name = models.CharField(max_length=64, blank=True)
    # What was proved so far, a list of `journeys.state.Proof` as JSON.
    proofs = models.JSONField(default=list)
    # What each step has noted for itself, by its name: {"code": {"sent_at": ...}}.
    step_data = models.JSONField(default=dict)
    # By which of the flow's methods the customer shall sign in; any of them if it names none.
    wanted_methods = models.JSONField(default=list)
    # Who is asked for a second factor besides those whom the flow asks, as whoever began the journey wants it, and
    # which factors count for them; those of the flow if it names none.
    second_factor = models.CharField(max_length=16, blank=True, default="", db_default="")
    factors = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    # With which version of its flow it began, 0 if nobody knows; and for how many seconds the customer stood at each
    # step that is done, by its name.
    flow_number = models.PositiveIntegerField(default=0, db_default=0)
    times = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    # Whether the customer asked to stay signed in.
    stays = models.BooleanField(default=False)
    # Who is to sign in, as soon as that is known; at the end, who did.
    account_id = models.UUIDField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    objects = JourneyQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="userflows_journey_expires")]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.id}"

    @property
    def is_trial_run(self) -> bool:
        """Whether an administrator runs the flow to see what is said: it leads back to the portal."""
        return settings.CIAM_BASE_URL in self.redirect_origins

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **how: Any) -> Self:
        """Note with which address and purpose the row was read."""
        journey = super().from_db(db, field_names, values, **how)
        journey.as_read = (journey.email, journey.purpose)
        return journey

    @property
    def is_open(self) -> bool:
        """Whether it may still go on."""
        return self.finished_at is None and self.expires_at > timezone.now()

    @property
    def state(self) -> JourneyState:
        """How far it has come."""
        proofs = tuple(Proof.from_json(kept) for kept in self.proofs)
        account, rules = self.account, self.user_flow.rules
        return JourneyState(
            self.purpose,
            self.email,
            self.account_id,
            proofs,
            self.step_data,
            has_app=account is not None and account.has_app,
            # Whoever has opened the link of an invitation reads the mail of the address.
            is_verified=account is None or account.email_verified or INVITATION in self.step_data,
            is_closing=account is not None and account.closes_at is not None,
            remembered_by=self._remembered_by(account, days=rules.remember_days) if account else "",
            has_passkey=account is not None and bool(account.passkeys_at),
            has_passkey_here=account is not None and bool(account.passkeys_at) and self.host() in account.passkeys_at,
            puts_passkey_off=rules.asks_passkey != NEVER and self.puts_passkey_off(),
            has_phone=account is not None and bool(account.phone_number),
            may_recover=account is not None and may_recover(account),
            owed=self._owed_by(account) if account else (),
            owes_terms=account is not None and owes_terms(account.accepted_terms, rules.terms_version),
        )

    def _remembered_by(self, account: Account, *, days: int) -> str:
        return factor_remembered(account, self.remembered(), days=days) if days else ""

    def _owed_by(self, account: Account) -> tuple[str, ...]:
        is_there = CONFIRMS in self.step_data
        return owed_by(account, self.user_flow.rules.asked_of(is_new=account.invited_at is not None, is_there=is_there))

    @property
    def rules(self) -> FlowRules:
        """What its flow allows and asks for, and whoever began the journey wants."""
        rules = self.user_flow.rules if self.client_id else self.user_flow.rules.without_application()
        return rules.narrowed_to(self.ways).asking(self.second_factor, self.factors)

    @property
    def ways(self) -> Sequence[str]:
        """The steps by one of which it shall be signed in; any, if none is named.

        Where no application has named them, they are those of an owner without a password: they end for whoever
        chooses one, and for whoever comes back from a provider as somebody unknown.
        """
        ends = self.purpose == RESET or BROUGHT in self.step_data.get(PROVIDER, {})
        return () if ends and not self.client_id else self.wanted_methods

    @property
    def may_choose_password(self) -> bool:
        """Whether its flow lets somebody choose a new password, and no application has named another way."""
        return (self.rules if self.client_id else self.user_flow.rules).has_passwords

    @property
    def account(self) -> Account | None:
        """The account that the journey is known to be of, if it may sign in; read once."""
        if self.known_account is None and self.account_id is not None:
            self.known_account = Account.objects.able_to_sign_in().filter(pk=self.account_id).first()
        return self.known_account

    def prove(self, method: str, *, amr: str, account: Account | None = None) -> None:
        """Keep that this method has proved the address, or has proved it to be this account that is here."""
        if account:
            self.belongs_to(account)
        account_id = account.pk if account else None
        proof = Proof(method, timezone.now(), amr, self.purpose, self.email, account_id)
        self.proofs = [kept for kept in self.proofs if kept["method"] != method] + [proof.as_json()]

    def belongs_to(self, account: Account) -> None:
        """Keep whose journey it turned out to be."""
        self.account_id, self.known_account = account.pk, account

    def begin_anew(self, *, purpose: str, email: str) -> None:
        """Go another way, or with another address. Nothing that was proved before counts any more."""
        way = Way(self.purpose, self.email, self.account_id, self.proofs)
        self.proofs, self.step_data = [], leaving(self.step_data, way, at=timezone.now())
        self.purpose, self.email, self.typed = purpose, email, {}
        self.account_id = self.known_account = None

    def note_time(self, step: str) -> None:
        """Keep for how long the customer has stood at this step, which is done now: since the one before it was."""
        stood = (timezone.now() - self.created_at).total_seconds() - sum(self.times.values())
        self.times = {**self.times, step: round(self.times.get(step, 0) + max(0, stood), 1)}

    def note(self, step: str, **data: Any) -> None:
        """Keep something of a step's own."""
        self.step_data = {**self.step_data, step: {**self.step_data.get(step, {}), **data}}
