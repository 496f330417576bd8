"""What is wrong with the items of a description: scopes, roles, permissions and claims."""

from collections.abc import Collection, Iterator, Mapping

from applications.description import ITEMS, ApplicationDescription, Claim, Role, Scope
from applications.policies.apis import CONSENTERS, MAX_API_SCOPES, wire_name_problem
from applications.policies.changes import Changes
from applications.policies.claims import CLAIM_SCOPES, MAX_CLAIMS, MAX_VALUE_LENGTH, SOURCES, claim_problem
from applications.policies.facts import ApplicationFacts, Rule
from applications.policies.grants import CLIENT_CREDENTIALS, SIGN_IN_GRANTS, TOKEN_EXCHANGE
from applications.policies.roles import MAX_ROLES
from common.problems import Code, Problem, name_problems, one_of, wrong
from common.text.texts import unseen_problem
from common.text.translation import gettext

MAX_NAME_LENGTH = 120
MAX_DESCRIPTION_LENGTH = 500


def _api_scopes(after: ApplicationDescription, facts: ApplicationFacts, changes: Changes) -> Iterator[Problem]:
    scopes = after.api.api_scopes
    yield from _crowd(
        "api_scopes", scopes, MAX_API_SCOPES, gettext("An API can have %(most)d scopes at most."), changes
    )
    yield from _twice("api_scopes", scopes, gettext("The API already has a scope with this name."))
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
            sentence = gettext("Customer pages don’t support %(language)s.") % {"language": language}
            yield Problem(Code.UNKNOWN, "translations", sentence, item)
        elif len(words.get("name", "")) > MAX_NAME_LENGTH or len(words.get("description", "")) > MAX_DESCRIPTION_LENGTH:
            sentence = gettext("The words in %(language)s are too long.") % {"language": languages[language]}
            yield Problem(Code.TOO_LONG, "translations", sentence, item)
        elif sentence := next(filter(None, (unseen_problem(text, has_lines=True) for text in words.values())), ""):
            told = f"{languages[language]}: {sentence}"
            yield Problem(Code.INVALID, "translations", told, item)


def _roles(after: ApplicationDescription, _: ApplicationFacts, changes: Changes) -> Iterator[Problem]:
    roles = after.api.roles
    yield from _crowd("roles", roles, MAX_ROLES, gettext("An application can have %(most)d roles at most."), changes)
    yield from _twice("roles", roles, gettext("The application already has a role with this value."))
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


def _permissions(after: ApplicationDescription, facts: ApplicationFacts, _: Changes) -> Iterator[Problem]:
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
        sentence = gettext("No one signs in to this application. Give it roles, or let it exchange tokens.")
        yield Problem(Code.NOT_ALLOWED, "permitted_scopes", sentence)


def _claims(after: ApplicationDescription, facts: ApplicationFacts, changes: Changes) -> Iterator[Problem]:
    sentence = gettext("An application can have %(most)d claims of its own at most.")
    yield from _crowd("claims", after.claims, MAX_CLAIMS, sentence, changes)
    yield from _twice("claims", after.claims, gettext("A claim with this name is already chosen. Change that one."))
    for claim in after.claims:
        if changes.includes(f"claims.{claim.name}"):
            yield from _claim(claim, facts, f"claims.{claim.name}")


def _claim(claim: Claim, facts: ApplicationFacts, item: str) -> Iterator[Problem]:
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


# Each with the fields it looks at.
ITEM_RULES: tuple[tuple[tuple[str, ...], Rule], ...] = (
    (("api_scopes",), _api_scopes),
    (("roles",), _roles),
    (("permitted_scopes", "permitted_roles"), _permissions),
    (("claims",), _claims),
)
