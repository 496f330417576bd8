"""Telling an application as one value, and making one be as a value says: the writes that all doors share.

The value is `applications.description`; what is wrong with one, `applications.policies.application`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction

from accounts.attributes import BUILT_IN_ATTRIBUTES
from accounts.models import CustomAttribute
from applications.description import (
    CREDENTIALS,
    Api,
    ApplicationDescription,
    Claim,
    Credentials,
    Links,
    Permissions,
    Role,
    Scope,
    SignIn,
    SignOut,
)
from applications.errors import UnknownApplication
from applications.models import (
    ApiScope,
    Application,
    ApplicationLogo,
    AppRole,
    ClaimRule,
)
from applications.policies.application import FLOW_FIELDS, problems_of, sector_of_description
from applications.policies.changes import Changes, changes_between, tidied
from applications.policies.facts import ApplicationFacts
from applications.policies.kinds import PUBLIC_KINDS, SERVICE
from applications.policies.subjects import PAIRWISE
from applications.services.changes import record_change
from applications.services.items import save_items
from applications.services.sectors import check_chosen_sector
from audit.services import Actor
from branding.languages.offered import offer
from branding.pictures.encoding import PreparedImage
from common.problems import refuse_if_any, refuse_if_changed
from tenants.addressing import own_urls
from tenants.limits import APPLICATIONS, refuse_beyond
from tenants.lookup import current_tenant
from userflows.models import UserFlow

# Fields that are columns of the application's row, as they are or as words with blanks between.
COLUMNS = (
    *("name", "kind", "framework", "requires_pkce", "requires_pushed_requests", *CREDENTIALS),
    *("requires_signed_requests", "second_factor", "follows_fapi", "subject_type", "sector_identifier_uri"),
    *("access_token_minutes", "id_token_minutes", "refresh_idle_days", "refresh_absolute_days"),
    *("refresh_grace_seconds", "requires_dpop", "id_token_tells_customer", "binds_to_certificate"),
    *("id_token_algorithm", "access_token_algorithm", "userinfo_algorithm"),
    *("id_token_encryption", "id_token_content", "userinfo_encryption", "userinfo_content"),
    *("client_uri", "policy_uri", "tos_uri", "initiate_login_uri", "identifier_uri", "asks_for_consent"),
    *("backchannel_logout_uri", "backchannel_logout_session_required"),
    *("frontchannel_logout_uri", "frontchannel_logout_session_required"),
)
WORDS = {
    "redirect_uris": "redirect_uris",
    "post_logout_redirect_uris": "post_logout_redirect_uris",
    "scopes": "scopes",
    "grant_types": "grants",
    "factors": "factors",
}


@dataclass(frozen=True)
class NewLogo:
    """A picture to show beside the name from now on, fetched from `source` if it wasn't uploaded; None for none."""

    image: PreparedImage | None
    source: str = ""


def describe(application: Application) -> ApplicationDescription:
    """All that was chosen about the application, as one value."""
    return tidied(
        ApplicationDescription(
            name=application.name,
            kind=application.kind,
            sign_in=SignIn(
                grant_types=application.grant_types,
                user_flow=application.user_flow_id,
                redirect_uris=tuple(application.redirect_uri_list),
                requires_pkce=application.requires_pkce,
                requires_pushed_requests=application.requires_pushed_requests,
                requires_signed_requests=application.requires_signed_requests,
                second_factor=application.second_factor,
                factors=application.counted_factors,
                scopes=tuple(application.scopes.split()),
                subject_type=application.subject_type,
                sector_identifier_uri=application.sector_identifier_uri,
            ),
            credentials=Credentials(**{name: getattr(application, name) for name in CREDENTIALS}),
            tokens=application.token_settings,
            links=Links(
                application.client_uri, application.policy_uri, application.tos_uri, application.initiate_login_uri
            ),
            sign_out=SignOut(
                post_logout_redirect_uris=tuple(application.post_logout_redirect_uri_list),
                backchannel_logout_uri=application.backchannel_logout_uri,
                backchannel_logout_session_required=application.backchannel_logout_session_required,
                frontchannel_logout_uri=application.frontchannel_logout_uri,
                frontchannel_logout_session_required=application.frontchannel_logout_session_required,
            ),
            api=Api(
                identifier_uri=application.identifier_uri,
                api_scopes=tuple(map(_scope, application.api_scopes.all())),
                roles=tuple(map(_role, application.roles.all())),
            ),
            permissions=Permissions(
                permitted_scopes=tuple(application.scope_permissions.values_list("scope_id", flat=True)),
                permitted_roles=tuple(application.role_permissions.values_list("role_id", flat=True)),
                asks_for_consent=application.asks_for_consent,
            ),
            claims=tuple(map(_claim, application.claim_rules.all())),
            framework=application.framework,
            follows_fapi=application.follows_fapi,
        )
    )


