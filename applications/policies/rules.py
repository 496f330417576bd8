"""What is wrong with a description of an application. A rule is asked if one of the fields it looks at differs.

So what was right when it was chosen, and no longer would be, stands in the way of no other change.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from uuid import UUID

from applications.description import ITEMS, LINKS, TOKENS, ApplicationDescription, Claim, Role, Scope
from applications.policies.apis import CONSENTERS, MAX_API_SCOPES, identifier_problem, wire_name_problem
from applications.policies.changes import Changes
from applications.policies.claims import CLAIM_SCOPES, MAX_CLAIMS, MAX_VALUE_LENGTH, SOURCES, claim_problem
from applications.policies.credentials import KEY_PAIR, authentication_problems
from applications.policies.fapi import FIELDS as FAPI_FIELDS
from applications.policies.fapi import unmet_by
from applications.policies.frameworks import framework_problem
from applications.policies.grants import CLIENT_CREDENTIALS, SIGN_IN_GRANTS, TOKEN_EXCHANGE, grants_problem
from applications.policies.kinds import KINDS, PUBLIC_KINDS, SERVICE, WEB
from applications.policies.redirect_uris import (
    LOOPBACK_HOSTS,
    MAX_REDIRECT_URIS,
    origin_of,
    post_logout_redirect_uri_problem,
    redirect_uri_problem,
)
from applications.policies.registration import MAX_SCOPES, pkce_problem, scope_problem
from applications.policies.roles import MAX_ROLES
from applications.policies.tokens import settings_problems
from common.problems import Code, Problem, name_problems, one_of, wrong
from common.text.texts import shortened, unseen_problem
from common.text.translation import gettext, gettext_lazy
from common.web.outgoing import url_problem
from userflows.state import ALWAYS, NEW_BROWSER, WHO_HAS_ONE

MAX_NAME_LENGTH = 120
MAX_DESCRIPTION_LENGTH = 500
NOBODY_SIGNS_IN = gettext_lazy("Nobody signs in to a service.")


@dataclass(frozen=True)
class Facts:
    """What has to be known besides the description. `roles` goes by key, and says which are for services.

    `own_addresses` are the tenant's; `languages` goes by code; `calls_own_computer` is so on a local installation only.
    """

    client_id: str = ""
    identifier_is_taken: bool = False
    own_addresses: tuple[str, ...] = ()
    flows: Collection[UUID] = ()
    attributes: Collection[str] = ()
    scopes: Collection[UUID] = ()
    roles: Mapping[UUID, bool] = field(default_factory=dict)
    languages: Mapping[str, str] = field(default_factory=dict)
    calls_own_computer: bool = False


def problems_of(after: ApplicationDescription, facts: Facts, changes: Changes, *, is_new: bool) -> tuple[Problem, ...]:
    """All that is wrong with what differs. `after` is tidied."""
    if after.kind not in KINDS:
        return (Problem(Code.INVALID, "kind", one_of(KINDS)),)
    if changes.touches("kind") and not is_new:
        return (Problem(Code.NOT_ALLOWED, "kind", gettext("What it is can't change; register another one.")),)
    return tuple(
        problem for fields, rule in RULES if changes.touches(*fields) for problem in rule(after, facts, changes)
    )


def _name(after: ApplicationDescription, _: Facts, __: Changes) -> Iterator[Problem]:
    yield from name_problems(after.name, longest=MAX_NAME_LENGTH)


def _framework(after: ApplicationDescription, _: Facts, __: Changes) -> Iterator[Problem]:
    yield from wrong(Code.INVALID, "framework", framework_problem(after.framework, kind=after.kind))


def _grants(after: ApplicationDescription, _: Facts, __: Changes) -> Iterator[Problem]:
    yield from wrong(Code.INVALID, "grant_types", grants_problem(after.sign_in.grant_types, kind=after.kind))


def _redirect_uris(after: ApplicationDescription, _: Facts, __: Changes) -> Iterator[Problem]:
    yield from _uris("redirect_uris", after.sign_in.redirect_uris, redirect_uri_problem, after.kind)


def _return_uris(after: ApplicationDescription, _: Facts, __: Changes) -> Iterator[Problem]:
    uris = after.sign_out.post_logout_redirect_uris
    yield from _uris("post_logout_redirect_uris", uris, post_logout_redirect_uri_problem, after.kind)


def _uris(name: str, uris: tuple[str, ...], problem_of: Callable[..., str], kind: str) -> Iterator[Problem]:
    if uris and kind == SERVICE:
        yield Problem(Code.NOT_ALLOWED, name, gettext("Nobody is sent back to a service; leave the URIs out."))
        return
    for uri in uris:
        if sentence := problem_of(uri, kind=kind):
            told = f"{shortened(uri)}: {sentence}"
            yield Problem(Code.INVALID, name, told)
    if len(uris) > MAX_REDIRECT_URIS:
        yield Problem(
            Code.TOO_MANY,
            name,
            gettext("An application can have %(most)d URIs at most.") % {"most": MAX_REDIRECT_URIS},
        )


def _user_flow(after: ApplicationDescription, facts: Facts, _: Changes) -> Iterator[Problem]:
    flow = after.sign_in.user_flow
    if after.kind == SERVICE and flow:
        sentence = gettext("Nobody signs in to a service, so it has no user flow.")
        yield Problem(Code.NOT_ALLOWED, "user_flow", sentence)
    elif flow and flow not in facts.flows:
        yield Problem(Code.UNKNOWN, "user_flow", gettext("There is no such user flow."))


def _pkce(after: ApplicationDescription, _: Facts, __: Changes) -> Iterator[Problem]:
    sentence = pkce_problem(requires_pkce=after.sign_in.requires_pkce, kind=after.kind)
    yield from wrong(Code.NOT_ALLOWED, "requires_pkce", sentence)


def _pushed_requests(after: ApplicationDescription, _: Facts, __: Changes) -> Iterator[Problem]:
    if after.kind == SERVICE and after.sign_in.requires_pushed_requests:
        yield Problem(Code.NOT_ALLOWED, "requires_pushed_requests", str(NOBODY_SIGNS_IN))


def _signed_requests(after: ApplicationDescription, _: Facts, __: Changes) -> Iterator[Problem]:
    """RFC 9101 section 10.5."""
    if not after.sign_in.requires_signed_requests:
        return
    if after.kind == SERVICE:
        yield Problem(Code.NOT_ALLOWED, "requires_signed_requests", str(NOBODY_SIGNS_IN))
    elif after.credentials.auth_method != KEY_PAIR:
        sentence = gettext("Only an application with a key pair can sign its requests.")
        yield Problem(Code.NOT_ALLOWED, "requires_signed_requests", sentence)


def _fapi(after: ApplicationDescription, _: Facts, __: Changes) -> Iterator[Problem]:
    for requirement in unmet_by(after) if after.follows_fapi else ():
        sentence = gettext("FAPI 2.0 requires: %(what)s") % {"what": requirement.says}
        yield Problem(Code.NOT_ALLOWED, requirement.field, sentence)


def _second_factor(after: ApplicationDescription, _: Facts, __: Changes) -> Iterator[Problem]:
    asked = after.sign_in.second_factor
    if asked not in {WHO_HAS_ONE, NEW_BROWSER, ALWAYS}:
        yield Problem(
            Code.INVALID,
            "second_factor",
            gettext("Choose %(choices)s, or nothing.") % {"choices": f"{NEW_BROWSER}, {ALWAYS}"},
        )
    elif asked and after.kind == SERVICE:
        yield Problem(Code.NOT_ALLOWED, "second_factor", str(NOBODY_SIGNS_IN))


def _own_scopes(after: ApplicationDescription, _: Facts, __: Changes) -> Iterator[Problem]:
    scopes = after.sign_in.scopes
    for scope in scopes:
        yield from wrong(Code.INVALID, "scopes", scope_problem(scope))
    if len(scopes) > MAX_SCOPES:
        yield Problem(Code.TOO_MANY, "scopes", gettext("At most %(most)d scopes.") % {"most": MAX_SCOPES})


def _authentication(after: ApplicationDescription, _: Facts, __: Changes) -> Iterator[Problem]:
    chosen = after.credentials
    found = authentication_problems(
        chosen.auth_method, jwks=chosen.jwks, jwks_uri=chosen.jwks_uri, is_public=after.kind in PUBLIC_KINDS
    )
    for name, sentence in found.items():
        yield from wrong(Code.INVALID, name, sentence)


def _tokens(after: ApplicationDescription, _: Facts, __: Changes) -> Iterator[Problem]:
    for name, sentence in settings_problems(after.tokens).items():
        yield Problem(Code.INVALID if name.endswith("_algorithm") else Code.OUT_OF_RANGE, name, sentence)


def _links(after: ApplicationDescription, _: Facts, changes: Changes) -> Iterator[Problem]:
    for name in LINKS:
        uri = getattr(after.links, name)
        if uri and after.kind == SERVICE:
            yield Problem(Code.NOT_ALLOWED, name, str(NOBODY_SIGNS_IN))
        elif uri and changes.touches(name):
            # What customers are shown opens over https wherever it lies (OpenID Connect Registration section 2).
            is_http = uri.partition(":")[0] == "http"
            sentence = gettext("Use https.") if is_http else redirect_uri_problem(uri, kind=WEB)
            yield from wrong(Code.INVALID, name, sentence)


def _backchannel(after: ApplicationDescription, facts: Facts, _: Changes) -> Iterator[Problem]:
    """OpenID Connect Back-Channel Logout section 2.2, and what this server may call at all."""
    uri = after.sign_out.backchannel_logout_uri
    if not uri:
        return
    if after.kind == SERVICE:
        sentence = gettext("Nobody signs in to a service, so nobody signs out of it.")
    elif not (sentence := redirect_uri_problem(uri, kind=WEB)):
        if not facts.calls_own_computer and urlsplit(uri).hostname in LOOPBACK_HOSTS:
            sentence = gettext("This server calls the address itself, so it can't be one on your own computer.")
        else:
            sentence = url_problem(uri)
    yield from wrong(Code.INVALID, "backchannel_logout_uri", sentence)


def _frontchannel(after: ApplicationDescription, _: Facts, __: Changes) -> Iterator[Problem]:
    """OpenID Connect Front-Channel Logout section 2: at an origin to which customers return anyway."""
    uri = after.sign_out.frontchannel_logout_uri
    if not uri:
        return
    if after.kind == SERVICE:
        sentence = gettext("Nobody signs in to a service, so nobody signs out of it.")
    elif not (sentence := redirect_uri_problem(uri, kind=WEB)):
        origins = {origin_of(registered) for registered in after.sign_in.redirect_uris}
        is_one = origin_of(uri) in origins
        sentence = "" if is_one else gettext("Use the scheme, host and port of one of the application's redirect URIs.")
    yield from wrong(Code.INVALID, "frontchannel_logout_uri", sentence)


def _identifier(after: ApplicationDescription, facts: Facts, _: Changes) -> Iterator[Problem]:
    uri = after.api.identifier_uri
    if not uri:
        return
    sentence = identifier_problem(uri, client_id=facts.client_id, own_addresses=facts.own_addresses)
    if sentence:
        yield Problem(Code.INVALID, "identifier_uri", sentence)
    elif facts.identifier_is_taken:
        sentence = gettext("Another application of this tenant has this identifier URI.")
        yield Problem(Code.TAKEN, "identifier_uri", sentence)


def _api_scopes(after: ApplicationDescription, facts: Facts, changes: Changes) -> Iterator[Problem]:
    scopes = after.api.api_scopes
    yield from _crowd(
        "api_scopes", scopes, MAX_API_SCOPES, gettext("An API can have %(most)d scopes at most."), changes
    )
    yield from _twice("api_scopes", scopes, gettext("The API has a scope of this name already."))
    for scope in scopes:
        item = f"api_scopes.{scope.name}"
        if changes.includes(item):
            yield from wrong(Code.INVALID, "name", wire_name_problem(scope.name), item=item)
            yield from _scope_words(scope, item)
            if scope.consenter not in CONSENTERS:
                sentence = one_of(CONSENTERS)
                yield Problem(Code.INVALID, "consenter", sentence, item)
            yield from _translations(scope, facts.languages, item)


def _scope_words(scope: Scope, item: str) -> Iterator[Problem]:
    for name in ("display_name", "description", "customer_display_name", "customer_description"):
        longest = MAX_NAME_LENGTH if name.endswith("name") else MAX_DESCRIPTION_LENGTH
        text = getattr(scope, name)
        if len(text) > longest:
            yield Problem(
                Code.TOO_LONG, name, gettext("Use at most %(longest)d characters.") % {"longest": longest}, item
            )
        yield from wrong(Code.INVALID, name, unseen_problem(text, has_lines=name.endswith("description")), item=item)
    if not scope.display_name:
        yield Problem(Code.REQUIRED, "display_name", gettext("Enter a name."), item)


def _translations(scope: Scope, languages: Mapping[str, str], item: str) -> Iterator[Problem]:
    for language, words in scope.translations.items():
        if language not in languages:
            sentence = gettext("Customer pages don’t speak %(language)s.") % {"language": language}
            yield Problem(Code.UNKNOWN, "translations", sentence, item)
        elif len(words.get("name", "")) > MAX_NAME_LENGTH or len(words.get("description", "")) > MAX_DESCRIPTION_LENGTH:
            sentence = gettext("The words in %(language)s are too long.") % {"language": gettext(languages[language])}
            yield Problem(Code.TOO_LONG, "translations", sentence, item)
        elif sentence := next(filter(None, (unseen_problem(text, has_lines=True) for text in words.values())), ""):
            told = f"{gettext(languages[language])}: {sentence}"
            yield Problem(Code.INVALID, "translations", told, item)


def _roles(after: ApplicationDescription, _: Facts, changes: Changes) -> Iterator[Problem]:
    roles = after.api.roles
    yield from _crowd("roles", roles, MAX_ROLES, gettext("An application can have %(most)d roles at most."), changes)
    yield from _twice("roles", roles, gettext("The application has a role of this value already."))
    for role in roles:
        item = f"roles.{role.value}"
        if changes.includes(item):
            yield from wrong(Code.INVALID, "value", wire_name_problem(role.value), item=item)
            yield from _role_words(role, item)


def _role_words(role: Role, item: str) -> Iterator[Problem]:
    yield from name_problems(role.display_name, longest=MAX_NAME_LENGTH, field="display_name", item=item)
    if len(role.description) > MAX_DESCRIPTION_LENGTH:
        yield Problem(
            Code.TOO_LONG,
            "description",
            gettext("Use at most %(longest)d characters.") % {"longest": MAX_DESCRIPTION_LENGTH},
            item,
        )
    if not role.for_customers and not role.for_services:
        sentence = gettext("Choose who may have the role: customers, services or both.")
        yield Problem(Code.REQUIRED, "for_customers", sentence, item)


def _permissions(after: ApplicationDescription, facts: Facts, _: Changes) -> Iterator[Problem]:
    chosen, grants = after.permissions, set(after.sign_in.grant_types)
    scopes, roles = chosen.permitted_scopes, chosen.permitted_roles
    if unknown := [str(key) for key in scopes if key not in facts.scopes]:
        yield Problem(
            Code.UNKNOWN,
            "permitted_scopes",
            gettext("No API of this tenant has these scopes: %(keys)s.") % {"keys": ", ".join(unknown)},
        )
    if unknown := [str(key) for key in roles if key not in facts.roles]:
        yield Problem(
            Code.UNKNOWN,
            "permitted_roles",
            gettext("No API of this tenant has these roles: %(keys)s.") % {"keys": ", ".join(unknown)},
        )
    if not all(facts.roles.get(key, True) for key in roles):
        yield Problem(Code.NOT_ALLOWED, "permitted_roles", gettext("One of these roles is for customers only."))
    elif roles and CLIENT_CREDENTIALS not in grants:
        sentence = gettext("This application never acts for itself, so it can’t have roles.")
        yield Problem(Code.NOT_ALLOWED, "permitted_roles", sentence)
    if scopes and not {*SIGN_IN_GRANTS, TOKEN_EXCHANGE} & grants:
        sentence = gettext("Nobody signs in to this application. Give it roles, or let it exchange tokens.")
        yield Problem(Code.NOT_ALLOWED, "permitted_scopes", sentence)


def _claims(after: ApplicationDescription, facts: Facts, changes: Changes) -> Iterator[Problem]:
    sentence = gettext("An application can have %(most)d claims of its own at most.")
    yield from _crowd("claims", after.claims, MAX_CLAIMS, sentence, changes)
    yield from _twice("claims", after.claims, gettext("A claim of this name is chosen already. Change that one."))
    for claim in after.claims:
        if changes.includes(f"claims.{claim.name}"):
            yield from _claim(claim, facts, f"claims.{claim.name}")


def _claim(claim: Claim, facts: Facts, item: str) -> Iterator[Problem]:
    sentence = claim_problem(claim.name, source=claim.source, value=claim.value)
    yield from wrong(Code.INVALID, "name", sentence, item=item)
    if claim.source not in SOURCES:
        yield Problem(Code.INVALID, "source", one_of(SOURCES), item)
    if claim.scope not in CLAIM_SCOPES:
        yield Problem(Code.INVALID, "scope", one_of(CLAIM_SCOPES[1:]), item)
    if claim.source == "attribute" and claim.value not in facts.attributes:
        yield Problem(Code.UNKNOWN, "value", gettext("Choose an attribute of this tenant."), item)
    if claim.source == "constant" and not (0 < len(claim.value) <= MAX_VALUE_LENGTH and claim.value.isprintable()):
        yield Problem(
            Code.INVALID,
            "value",
            gettext("Enter a text of 1 to %(longest)d characters.") % {"longest": MAX_VALUE_LENGTH},
            item,
        )


def _crowd(name: str, items: Collection[object], most: int, sentence: str, changes: Changes) -> Iterator[Problem]:
    """Too many alike, told of the last one that was added."""
    added = [item for item in changes.added if item.startswith(f"{name}.")]
    if len(items) > most and added:
        yield Problem(Code.TOO_MANY, ITEMS[name], sentence % {"most": most}, added[-1])


def _twice(name: str, items: Collection[object], sentence: str) -> Iterator[Problem]:
    """Items of one name."""
    names = [getattr(item, ITEMS[name]) for item in items]
    for each in sorted({each for each in names if names.count(each) > 1}):
        yield Problem(Code.TAKEN, ITEMS[name], sentence, f"{name}.{each}")


Rule = Callable[[ApplicationDescription, Facts, Changes], Iterator[Problem]]
# Each with the fields it looks at.
RULES: tuple[tuple[tuple[str, ...], Rule], ...] = (
    (("grant_types",), _grants),
    (("auth_method", "jwks", "jwks_uri"), _authentication),
    (("name",), _name),
    (("framework",), _framework),
    (("redirect_uris",), _redirect_uris),
    (("post_logout_redirect_uris",), _return_uris),
    (("user_flow",), _user_flow),
    (("requires_pkce",), _pkce),
    (("requires_pushed_requests",), _pushed_requests),
    (("requires_signed_requests", "auth_method"), _signed_requests),
    (("follows_fapi", *FAPI_FIELDS), _fapi),
    (("second_factor",), _second_factor),
    (("scopes",), _own_scopes),
    (TOKENS, _tokens),
    (LINKS, _links),
    (("backchannel_logout_uri",), _backchannel),
    (("frontchannel_logout_uri",), _frontchannel),
    (("identifier_uri",), _identifier),
    (("api_scopes",), _api_scopes),
    (("roles",), _roles),
    (("permitted_scopes", "permitted_roles"), _permissions),
    (("claims",), _claims),
)
