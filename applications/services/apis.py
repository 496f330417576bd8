"""What an application offers others as an API: its identifier URI and its scopes."""

from collections.abc import Mapping
from types import MappingProxyType

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from applications.models import ApiScope, Application
from applications.policies.apis import MAX_API_SCOPES, identifier_problem, wire_name_problem
from applications.services.changes import announce_change
from audit.services import Actor, record
from tenants.addressing import base_url
from tenants.lookup import tenant_by_schema

MAX_NAME_LENGTH = 120
MAX_DESCRIPTION_LENGTH = 500


def default_identifier_uri(application: Application) -> str:
    """The identifier URI an API has unless somebody chooses another one."""
    return f"api://{application.client_id}"


def set_identifier_uri(application: Application, *, identifier_uri: str, actor: Actor) -> None:
    """Call the application by this URI as an API; "" makes it none. Raises `ValidationError` for `identifier_uri`."""
    uri = identifier_uri.strip()
    problem = _identifier_problem(application, uri) if uri else ""
    if problem:
        raise ValidationError({"identifier_uri": problem})
    with transaction.atomic():
        application.identifier_uri = uri
        application.save(update_fields=["identifier_uri", "updated"])
        record("application.exposed", actor=actor, target=application, details={"identifier_uri": uri})
        announce_change()


def add_api_scope(  # noqa: PLR0913 - all that can be said about a scope
    application: Application,
    *,
    name: str,
    display_name: str,
    description: str = "",
    customer_display_name: str = "",
    customer_description: str = "",
    consenter: str = ApiScope.Consenter.ANYBODY,
    translations: Mapping[str, Mapping[str, str]] | None = None,
    actor: Actor,
) -> ApiScope:
    """Let the API offer one more scope; `translations` as for `update_api_scope`.

    Raises `ValidationError` keyed by argument.
    """
    scope = ApiScope(application=application, name=name.strip())
    words = {
        "display_name": display_name,
        "description": description,
        "customer_display_name": customer_display_name,
        "customer_description": customer_description,
    }
    _describe(scope, words, consenter, translations or {}, problems={"name": _scope_name_problem(scope)})
    with transaction.atomic():
        scope.save(force_insert=True)
        _record("api_scope.added", scope, actor)
    return scope


def update_api_scope(  # noqa: PLR0913 - all that can be said about a scope
    scope: ApiScope,
    *,
    display_name: str,
    description: str,
    customer_display_name: str,
    customer_description: str,
    consenter: str,
    is_enabled: bool,
    translations: Mapping[str, Mapping[str, str]],
    actor: Actor,
) -> None:
    """Say otherwise what a scope is for, who may consent to it, and whether it is in use.

    `translations` goes by language, then by `name` and `description`. Raises `ValidationError` keyed by argument.
    """
    words = {
        "display_name": display_name,
        "description": description,
        "customer_display_name": customer_display_name,
        "customer_description": customer_description,
    }
    _describe(scope, words, consenter, translations)
    scope.is_enabled = is_enabled
    with transaction.atomic():
        scope.save()
        _record("api_scope.changed", scope, actor)


def delete_api_scope(scope: ApiScope, *, actor: Actor) -> None:
    """Offer a scope no more, to nobody."""
    with transaction.atomic():
        _record("api_scope.deleted", scope, actor)
        scope.delete()


def _identifier_problem(application: Application, uri: str) -> str:
    tenant = tenant_by_schema(connection.schema_name)  # type: ignore[attr-defined]
    own = (base_url(tenant),) if tenant else ()
    problem = identifier_problem(uri, client_id=application.client_id, own_addresses=own)
    if not problem and Application.objects.filter(identifier_uri=uri).exclude(pk=application.pk).exists():
        return "Another application of this tenant has this identifier URI."
    return problem


def _scope_name_problem(scope: ApiScope) -> str:
    others = scope.application.api_scopes
    problem = wire_name_problem(scope.name)
    if not problem and others.filter(name=scope.name).exists():
        return "The API has a scope of this name already."
    if not problem and others.count() >= MAX_API_SCOPES:
        return f"An API can have {MAX_API_SCOPES} scopes at most."
    return problem


def _describe(
    scope: ApiScope,
    words: Mapping[str, str],
    consenter: str,
    translations: Mapping[str, Mapping[str, str]],
    *,
    problems: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Set on the row what is said of it, unsaved. Raises `ValidationError` with all that is wrong, `problems` too."""
    found = dict(problems)
    for field, text in words.items():
        longest = MAX_NAME_LENGTH if field.endswith("name") else MAX_DESCRIPTION_LENGTH
        if len(text.strip()) > longest:
            found[field] = f"Use at most {longest} characters."
        setattr(scope, field, text.strip())
    if not scope.display_name:
        found["display_name"] = "Enter a name."
    if consenter not in ApiScope.Consenter.values:
        found["consenter"] = "Choose one of: " + ", ".join(ApiScope.Consenter.values) + "."
    found["translations"] = " ".join(_translation_problem(*said) for said in translations.items()).strip()
    wrong = {field: problem for field, problem in found.items() if problem}
    if wrong:
        raise ValidationError(wrong)
    scope.consenter, scope.translations = consenter, _translations(translations)


def _translation_problem(language: str, words: Mapping[str, str]) -> str:
    if language not in dict(settings.LANGUAGES):
        return f"Customer pages don’t speak {language}."
    name, description = words.get("name", "").strip(), words.get("description", "").strip()
    if len(name) > MAX_NAME_LENGTH or len(description) > MAX_DESCRIPTION_LENGTH:
        return f"The words in {dict(settings.LANGUAGES)[language]} are too long."
    return ""


def _translations(translations: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """The words of each language that says any."""
    kept: dict[str, dict[str, str]] = {}
    for language, words in translations.items():
        said = {part: words.get(part, "").strip() for part in ("name", "description")}
        if any(said.values()):
            kept[language] = {part: text for part, text in said.items() if text}
    return kept


def _record(action: str, scope: ApiScope, actor: Actor) -> None:
    record(action, actor=actor, target=scope.application, details={"scope": scope.name})
    announce_change()
