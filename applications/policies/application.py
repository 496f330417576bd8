"""What is wrong with a description of an application (`applications.description`).

A rule is asked if one of the fields it looks at differs. So what was right when it was chosen, and no longer would be,
stands in the way of no other change.
"""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from applications.description import CREDENTIALS, LINKS, TOKENS, UNENCRYPTED, ApplicationDescription
from applications.policies.apis import identifier_problem
from applications.policies.changes import Changes
from applications.policies.credentials import KEY_PAIR, authentication_problems
from applications.policies.facts import ApplicationFacts, Rule
from applications.policies.fapi import FIELDS as FAPI_FIELDS
from applications.policies.fapi import unmet_by
from applications.policies.frameworks import framework_problem
from applications.policies.grants import grants_problem
from applications.policies.items import ITEM_RULES, MAX_NAME_LENGTH
from applications.policies.kinds import KINDS, PUBLIC_KINDS, SERVICE, WEB
from applications.policies.redirect_uris import (
    LOOPBACK_HOSTS,
    MAX_REDIRECT_URIS,
    origin_of,
    post_logout_redirect_uri_problem,
    redirect_uri_problem,
)
from applications.policies.registration import MAX_SCOPES, pkce_problem, scope_problem
from applications.policies.subjects import sector_of, subject_problems
from applications.policies.tokens import BOUNDS, settings_problems
from common.crypto.public_keys import ENCRYPTION_ALGORITHMS, encryption_problem
from common.problems import Code, Problem, name_problems, one_of, wrong
from common.text.texts import shortened
from common.text.translation import gettext, gettext_lazy
from common.web.outgoing import url_problem
from userflows.flows.second_factor import which_problems
from userflows.state import APPLICATION_ASKS

# What decides by which IDs an application knows its customers.
SUBJECT_FIELDS = ("subject_type", "sector_identifier_uri", "redirect_uris")
# For what its user flow is looked at.
FLOW_FIELDS = ("user_flow", "factors")
# What may be encrypted to it.
ENCRYPTIONS = ("id_token_encryption", "userinfo_encryption")
NOBODY_SIGNS_IN = gettext_lazy("No one signs in to a service.")


def problems_of(
    after: ApplicationDescription, facts: ApplicationFacts, changes: Changes, *, is_new: bool
) -> tuple[Problem, ...]:
    """All that is wrong with what differs. `after` is tidied."""
    if after.kind not in KINDS:
        return (Problem(Code.INVALID, "kind", one_of(KINDS)),)
    if changes.touches("kind") and not is_new:
        return (Problem(Code.NOT_ALLOWED, "kind", gettext("The type can’t be changed; register another application.")),)
    return tuple(
        problem for fields, rule in RULES if changes.touches(*fields) for problem in rule(after, facts, changes)
    )


def _name(after: ApplicationDescription, _: ApplicationFacts, __: Changes) -> Iterator[Problem]:
    yield from name_problems(after.name, longest=MAX_NAME_LENGTH)


def _framework(after: ApplicationDescription, _: ApplicationFacts, __: Changes) -> Iterator[Problem]:
    yield from wrong(Code.INVALID, "framework", framework_problem(after.framework, kind=after.kind))


def _grants(after: ApplicationDescription, _: ApplicationFacts, __: Changes) -> Iterator[Problem]:
    yield from wrong(Code.INVALID, "grant_types", grants_problem(after.sign_in.grant_types, kind=after.kind))


def _redirect_uris(after: ApplicationDescription, _: ApplicationFacts, __: Changes) -> Iterator[Problem]:
    yield from _uris("redirect_uris", after.sign_in.redirect_uris, redirect_uri_problem, after.kind)


def _return_uris(after: ApplicationDescription, _: ApplicationFacts, __: Changes) -> Iterator[Problem]:
    uris = after.sign_out.post_logout_redirect_uris
    yield from _uris("post_logout_redirect_uris", uris, post_logout_redirect_uri_problem, after.kind)


def _uris(name: str, uris: tuple[str, ...], problem_of: Callable[..., str], kind: str) -> Iterator[Problem]:
    if uris and kind == SERVICE:
        yield Problem(Code.NOT_ALLOWED, name, gettext("No one returns to a service; leave the URIs out."))
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


def _user_flow(after: ApplicationDescription, facts: ApplicationFacts, _: Changes) -> Iterator[Problem]:
    flow = after.sign_in.user_flow
    if after.kind == SERVICE and flow:
        sentence = gettext("No one signs in to a service, so it has no user flow.")
        yield Problem(Code.NOT_ALLOWED, "user_flow", sentence)
    elif flow and flow not in facts.flows:
        yield Problem(Code.UNKNOWN, "user_flow", gettext("There is no such user flow."))


