"""Which claims an application is told."""

from django.db import transaction

from accounts.attributes import BUILT_IN_ATTRIBUTES
from accounts.models import CustomAttribute
from applications.models import Application, ClaimRule
from applications.policies.claims import MAX_CLAIMS, claim_problem
from applications.services.changes import announce_change, raise_if_any
from audit.services import Actor, record

# For which a claim may be sent: always, or only with one of these scopes granted.
CLAIM_SCOPES = ("", "profile", "email", "address")
MAX_VALUE_LENGTH = 250


def choose_claim(  # noqa: PLR0913 - all that can be said about a claim
    application: Application,
    *,
    name: str,
    source: str,
    value: str = "",
    scope: str = "",
    in_id_token: bool = False,
    in_access_token: bool = False,
    in_userinfo: bool = False,
    actor: Actor,
) -> ClaimRule:
    """Tell the application this claim, in the place of the one of the same name if there is any.

    Raises `ValidationError` keyed by argument.
    """
    name, value = name.strip(), value.strip()
    if source in {ClaimRule.Source.ROLES, ClaimRule.Source.GROUPS}:
        value = ""
    _check(application, name, source, value, scope)
    with transaction.atomic():
        rule, _ = ClaimRule.objects.update_or_create(
            application=application,
            name=name,
            defaults={
                "source": source,
                "value": value,
                "scope": scope,
                "in_id_token": in_id_token,
                "in_access_token": in_access_token,
                "in_userinfo": in_userinfo,
            },
        )
        record("claim.chosen", actor=actor, target=application, details={"claim": name, "source": source})
        announce_change()
    return rule


def forget_claim(rule: ClaimRule, *, actor: Actor) -> None:
    """Tell the application what is usual again."""
    with transaction.atomic():
        record("claim.forgotten", actor=actor, target=rule.application, details={"claim": rule.name})
        rule.delete()
        announce_change()


def _check(application: Application, name: str, source: str, value: str, scope: str) -> None:
    problems = {"name": claim_problem(name, source=source, value=value)}
    if source not in ClaimRule.Source.values:
        problems["source"] = "Choose one of: " + ", ".join(ClaimRule.Source.values) + "."
    if scope not in CLAIM_SCOPES:
        problems["scope"] = "Choose one of: " + ", ".join(CLAIM_SCOPES[1:]) + ", or none."
    if source == ClaimRule.Source.ATTRIBUTE and not _is_attribute(value):
        problems["value"] = "Choose an attribute of this tenant."
    if source == ClaimRule.Source.CONSTANT and not (0 < len(value) <= MAX_VALUE_LENGTH and value.isprintable()):
        problems["value"] = f"Enter a text of 1 to {MAX_VALUE_LENGTH} characters."
    others = application.claim_rules.exclude(name=name)
    if not problems["name"] and others.count() >= MAX_CLAIMS:
        problems["name"] = f"An application can have {MAX_CLAIMS} claims of its own at most."
    raise_if_any(problems)


def _is_attribute(name: str) -> bool:
    return name in BUILT_IN_ATTRIBUTES or CustomAttribute.objects.filter(name=name).exists()
