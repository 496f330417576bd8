"""What may be chosen about whom a user flow lets sign up, as pure functions."""

from collections.abc import Iterator, Sequence

from common.problems import Code, Problem
from common.text.texts import shortened
from common.text.translation import gettext as _
from userflows.admission.ages import OLDEST
from userflows.admission.domains import MOST_DOMAINS, is_domain
from userflows.admission.rules import AdmissionRules
from userflows.flows.page_layout import DATE, AttributeLayout
from userflows.state import HUMAN_CHECKS, HUMAN_MEANS, LATER

DOMAINS = ("allowed_domains", "blocked_domains", "disposable_exceptions")


def admission_problems(rules: AdmissionRules, layout: Sequence[AttributeLayout]) -> list[Problem]:
    """All that is wrong with it, beside what the flow asks for."""
    found = [problem for name in DOMAINS for problem in _domain_problems(name, getattr(rules, name))]
    for name, choices in (("human_check", HUMAN_CHECKS), ("human_by", HUMAN_MEANS)):
        if getattr(rules, name) not in choices:
            sentence = _("Choose one of %(choices)s.") % {"choices": ", ".join(choices)}
            found.append(Problem(Code.INVALID, name, sentence))
    return found + list(_age_problems(rules, layout))


def tells_birth(row: AttributeLayout) -> bool:
    """Whether a row of a page layout asks everybody who signs up for a day."""
    return row.input_type == DATE and row.is_required and not row.is_hidden and row.asked != LATER


def _domain_problems(name: str, domains: Sequence[str]) -> Iterator[Problem]:
    if len(domains) > MOST_DOMAINS:
        yield Problem(Code.TOO_MANY, name, _("Name at most %(most)d domains.") % {"most": MOST_DOMAINS})
    wrong = next((domain for domain in domains if not is_domain(domain)), None)
    if wrong is not None:
        sentence = _("“%(name)s” isn’t a domain. Write example.com, or *.example.com for all its subdomains.")
        yield Problem(Code.INVALID, name, sentence % {"name": shortened(wrong)})


def _age_problems(rules: AdmissionRules, layout: Sequence[AttributeLayout]) -> Iterator[Problem]:
    if not 0 <= rules.minimum_age <= OLDEST:
        yield Problem(Code.OUT_OF_RANGE, "minimum_age", _("Choose 0 to %(most)d years.") % {"most": OLDEST})
    elif rules.minimum_age and rules.birth_attribute not in {row.attribute for row in layout if tells_birth(row)}:
        sentence = _(
            "The minimum age needs a date that everyone has to give at sign-up. Make it a required attribute of "
            "the page layout, of the type Date."
        )
        yield Problem(Code.REQUIRED, "birth_attribute", sentence)
