"""What a journey has come to, and what its flow allows: frozen values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from userflows.admission.rules import EVERYBODY, AdmissionRules

# What a journey is for. RESET is for who has forgotten the password, CHANGE for who is signed in and wants another.
SIGN_IN, SIGN_UP, RESET, CHANGE = "sign_in", "sign_up", "reset", "change"
# Who is asked for a second factor, the strictest last: whoever has set one up; everybody in a browser that isn't
# remembered; everybody. EXACTLY is what an application asks for by a level: two factors of which mail is none.
WHO_HAS_ONE, NEW_BROWSER, ALWAYS, EXACTLY = "", "new_browser", "always", "exactly"
STRICTNESS = (WHO_HAS_ONE, NEW_BROWSER, ALWAYS, EXACTLY)
# Not how strict, but what for: before an account is changed, its owner shows what it has, and no browser counts as
# remembered.
OWN_ACCOUNT = "own_account"
# Second factors that a flow may offer.
APP, MAIL, PASSKEY, SMS = "app", "mail", "passkey", "sms"
FACTORS = (APP, MAIL, PASSKEY, SMS)
# Whether whoever has no passkey is asked to make one, where a flow has them: may put it off, has to, or isn't asked.
OFFER, REQUIRE, NEVER = "offer", "require", "never"
ASKING_PASSKEY = (OFFER, REQUIRE, NEVER)
REMEMBER_DAYS, MOST_REMEMBER_DAYS = 30, 90
# What an application may ask for besides its flow: nothing (""), nobody but who has set one up whatever its flow says
# (`NEVER`), or everybody.
APPLICATION_ASKS = ("", NEVER, NEW_BROWSER, ALWAYS)
# The proofs of a second factor, by the names of their steps.
APP_CODE, SECOND_MAIL, RECOVERY_CODE, SECOND_SMS = "app-code", "second-mail", "recovery-code", "second-sms"
# The step of whoever has none of them any more.
RECOVER = "recover"
# The steps that change them, which is noted under their names: what is asked for, what was done.
APP_SETUP, APP_REMOVAL, RECOVERY_CODES = "app-setup", "app-removal", "recovery-codes"
PASSKEY_SETUP, PASSKEY_REMOVAL = "passkey-setup", "passkey-removal"
PHONE_SETUP, PHONE_REMOVAL = "phone-setup", "phone-removal"
CHANGES = (
    APP_SETUP,
    APP_REMOVAL,
    RECOVERY_CODES,
    PASSKEY_SETUP,
    PASSKEY_REMOVAL,
    PHONE_SETUP,
    PHONE_REMOVAL,
)
# The step of a passkey as a second factor. What it proves is the same as that of the step named as the method.
PASSKEY_CHECK = "passkey-check"
# Which recovery codes there were when new ones were asked for.
NEWEST = "newest"
# What a step noted if the browser shall be remembered.
REMEMBER = "remember"
# What the session had proved when the journey began; and that the journey was begun for an account known here.
SESSION, CONFIRMS = "session", "confirms"
# What is noted of a journey that the link of an invitation has opened.
INVITATION = "invitation"
# The step that keeps programs out, and what it notes once it is done. Whom a flow asks: nobody (`NEVER`), everybody who
# signs up where many do, or everybody who does.
HUMAN, IS_HUMAN, WHEN_MANY = "human", "is_human", "when_many"
HUMAN_CHECKS = (NEVER, WHEN_MANY, ALWAYS)
# By what: a puzzle of ours, or the widget of the tenant's CAPTCHA provider.
PUZZLE, CAPTCHA = "puzzle", "captcha"
HUMAN_MEANS = (PUZZLE, CAPTCHA)
# What was answered once and counts no more, on whatever way the journey goes on.
SPENT = "spent"
# That the address is verified before anything else on this journey, in whichever order its flow has it.
VERIFIES_FIRST = "verifies_first"
# The ways on which somebody had proved who they are before the journey was begun anew, at most so many of them.
LEFT = "left"
MOST_WAYS_LEFT = 10
NONE_LEFT: Mapping[str, Any] = {"ways": [], "left_out": 0}
# The method of a link in a mail: one that the journey has asked for, instead of the code or beside it
# (`userflows.steps.code`), or one that an administrator had sent (`userflows.links`).
CODE, LINK = "code", "link"
PASSWORD = "password"  # noqa: S105 - the name of the step
# The methods that take a mail, and are closed where none leaves.
BY_MAIL = (CODE, LINK)
# The step of a new password, and what another step notes for it: that it has to be come through.
NEW_PASSWORD, IS_REQUIRED = "new-password", "is_required"
# The step of identity providers: flows and proofs name the provider behind it, as in "provider:3f9a1c0b22de". It notes
# who has come from there and isn't linked with an account yet, and whether the mailbox alone can prove which is theirs.
PROVIDER, BROUGHT, NEEDS_MAILBOX = "provider", "brought", "needs_mailbox"
# The step of what an account still owes when it signs in.
PROFILE = "profile"
# When a flow asks for an attribute: at sign-up alone; also of whoever lacks it when they sign in; or of them only, once
# they have signed in so many times.
AT_SIGN_UP, MISSING, LATER = "sign_up", "missing", "later"
WHENS = (AT_SIGN_UP, MISSING, LATER)
MOST_SIGN_INS = 100


def step_of(method: str) -> str:
    """The name of the step behind a method: "provider" of "provider:3f9a1c0b22de", otherwise its own."""
    return method.partition(":")[0]


def method_of_provider(provider_id: str) -> str:
    """The method by which a flow offers this provider, and a proof tells of it."""
    return f"{PROVIDER}:{provider_id}"


@dataclass(frozen=True)
class Question:
    """A row of a page layout, as far as it decides when it is asked. `is_yes` is one that is answered by a tick,
    `is_first` one that is asked at the first sign-in alone.
    """

    name: str
    is_required: bool = False
    is_yes: bool = False
    after_sign_ins: int = 0
    is_first: bool = False


class Way(NamedTuple):
    """What somebody wanted, as whom, and what they had proved on the way."""

    purpose: str
    email: str
    account_id: UUID | None
    proofs: Sequence[Mapping[str, Any]]


def leaving(step_data: Mapping[str, Any], way: Way, *, at: datetime) -> dict[str, Any]:
    """What stays of the notes where a journey is begun anew: what is spent, in which order it goes, and which ways were
    left, this one among them if anything was proved on it. Of one account or address it is the newest.
    """
    spent = {name: kept for name, kept in step_data.items() if name in {SPENT, VERIFIES_FIRST}}
    if not way.proofs:
        return {**spent, **{name: kept for name, kept in step_data.items() if name == LEFT}}
    note = left_by_others(step_data, email=way.email, account_id=way.account_id).get(LEFT, NONE_LEFT)
    account_id = str(way.account_id) if way.account_id else None
    ways = [*note["ways"], {**way._asdict(), "account_id": account_id, "left_at": at.isoformat()}]
    left_out = note["left_out"] + len(ways[MOST_WAYS_LEFT:])
    return {**spent, LEFT: {"ways": ways[:MOST_WAYS_LEFT], "left_out": left_out}}


def left_by_others(step_data: Mapping[str, Any], *, email: str, account_id: UUID | None) -> dict[str, Any]:
    """The note of the ways that were left but for those of this account, or this address; nothing if there are none."""
    note = step_data.get(LEFT, NONE_LEFT)
    ways = [way for way in note["ways"] if not _is_of(way, email, account_id)]
    return {LEFT: {**note, "ways": ways}} if ways or note["left_out"] else {}


def _is_of(way: Mapping[str, Any], email: str, account_id: UUID | None) -> bool:
    if way["account_id"] and account_id:
        return bool(way["account_id"] == str(account_id))
    return bool(way["email"] == email)


@dataclass(frozen=True)
class Proof:
    """Something that was proved: by which method, when, and for whom. `amr` is its name in RFC 8176.

    It counts on the way (`purpose`) and for the address it was made for; one made for an account, for that alone.
    """

    method: str
    at: datetime
    amr: str
    purpose: str
    email: str
    account_id: UUID | None = None

    def as_json(self) -> dict[str, Any]:
        """As it stands in the journey's row."""
        account_id = str(self.account_id) if self.account_id else None
        return {**vars(self), "at": self.at.isoformat(), "account_id": account_id}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Proof":
        """The proof that was kept so."""
        account_id = UUID(kept["account_id"]) if kept["account_id"] else None
        return cls(**{**kept, "at": datetime.fromisoformat(kept["at"]), "account_id": account_id})


