"""User flows as every step of a journey asks for them, kept in the process until something in the tenant changes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple
from uuid import UUID

from accounts.attributes import BUILT_IN_ATTRIBUTES
from accounts.credentials.services.passwords import has_password
from accounts.models import Account
from common.database.rows import row_from_json
from providers.models import LinkedIdentity
from sms.senders.description import can_send
from tenants.known import KnownPart, NeededBy
from userflows.models import UserFlow
from userflows.state import MAIL, PASSKEY, PROVIDER, SMS, step_of

_FLOWS = """
    SELECT jsonb_agg(to_jsonb(flow) || jsonb_build_object(
        'rows', (
            SELECT jsonb_agg(jsonb_build_object(
                'attribute', asked.attribute, 'is_required', asked.is_required, 'input_type', asked.input_type,
                'default', asked."default", 'is_hidden', asked.is_hidden, 'begins_page', asked.begins_page,
                'asked', asked.asked, 'after_sign_ins', asked.after_sign_ins
            ) ORDER BY asked.position)
            FROM userflows_flowattribute asked WHERE asked.user_flow_id = flow.id
        ),
        'custom_names', (
            SELECT jsonb_agg(custom.name)
            FROM userflows_flowattribute asked
            JOIN accounts_customattribute custom ON custom.name = asked.attribute
            WHERE asked.user_flow_id = flow.id
        ),
        'is_used', flow.is_default OR EXISTS (
            -- A table of one floor above.
            SELECT FROM applications_application application WHERE application.user_flow_id = flow.id
        )
    ))
    FROM userflows_userflow flow
"""


class _KnownFlow(NamedTuple):
    flow: UserFlow
    custom_names: frozenset[str]


def _flows_of(rows: list[dict[str, Any]] | None) -> Mapping[UUID, _KnownFlow]:
    known = {}
    counting = {factor for row in rows or () for factor in row["factors"]}
    for row in rows or ():
        flow = row_from_json(UserFlow, row)
        custom_names = frozenset(row["custom_names"] or ())
        # Nobody could answer a question about an attribute that isn't there.
        asked = [each for each in row["rows"] or () if each["attribute"] in {*BUILT_IN_ATTRIBUTES, *custom_names}]
        flow.rules = replace(
            flow.rules_with(asked),
            counts_phones=SMS in counting,
            counts_mail=MAIL in counting,
            is_used=row["is_used"],
        )
        known[flow.pk] = _KnownFlow(flow, custom_names)
    return known


_flows = KnownPart(_FLOWS, _flows_of, needed_by=NeededBy.CUSTOMERS)


def flow_by_id(flow_id: UUID) -> UserFlow:
    """The flow, to be read only: it is everybody's. Raises `UserFlow.DoesNotExist`."""
    known = _flows.get().get(flow_id)
    if known is None:
        raise UserFlow.DoesNotExist
    return known.flow


def known_flows() -> Mapping[UUID, UserFlow]:
    """All flows of the tenant by ID, likewise."""
    return {flow_id: known.flow for flow_id, known in _flows.get().items()}


def default_flow() -> UserFlow:
    """The tenant's default flow, likewise. Raises `UserFlow.DoesNotExist`."""
    for known in _flows.get().values():
        if known.flow.is_default:
            return known.flow
    raise UserFlow.DoesNotExist


def flow_with_passwords() -> UserFlow | None:
    """That by which customers choose a password: the default one or, where it takes none, another one in use; None
    where nobody signs in with a password.
    """
    taking = [flow for flow in known_flows().values() if flow.rules.has_passwords and flow.rules.is_used]
    return min(taking, key=lambda flow: (not flow.is_default, flow.name), default=None)


def uses_password(account: Account) -> bool:
    """Whether somebody may come in by a password of this account: it has one, and a user flow takes it."""
    return has_password(account) and flow_with_passwords() is not None


def flow_to_choose_password(account: Account, came_by: UserFlow) -> UserFlow | None:
    """That by which somebody signed in chooses a password: the one they came by or, where it takes none and they have
    one, another one in use that takes it; None where there is none to choose.
    """
    if came_by.rules.has_passwords:
        return came_by
    return flow_with_passwords() if has_password(account) else None


def ways_without_password(account: Account, flow: UserFlow) -> Sequence[str]:
    """The steps of the flow by which the account's owner shows who they are, if they have no password and mail does;
    otherwise any may: none is named.
    """
    if has_password(account) or not flow.rules.signs_in_by_mail:
        return ()
    return [step_of(method) for method in flow.rules.methods if method != "password"]


def ways_to_confirm(account: Account, flow: UserFlow) -> Sequence[str]:
    """The steps of the flow by which somebody signed in shows that it is still them: any, unless the account has no
    password; then those by mail or, where mail does for none, those that the account has. With none of these a new
    password is the way, so any are again.
    """
    if has_password(account):
        return ()
    ways = dict.fromkeys(step_of(method) for method in flow.rules.methods)
    return ways_without_password(account, flow) or [way for way in ways if _has_way(account, flow, way)]


def _has_way(account: Account, flow: UserFlow, way: str) -> bool:
    if way == PROVIDER:
        linked = LinkedIdentity.objects.of_account(account.pk).filter(provider__is_on=True)
        return linked.filter(provider_id__in=flow.rules.providers).exists()
    if way == SMS:
        return bool(account.phone_number) and can_send()
    return way == PASSKEY and bool(account.passkeys_at)


def is_used(flow_id: UUID) -> bool:
    """Whether customers come by this flow: by an application, or because it is the default one."""
    known = _flows.get().get(flow_id)
    return known is not None and known.flow.rules.is_used


def custom_names_of(flow_id: UUID | None) -> frozenset[str]:
    """The custom attributes that a flow asks for and the tenant still defines; none without a flow.

    Ask before a transaction begins: what is read within one isn't kept.
    """
    known = _flows.get().get(flow_id) if flow_id else None
    return known.custom_names if known else frozenset()
