"""Deleting what user flows name: attributes and identity providers, which go out of all of them."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.identity.services.attributes import delete_custom_attribute
from accounts.models import CustomAttribute
from audit.services import Actor
from common.problems import Code, Problem, refuse_if_any
from providers.models import IdentityProvider
from providers.services import delete_provider
from tenants.postgresql import announce_change
from userflows.flows.layouts.versions import forget_attribute, keep_published, layout_in_force
from userflows.flows.services import change_user_flow
from userflows.models import FlowAttribute, UserFlow
from userflows.state import method_of_provider


def delete_attribute_everywhere(attribute: CustomAttribute, *, actor: Actor) -> bool:
    """Remove the attribute, and from every page layout. Values that accounts have stay with them, unseen.

    Returns whether any page layout or draft asked for it. Raises `Refused` if a flow tells by it how old somebody is.
    """
    with transaction.atomic():
        # All of them: a page layout that asks for it may be published at this moment.
        flows = list(UserFlow.objects.select_for_update().order_by("pk"))
        sentence = _("The user flow “%(name)s” needs it for its minimum age. Change that under its Sign-up first.")
        refuse_if_any(
            Problem(Code.NOT_ALLOWED, "", sentence % {"name": flow.name})
            for flow in flows
            if flow.sign_up_rules["minimum_age"] and flow.sign_up_rules["birth_attribute"] == attribute.name
        )
        asking = list(UserFlow.objects.filter(attributes__attribute=attribute.name))
        for flow in asking:
            before = layout_in_force(flow)
            FlowAttribute.objects.filter(user_flow=flow, attribute=attribute.name).delete()
            keep_published(flow, before, layout_in_force(flow), actor=actor)
        is_in_drafts = forget_attribute(attribute.name)
        delete_custom_attribute(attribute, actor=actor)
        announce_change()
    return is_in_drafts or bool(asking)


def delete_provider_everywhere(provider: IdentityProvider, *, actor: Actor) -> None:
    """Remove the provider, and from every flow that offers it.

    Raises `Refused` if a flow offers nothing else: nobody could sign in by it any more.
    """
    method = method_of_provider(provider.pk)
    with transaction.atomic():
        flows = [each for each in UserFlow.objects.select_for_update().order_by("pk") if method in each.methods]
        refuse_if_any(
            Problem(
                Code.NOT_ALLOWED,
                "",
                _("The user flow “%(name)s” offers nothing else. Give it another method.") % {"name": flow.name},
            )
            for flow in flows
            if flow.methods == [method]
        )
        for flow in flows:
            change_user_flow(flow, methods=tuple(each for each in flow.methods if each != method), actor=actor)
        delete_provider(provider, actor=actor)