@dataclass(frozen=True)
class JourneyState:
    """How far a journey has come. `step_data` is what each step has noted for itself, by its name."""

    purpose: str
    email: str = ""
    account_id: UUID | None = None
    proofs: tuple[Proof, ...] = ()
    step_data: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    # Of the account: whether it has an authenticator app, and by which second factor this browser is remembered for it.
    has_app: bool = False
    remembered_by: str = ""
    # Whether somebody has ever shown to read the mail of its address.
    is_verified: bool = True
    # Whether it has a passkey at all, and one that works at the host where the journey is; and whether whoever sits at
    # this browser has put off making one.
    has_passkey: bool = False
    has_passkey_here: bool = False
    puts_passkey_off: bool = False
    # Whether it has a phone number that was proved to be its owner's.
    has_phone: bool = False
    # Whether its owner may wait for a way back, where all that is lost.
    may_recover: bool = False
    # What it has to be asked before it is signed in: names of attributes, and whether the terms of use.
    owed: tuple[str, ...] = ()
    owes_terms: bool = False
    # Whether its owner has asked for its deletion.
    is_closing: bool = False

    @cached_property
    def counting(self) -> tuple[Proof, ...]:
        """The proofs that count: made on this way, for this address and for nobody but this account."""
        return tuple(
            proof
            for proof in self.proofs
            if (proof.purpose, proof.email) == (self.purpose, self.email)
            and proof.account_id in {None, self.account_id}
        )

    @cached_property
    def shown(self) -> frozenset[str]:
        """The methods of these."""
        return frozenset(proof.method for proof in self.counting)

    @property
    def earlier(self) -> tuple[str, ...]:
        """The methods by which whoever is signed in here did so, where the journey shall only add to them."""
        kept = self.step_data.get(SESSION, {})
        return tuple(kept["methods"]) if kept.get("account_id") == str(self.account_id) else ()

    def has_proved(self, method: str) -> bool:
        """Whether this method has proved something that counts, by whichever provider."""
        return any(step_of(proof.method) == method for proof in self.counting)

    @property
    def changes_factors(self) -> bool:
        """Whether the journey was begun to change what the account proves itself by."""
        return any(self.step_data.get(step, {}).get("is_asked") for step in CHANGES)

    @property
    def brought(self) -> Mapping[str, Any]:
        """Who has come from a provider, to be linked with the account that this journey turns out to be of; empty if
        nobody has.
        """
        found: Mapping[str, Any] = self.step_data.get(PROVIDER, {}).get(BROUGHT, {})
        return found