def register(
    description: ApplicationDescription,
    *,
    logo: NewLogo | None = None,
    registered_dynamically: bool = False,
    actor: Actor,
) -> Application:
    """Make an application that is as described. Raises `Refused`.

    `registered_dynamically` says that it came by itself (RFC 7591).
    """
    is_public = description.kind in PUBLIC_KINDS
    is_service = description.kind == SERVICE
    row = Application(
        client_id=str(uuid4()),
        client_type=Application.CLIENT_PUBLIC if is_public else Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=(
            Application.GRANT_CLIENT_CREDENTIALS if is_service else Application.GRANT_AUTHORIZATION_CODE
        ),
        registered_dynamically=registered_dynamically,
    )
    with transaction.atomic():
        refuse_beyond(current_tenant(), APPLICATIONS, Application.objects.all(), field="name")
        after, changes = _judged(row, None, description)
        _save(row, after, changes, logo=logo)
        record_change("application.registered", row, actor=actor, details={"kind": row.kind})
    return row


def apply(
    application: Application,
    description: ApplicationDescription,
    *,
    expected_version: str = "",
    logo: NewLogo | None = None,
    actor: Actor,
) -> None:
    """Make the application as described: judge what differs, save it, note it, and tell all processes, each once.

    `expected_version` is that of the description somebody has seen; if it is another by now, nothing is done. Where
    nothing differs, nothing is noted. Raises `Refused`, which leaves `application` as it was, and `UnknownApplication`.
    """
    _check_sector(application, description.values())
    _change(application, lambda _: description, expected_version=expected_version, logo=logo, actor=actor)


def change(
    application: Application,
    how: Callable[[ApplicationDescription], ApplicationDescription],
    *,
    logo: NewLogo | None = None,
    actor: Actor,
) -> None:
    """As `apply`, for a part of it: `how` makes the new description of that of this moment."""
    _change(application, how, logo=logo, actor=actor)


def change_application(application: Application, *, actor: Actor, **values: Any) -> None:
    """As `apply`, for these fields of the description alone, by their names."""
    _check_sector(application, values)
    change(application, lambda now: now.with_values(**values), actor=actor)


def changes_by(application: Application, **values: Any) -> Changes:
    """What would differ, were these fields changed; nothing is judged yet."""
    now = describe(application)
    return changes_between(now, tidied(now.with_values(**values)))


def change_with_new_subjects(application: Application, *, actor: Actor, **values: Any) -> None:
    """As `change_application`, though the application may be in use and recognise none of its customers afterwards."""
    _check_sector(application, values)
    _change(application, lambda now: now.with_values(**values), accepts_new_subjects=True, actor=actor)


def _change(
    application: Application,
    how: Callable[[ApplicationDescription], ApplicationDescription],
    *,
    expected_version: str = "",
    logo: NewLogo | None = None,
    accepts_new_subjects: bool = False,
    actor: Actor,
) -> None:
    with transaction.atomic():
        row = Application.objects.select_for_update().filter(pk=application.pk).first()
        if row is None:
            raise UnknownApplication
        before = describe(row)
        refuse_if_changed(expected_version, before.version)
        after, changes = _judged(row, before, how(before), accepts_new_subjects=accepts_new_subjects)
        details = changes.details()
        if logo and _differs(row, logo):
            details["fields"].append("logo")
        if not details["fields"]:
            return
        _save(row, after, changes, logo=logo)
        record_change("application.changed", row, actor=actor, details=details)
    _adopt(application, row)


def _check_sector(application: Application, values: Mapping[str, Any]) -> None:
    """Look the list of a sector's URIs up, before any lock is taken, if these values are about it. Raises `Refused`."""
    kept = {
        "subject_type": application.subject_type,
        "sector_identifier_uri": application.sector_identifier_uri,
        "redirect_uris": tuple(application.redirect_uri_list),
    }
    wished = {name: values.get(name, value) for name, value in kept.items()}
    wished["redirect_uris"] = tuple(wished["redirect_uris"])
    if wished["subject_type"] == PAIRWISE and any(wished[name] != kept[name] for name in kept):
        check_chosen_sector(str(wished["sector_identifier_uri"]), list(wished["redirect_uris"]))


def _judged(
    row: Application,
    before: ApplicationDescription | None,
    wished: ApplicationDescription,
    *,
    accepts_new_subjects: bool = False,
) -> tuple[ApplicationDescription, Changes]:
    """What is wished, tidied, and what it changes. Raises `Refused`."""
    after = tidied(wished)
    if after.kind != SERVICE and after.sign_in.user_flow is None:
        after = after.with_values(user_flow=UserFlow.objects.values_list("pk", flat=True).get(is_default=True))
    scopes = _scope_names(before, after)
    roles = _role_facts(before, after)
    names = {**scopes, **{key: name for key, (name, _) in roles.items()}}
    changes = changes_between(before, after, names=names)
    is_for_services = {key: for_services for key, (_, for_services) in roles.items()}
    facts = _facts(row, before, after, changes, scopes=scopes, roles=is_for_services)
    if before is not None and row.last_used_on is not None and not accepts_new_subjects:
        facts = replace(facts, sector=sector_of_description(before))
    refuse_if_any(problems_of(after, facts, changes, is_new=before is None))
    return after, changes


