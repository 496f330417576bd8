"""What colleagues changed last, in words: an event as a sentence about who did what to what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from audit.models import Event

SAID = {
    "application.consent_granted": "consented for all customers to",
    "application.consent_revoked": "took back the consent for all customers to",
    "application.registered": "registered the application",
    "application.secret_created": "created a client secret for",
    "application.secret_deleted": "deleted a client secret of",
    "attribute.changed": "changed the custom attribute",
    "attribute.defined": "defined the custom attribute",
    "attribute.deleted": "deleted the custom attribute",
    "branding.changed": "changed the company branding",
    "branding.created": "created the company branding",
    "branding.language_added": "added a language to the company branding",
    "branding.language_deleted": "removed a language from the company branding",
    "customer.profile_changed": "changed attributes of",
    "customer.sessions_revoked": "signed out everywhere",
    "group.member_added": "put into a group",
    "group.member_removed": "took out of a group",
    "initial_access_token.created": "created an initial access token",
    "initial_access_token.revoked": "revoked an initial access token",
    "registration.switched": "changed who may register applications",
    "role.assigned": "assigned a role to",
    "role.withdrawn": "withdrew a role from",
    "sessions.rules_changed": "changed how long sessions last",
    "signing_keys.schedule_changed": "changed how often signing keys rotate",
    "signing_keys.withdrawn": "withdrew signing keys",
    "user_flow.run": "ran the user flow",
}
# Names that would say nothing beside the sentence.
NAMELESS = {"branding", "signing_keys", "registration", "sessions", "figures", "initial_access_token"}


@dataclass(frozen=True)
class Told:
    """Who did what, to what it was called then, and when."""

    who: str
    did: str
    to: str
    at: datetime


def last_changes(*, reader: UUID, number: int) -> Sequence[Told]:
    """What administrators and commands changed last in the tenant in force, the newest first."""
    changes = Event.objects.administration().filter(actor_kind__in=["administrator", "command"])
    return [told(event, reader=reader) for event in changes.newest_first()[:number]]


def told(event: Event, *, reader: UUID) -> Told:
    """The event in words. Who reads of themselves is called so."""
    noun, _, verb = event.action.partition(".")
    did = SAID.get(event.action) or _generally(noun, verb)
    who = "You" if event.actor_id == str(reader) else event.actor_name
    return Told(who, did, "" if noun in NAMELESS else event.target_name, event.at)


def _generally(noun: str, verb: str) -> str:
    """`group.created` is "created the group"; `application.key_added` is "added: key of the application"."""
    what, _, did = verb.rpartition("_")
    noun = noun.replace("_", " ")
    return f"{did} {what.replace('_', ' ')} of the {noun}" if what else f"{did} the {noun}"