def _pkce(after: ApplicationDescription, _: ApplicationFacts, __: Changes) -> Iterator[Problem]:
    sentence = pkce_problem(requires_pkce=after.sign_in.requires_pkce, kind=after.kind)
    yield from wrong(Code.NOT_ALLOWED, "requires_pkce", sentence)


def _pushed_requests(after: ApplicationDescription, _: ApplicationFacts, __: Changes) -> Iterator[Problem]:
    if after.kind == SERVICE and after.sign_in.requires_pushed_requests:
        yield Problem(Code.NOT_ALLOWED, "requires_pushed_requests", str(NOBODY_SIGNS_IN))


def _signed_requests(after: ApplicationDescription, _: ApplicationFacts, __: Changes) -> Iterator[Problem]:
    """RFC 9101 section 10.5."""
    if not after.sign_in.requires_signed_requests:
        return
    if after.kind == SERVICE:
        yield Problem(Code.NOT_ALLOWED, "requires_signed_requests", str(NOBODY_SIGNS_IN))
    elif after.credentials.auth_method != KEY_PAIR:
        sentence = gettext("Only an application with a key pair can sign its requests.")
        yield Problem(Code.NOT_ALLOWED, "requires_signed_requests", sentence)


def _fapi(after: ApplicationDescription, _: ApplicationFacts, __: Changes) -> Iterator[Problem]:
    for requirement in unmet_by(after) if after.follows_fapi else ():
        sentence = gettext("FAPI 2.0 requires: %(what)s") % {"what": requirement.says}
        yield Problem(Code.NOT_ALLOWED, requirement.field, sentence)


def _second_factor(after: ApplicationDescription, _: ApplicationFacts, __: Changes) -> Iterator[Problem]:
    asked = after.sign_in.second_factor
    if asked not in APPLICATION_ASKS:
        choices = ", ".join(filter(None, APPLICATION_ASKS))
        sentence = gettext("Choose %(choices)s, or nothing.") % {"choices": choices}
        yield Problem(Code.INVALID, "second_factor", sentence)
    elif asked and after.kind == SERVICE:
        yield Problem(Code.NOT_ALLOWED, "second_factor", str(NOBODY_SIGNS_IN))


def _factors(after: ApplicationDescription, facts: ApplicationFacts, _: Changes) -> Iterator[Problem]:
    """Those that count have to be such that customers of its user flow can show one."""
    factors, flow = after.sign_in.factors, after.sign_in.user_flow
    if factors and after.kind == SERVICE:
        yield Problem(Code.NOT_ALLOWED, "factors", str(NOBODY_SIGNS_IN))
    elif factors:
        methods = facts.flows.get(flow, ()) if flow else ()
        yield from which_problems(factors, methods=methods)


def _subjects(after: ApplicationDescription, facts: ApplicationFacts, changes: Changes) -> Iterator[Problem]:
    sign_in = after.sign_in
    found = subject_problems(
        sign_in.redirect_uris,
        kind=after.kind,
        subject_type=sign_in.subject_type,
        sector_identifier_uri=sign_in.sector_identifier_uri,
    )
    for name, sentence in found.items():
        yield from wrong(Code.INVALID, name, sentence)
    if not found and facts.sector not in {None, sector_of_description(after)}:
        sentence = gettext(
            "The application is in use: it would be told other IDs of its customers, and treat each as someone new."
        )
        field = next(name for name in SUBJECT_FIELDS if changes.touches(name))
        yield Problem(Code.NOT_ALLOWED, field, sentence)


def sector_of_description(description: ApplicationDescription) -> str:
    """The sector for which the IDs of its customers are made; "" where they are public."""
    sign_in = description.sign_in
    return sector_of(
        sign_in.redirect_uris,
        subject_type=sign_in.subject_type,
        sector_identifier_uri=sign_in.sector_identifier_uri,
    )


def _own_scopes(after: ApplicationDescription, _: ApplicationFacts, __: Changes) -> Iterator[Problem]:
    scopes = after.sign_in.scopes
    for scope in scopes:
        yield from wrong(Code.INVALID, "scopes", scope_problem(scope))
    if len(scopes) > MAX_SCOPES:
        yield Problem(Code.TOO_MANY, "scopes", gettext("At most %(most)d scopes.") % {"most": MAX_SCOPES})


def _authentication(after: ApplicationDescription, _: ApplicationFacts, __: Changes) -> Iterator[Problem]:
    found = authentication_problems(
        after.credentials, is_public=after.kind in PUBLIC_KINDS, encrypts=after.tokens.encrypts
    )
    for name, sentence in found.items():
        yield from wrong(Code.INVALID, name, sentence)