@dataclass(frozen=True)
class FlowRules:
    """What a user flow allows and asks for. `methods` are those of signing in, the one offered first at the front.

    `trusts_remembered` says whether a browser that is remembered does for a second factor at all.
    """

    methods: tuple[str, ...]
    # Whether anybody may sign up; or whoever was invited, and nobody else.
    allows_sign_up: bool = True
    takes_invited: bool = False
    asks_attributes: bool = True
    # Who is asked for a second factor, which there are, and for how many days a browser is remembered.
    second_factor: str = WHO_HAS_ONE
    factors: tuple[str, ...] = ()
    remember_days: int = 0
    trusts_remembered: bool = True
    # Of the application that the journey is for: whether it spares whoever only comes in what the flow asks of
    # everybody; and whether passkeys alone count for it.
    spares: bool = False
    takes_passkeys_alone: bool = False
    # Whether another flow of the tenant has phones as second factors: what it rests on isn't given away by this one.
    counts_phones: bool = False
    # Whether a flow of the tenant, this or another one, has mail as a second factor, whatever an application counts.
    counts_mail: bool = False
    # Whether it is for a change of an account's own: how it is reached, what it proves itself by, whether it stays.
    is_own_account: bool = False
    # Whether whoever has no passkey is asked to make one.
    asks_passkey: str = NEVER
    # Whether a user name does in the place of an address, where somebody has one.
    takes_user_names: bool = False
    # The attributes that are asked for at sign-up, page by page; those that nobody is asked for, with what they are
    # from then on; those that whoever lacks them is asked for when they sign in.
    pages: tuple[tuple[str, ...], ...] = ()
    hidden: tuple[tuple[str, Any], ...] = ()
    later: tuple[Question, ...] = ()
    # What sign-up requires, asked of whoever comes by an invitation.
    first: tuple[Question, ...] = ()
    # What has to be agreed to at sign-up.
    agreements: tuple[Question, ...] = ()
    # By this name customers have to have accepted the terms of use; by none, if it is empty.
    terms_version: str = ""
    # Who is let sign up, of those who may; and whether they show at the end only to read the mail of their address.
    admission: AdmissionRules = EVERYBODY
    verifies_last: bool = False
    # Whether customers come by it: by an application, or because it is the default one.
    is_used: bool = True

    @cached_property
    def asked(self) -> set[str]:
        """The attributes that are asked for at sign-up, on whichever page."""
        return {name for page in self.pages for name in page}

    def allows(self, method: str) -> bool:
        """Whether customers may sign in so."""
        return method in self.methods

    @property
    def mails_link(self) -> bool:
        """Whether the mail that proves an address has a link in it."""
        return self.allows(LINK)

    @property
    def mails_code(self) -> bool:
        """Whether it has a code in it: always, unless customers come by links alone."""
        return self.allows(CODE) or not self.mails_link

    @property
    def signs_in_by_mail(self) -> bool:
        """Whether showing to read the mail of an address is a way to sign in."""
        return bool({*BY_MAIL} & {*self.methods})

    def asked_of(self, *, is_new: bool, is_there: bool) -> tuple[Question, ...]:
        """What is asked at sign-in of whoever lacks it: of who comes by an invitation, what sign-up requires; of all
        others for whom somebody made their account, what has to be agreed to, unless they are signed in already.
        """
        if is_new:
            return self.first
        return self.later if is_there else (*self.later, *self.agreements)

    @property
    def has_sign_up(self) -> bool:
        """Whether there is a way to sign up, if only for whoever was invited."""
        return self.allows_sign_up or self.takes_invited

    @cached_property
    def is_one_way(self) -> bool:
        """Whether signing in and signing up are the same: whoever gives an address is let in or makes an account."""
        by_address = {step_of(method) for method in self.methods} - {PROVIDER}
        return self.allows_sign_up and self.signs_in_by_mail and by_address <= {*BY_MAIL, PASSKEY}

    @cached_property
    def providers(self) -> tuple[str, ...]:
        """The IDs of the identity providers by which customers may sign in, in their order."""
        named = (method.partition(":") for method in self.methods)
        return tuple(provider_id for step, _, provider_id in named if step == PROVIDER)

    @property
    def takes_addresses(self) -> bool:
        """Whether somebody may say who they are by an address; otherwise a provider does."""
        return len(self.providers) < len(self.methods)

    @property
    def has_passwords(self) -> bool:
        """Whether accounts have a password here, which can be chosen, changed and forgotten."""
        return self.allows(PASSWORD)

    @property
    def has_passkeys(self) -> bool:
        """Whether customers have passkeys here, to sign in by or as a second factor."""
        return PASSKEY in self.factors or self.allows(PASSKEY)

    @cached_property
    def rests_on_passkeys(self) -> bool:
        """Whether a passkey is the only way to sign in by oneself, so that a mailed code is there for who has none."""
        return {step_of(method) for method in self.methods} - {PROVIDER} == {PASSKEY}

    def asking(self, second_factor: str, factors: Sequence[str] = ()) -> "FlowRules":
        """The rules for a journey that somebody began who asks for this besides: an application, or one request of it.

        The first that applies: a level (`EXACTLY`) is asked of everybody, and no browser does for it; before an
        account is changed (`OWN_ACCOUNT`) its flow counts, without browsers; an application that asks `NEVER` spares
        whoever only comes in; otherwise the stricter of the two counts. Of an application that names `factors`, these
        count in the place of the flow's, and a passkey always. That mail counted before is kept: what stands in its
        place isn't set up without it.
        """
        if not second_factor and not factors:
            return self
        asked = WHO_HAS_ONE if second_factor in {OWN_ACCOUNT, NEVER} else second_factor
        kept = {PASSKEY} if factors else {*FACTORS}
        return replace(
            self,
            second_factor=max(self.second_factor, asked, key=STRICTNESS.index),
            factors=(*factors, *(each for each in self.factors if each in kept and each not in factors)),
            trusts_remembered=second_factor not in {EXACTLY, OWN_ACCOUNT} and self.trusts_remembered,
            is_own_account=second_factor == OWN_ACCOUNT,
            spares=second_factor == NEVER,
            takes_passkeys_alone=tuple(factors) == (PASSKEY,),
            counts_mail=self.counts_mail or MAIL in self.factors,
        )

    def without_application(self) -> "FlowRules":
        """The rules for whoever comes by a link to the flow itself: by one that isn't used nobody makes an account.

        Another one may have taken its place that lets fewer sign up.
        """
        return self if self.is_used else replace(self, allows_sign_up=False, takes_invited=False)

    def narrowed_to(self, methods: Sequence[str]) -> "FlowRules":
        """The rules for a journey that shall be signed in by one of these methods; all if the flow has none of them."""
        wanted = tuple(method for method in self.methods if step_of(method) in methods) if methods else ()
        return replace(self, methods=wanted) if wanted else self