def _facts(
    row: Application,
    before: ApplicationDescription | None,
    after: ApplicationDescription,
    changes: Changes,
    *,
    scopes: Mapping[UUID, str],
    roles: Mapping[UUID, bool],
) -> ApplicationFacts:
    """What the rules have to know; only what they will ask for is looked up."""
    uri = after.api.identifier_uri
    names_api = bool(uri) and changes.touches("identifier_uri")
    tenant = current_tenant() if names_api else None
    others = Application.objects.filter(identifier_uri=uri).exclude(pk=row.pk)
    attributes: Iterable[str] = ()
    if any(claim.source == ClaimRule.Source.ATTRIBUTE for claim in after.claims) and changes.touches("claims"):
        attributes = (*BUILT_IN_ATTRIBUTES, *CustomAttribute.objects.values_list("name", flat=True))
    key = after.sign_in.user_flow
    flow = UserFlow.objects.filter(pk=key).first() if key and changes.touches(*FLOW_FIELDS) else None
    return ApplicationFacts(
        client_id=row.client_id,
        identifier_is_taken=names_api and others.exists(),
        own_addresses=own_urls(tenant) if tenant else (),
        flows={flow.pk: flow.methods} if flow else {},
        attributes=frozenset(attributes),
        scopes=scopes,
        roles=roles,
        languages=_languages_of_words(before),
        calls_own_computer=settings.IS_LOCAL,
    )


def _languages_of_words(before: ApplicationDescription | None) -> dict[str, str]:
    """What scopes can be said in, by code. What was said in a language that has been removed stays for its return."""
    said = {language for scope in (before.api.api_scopes if before else ()) for language in scope.translations}
    return {**{code: code for code in said}, **{language.code: language.name for language in offer().known}}


def _scope_names(before: ApplicationDescription | None, after: ApplicationDescription) -> dict[UUID, str]:
    """The full names of scopes that are or were permitted, by key, if these differ."""
    now, then = set(after.permissions.permitted_scopes), set(before.permissions.permitted_scopes if before else ())
    if now == then:
        return {}
    found = ApiScope.objects.filter(pk__in=now | then).select_related("application")
    return {scope.pk: scope.full_name for scope in found}


def _role_facts(before: ApplicationDescription | None, after: ApplicationDescription) -> dict[UUID, tuple[str, bool]]:
    """The names of roles that are or were permitted, and whether they are for services, by key, if these differ."""
    now, then = set(after.permissions.permitted_roles), set(before.permissions.permitted_roles if before else ())
    if now == then:
        return {}
    return {role.pk: (role.value, role.for_services) for role in AppRole.objects.filter(pk__in=now | then)}


def _save(row: Application, after: ApplicationDescription, changes: Changes, *, logo: NewLogo | None) -> None:
    values = after.values()
    if logo:
        row.logo_uri = logo.source if logo.image else ""
    for name in COLUMNS:
        setattr(row, name, values[name])
    for name, column in WORDS.items():
        setattr(row, column, " ".join(values[name]))
    row.user_flow_id = after.sign_in.user_flow
    row.save()
    save_items(row, after, changes)
    if logo:
        _save_picture(row, logo.image)


def _differs(row: Application, logo: NewLogo) -> bool:
    return logo.image is not None or bool(row.logo_uri) or ApplicationLogo.objects.filter(application=row).exists()


def _save_picture(row: Application, image: PreparedImage | None) -> None:
    ApplicationLogo.objects.filter(application=row).delete()
    if image:
        ApplicationLogo.objects.create(
            application=row,
            content=image.content,
            content_type=image.content_type,
            width=image.width,
            height=image.height,
            digest=image.digest,
        )


def _adopt(application: Application, row: Application) -> None:
    """Let the caller's object tell what was saved."""
    for column in Application._meta.concrete_fields:
        setattr(application, column.attname, getattr(row, column.attname))


def _scope(row: ApiScope) -> Scope:
    return Scope(
        row.name,
        row.display_name,
        row.description,
        row.customer_display_name,
        row.customer_description,
        row.consenter,
        row.is_enabled,
        row.translations,
    )


def _role(row: AppRole) -> Role:
    return Role(
        row.value, row.display_name, row.description, row.for_customers, row.for_services, is_enabled=row.is_enabled
    )


def _claim(row: ClaimRule) -> Claim:
    return Claim(row.name, row.source, row.value, row.scope, row.in_id_token, row.in_access_token, row.in_userinfo)
