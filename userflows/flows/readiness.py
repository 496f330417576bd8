"""What a user flow still lacks before customers can go through it, computed from what there is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from accounts.models import Account, CustomAttribute
from branding.look import look_for
from common.text.languages import ENGLISH
from mail.models import Message
from mail.sending.transports import keeps_messages
from userflows.flows.page_layout import LINK_ADDRESS
from userflows.models import UserFlow
from userflows.policies import LABEL


class Gap(StrEnum):
    """One thing that is missing."""

    NO_APPLICATION = "no_application"
    NOBODY_CAN_SIGN_UP = "nobody_can_sign_up"
    NO_LABEL = "no_label"
    NO_TERMS_LINK = "no_terms_link"
    MAIL_STAYS_HERE = "mail_stays_here"
    MAIL_FAILS = "mail_fails"
    MAIL_NOT_TRIED = "mail_not_tried"


@dataclass(frozen=True)
class Readiness:
    """What a flow lacks; `unlabelled` are the names of attributes that customers would read as they are."""

    gaps: tuple[Gap, ...]
    unlabelled: tuple[str, ...] = ()


def readiness_of(flows: Sequence[UserFlow], *, of_home: bool) -> dict[UserFlow, Readiness]:
    """What each of these flows lacks, by flow, in a fixed number of statements.

    By the flows of the home tenant administrators come to the portal, which is no application.
    """
    has_customers = Account.objects.kept().exists()
    of_all = _mail_gap(has_customers=has_customers)
    named_plainly = _unlabelled(flows)
    in_use = set(UserFlow.objects.filter(applications__isnull=False).values_list("pk", flat=True))
    found = {}
    for flow in flows:
        unlabelled = named_plainly.get(flow, ())
        gaps = {
            Gap.NO_APPLICATION: not of_home and flow.pk not in in_use,
            Gap.NOBODY_CAN_SIGN_UP: (flow.invited_only or not flow.allows_sign_up) and not has_customers,
            Gap.NO_LABEL: bool(unlabelled),
            Gap.NO_TERMS_LINK: lacks_terms_link(flow),
        }
        found[flow] = Readiness((*(gap for gap, is_there in gaps.items() if is_there), *of_all), unlabelled)
    return found


def lacks_terms_link(flow: UserFlow) -> bool:
    """Whether customers accept terms of use by a sentence that leads nowhere to read them: one of the flow's own
    without a link, be it in one language alone, or ours where the company branding has no address of them.
    """
    if not flow.terms_version:
        return False
    in_languages = [texts.get(LABEL, "") for texts in flow.terms_translations.values()]
    has_links = all(LINK_ADDRESS.search(text) for text in (flow.terms_text, *in_languages) if text)
    return not has_links or (not flow.terms_text and not look_for(ENGLISH).terms_url)


def flows_with_other_terms(flow: UserFlow) -> list[UserFlow]:
    """The other flows that ask for the same version of the terms of use by another sentence, by name: whoever has
    accepted the one has accepted the others.
    """
    if not flow.terms_version:
        return []
    sharing = UserFlow.objects.filter(terms_version=flow.terms_version).exclude(pk=flow.pk)
    said = (flow.terms_text, flow.terms_translations)
    return [each for each in sharing.order_by("name") if (each.terms_text, each.terms_translations) != said]


def _unlabelled(flows: Sequence[UserFlow]) -> Mapping[UserFlow, tuple[str, ...]]:
    """The custom attributes without a label: what a built-in one is called is known in every language."""
    custom = set(CustomAttribute.objects.values_list("name", flat=True))
    return {
        flow: tuple(row.attribute for row in flow.attributes.all() if row.attribute in custom and not row.label)
        for flow in flows
    }


def _mail_gap(*, has_customers: bool) -> tuple[Gap, ...]:
    """Whether codes reach customers: whatever was sent last tells."""
    if keeps_messages():
        return (Gap.MAIL_STAYS_HERE,)
    last = Message.objects.exclude(state=Message.State.QUEUED).order_by("-created_at").first()
    if last is None:
        # Mail that was sent is forgotten after a while; customers have had theirs.
        return () if has_customers else (Gap.MAIL_NOT_TRIED,)
    return (Gap.MAIL_FAILS,) if last.state == Message.State.FAILED else ()