def _tokens(after: ApplicationDescription, _: ApplicationFacts, __: Changes) -> Iterator[Problem]:
    for name, sentence in settings_problems(after.tokens).items():
        yield Problem(Code.OUT_OF_RANGE if name in BOUNDS else Code.INVALID, name, sentence)


def _encryption(after: ApplicationDescription, _: ApplicationFacts, __: Changes) -> Iterator[Problem]:
    """Keys at an address of the application's own are looked at when they are used."""
    for name in ENCRYPTIONS:
        algorithm = getattr(after.tokens, name)
        if algorithm == UNENCRYPTED or after.credentials.jwks_uri or algorithm not in ENCRYPTION_ALGORITHMS:
            continue
        sentence = (
            encryption_problem(after.credentials.jwks, algorithm)
            if after.credentials.jwks
            else gettext("Encrypting for the application requires its public keys, or their address.")
        )
        yield from wrong(Code.INVALID, name, sentence)


def _links(after: ApplicationDescription, _: ApplicationFacts, changes: Changes) -> Iterator[Problem]:
    for name in LINKS:
        uri = getattr(after.links, name)
        if uri and after.kind == SERVICE:
            yield Problem(Code.NOT_ALLOWED, name, str(NOBODY_SIGNS_IN))
        elif uri and changes.touches(name):
            # What customers are shown opens over https wherever it lies (OpenID Connect Registration section 2).
            is_http = uri.partition(":")[0] == "http"
            sentence = gettext("Use https.") if is_http else redirect_uri_problem(uri, kind=WEB)
            yield from wrong(Code.INVALID, name, sentence)


def _backchannel(after: ApplicationDescription, facts: ApplicationFacts, _: Changes) -> Iterator[Problem]:
    """OpenID Connect Back-Channel Logout section 2.2, and what this server may call at all."""
    uri = after.sign_out.backchannel_logout_uri
    if not uri:
        return
    if after.kind == SERVICE:
        sentence = gettext("No one signs in to a service, so no one signs out of it.")
    elif not (sentence := redirect_uri_problem(uri, kind=WEB)):
        if not facts.calls_own_computer and urlsplit(uri).hostname in LOOPBACK_HOSTS:
            sentence = gettext("This server calls the address itself, so it can’t be one on your own computer.")
        else:
            sentence = url_problem(uri)
    yield from wrong(Code.INVALID, "backchannel_logout_uri", sentence)


def _frontchannel(after: ApplicationDescription, _: ApplicationFacts, __: Changes) -> Iterator[Problem]:
    """OpenID Connect Front-Channel Logout section 2: at an origin to which customers return anyway."""
    uri = after.sign_out.frontchannel_logout_uri
    if not uri:
        return
    if after.kind == SERVICE:
        sentence = gettext("No one signs in to a service, so no one signs out of it.")
    elif not (sentence := redirect_uri_problem(uri, kind=WEB)):
        origins = {origin_of(registered) for registered in after.sign_in.redirect_uris}
        is_one = origin_of(uri) in origins
        sentence = "" if is_one else gettext("Use the scheme, host and port of one of the application’s redirect URIs.")
    yield from wrong(Code.INVALID, "frontchannel_logout_uri", sentence)


def _identifier(after: ApplicationDescription, facts: ApplicationFacts, _: Changes) -> Iterator[Problem]:
    uri = after.api.identifier_uri
    if not uri:
        return
    sentence = identifier_problem(uri, client_id=facts.client_id, own_addresses=facts.own_addresses)
    if sentence:
        yield Problem(Code.INVALID, "identifier_uri", sentence)
    elif facts.identifier_is_taken:
        sentence = gettext("Another application of this tenant has this identifier URI.")
        yield Problem(Code.TAKEN, "identifier_uri", sentence)


# Each with the fields it looks at.
RULES: tuple[tuple[tuple[str, ...], Rule], ...] = (
    (("grant_types",), _grants),
    (CREDENTIALS, _authentication),
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
    (FLOW_FIELDS, _factors),
    (SUBJECT_FIELDS, _subjects),
    (("scopes",), _own_scopes),
    (TOKENS, _tokens),
    ((*ENCRYPTIONS, "jwks", "jwks_uri"), _encryption),
    (LINKS, _links),
    (("backchannel_logout_uri",), _backchannel),
    (("frontchannel_logout_uri",), _frontchannel),
    (("identifier_uri",), _identifier),
    *ITEM_RULES,
)
