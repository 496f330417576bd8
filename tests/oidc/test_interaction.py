"""What the issuer needs next, decided from facts alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from oidc.authorization.interaction import (
    NOTHING_DONE,
    DoneSoFar,
    Interaction,
    InteractionFacts,
    SignedIn,
    check_page_allowed,
    interaction_needed,
    may_answer_unseen,
)
from oidc.wire.errors import (
    ConsentRequired,
    InteractionRequired,
    LoginRequired,
    ProtocolError,
    UnmetAuthenticationRequirements,
)
from oidc.wire.policies import acr_of, acr_values, amr_to_tell, asks_for_two, methods_for

NOW = datetime(2030, 1, 1, tzinfo=UTC)
CAROL = SignedIn("carol", "carol@acme.example", NOW - timedelta(minutes=10), "1")
JUST_SIGNED_IN = DoneSoFar(has_signed_in=True)

PLAIN = InteractionFacts(
    prompts=frozenset(),
    max_age=None,
    subjects=None,
    acr_values=None,
    hinted_email="",
    scopes=frozenset(),
    signed_in=CAROL,
    done=NOTHING_DONE,
    now=NOW,
)


def asked(*prompts: str, **facts: object) -> InteractionFacts:
    return replace(PLAIN, prompts=frozenset(prompts), **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "needed"),
    [
        (asked(), Interaction.ANSWER),
        (asked(signed_in=None), Interaction.SIGN_IN),
        (asked(max_age=600), Interaction.ANSWER),
        (asked(max_age=599), Interaction.CONFIRM),
        (asked("login"), Interaction.CONFIRM),
        (asked("login", hinted_email="Carol@acme.example"), Interaction.CONFIRM),
        (asked("login", done=JUST_SIGNED_IN), Interaction.ANSWER),
        (asked("select_account"), Interaction.CHOOSE_ACCOUNT),
        (asked("select_account", done=DoneSoFar(has_chosen_account=True)), Interaction.ANSWER),
        (asked("select_account", done=JUST_SIGNED_IN), Interaction.ANSWER),
        (asked(acr_values=frozenset({"1"})), Interaction.ANSWER),
        (asked(acr_values=frozenset({"2"})), Interaction.PROVE_MORE),
        (asked(signed_in=replace(CAROL, has_second_factor=False)), Interaction.PROVE_MORE),
        (asked(signed_in=replace(CAROL, owes_answers=True)), Interaction.COMPLETE),
        (asked("select_account", signed_in=replace(CAROL, owes_answers=True)), Interaction.CHOOSE_ACCOUNT),
        # What is only wished for is asked for once (RFC 9470), and what is stronger does.
        (asked(wished_acr_values=frozenset({"2"})), Interaction.PROVE_MORE),
        (asked(wished_acr_values=frozenset({"2"}), done=JUST_SIGNED_IN), Interaction.ANSWER),
        (asked(wished_acr_values=frozenset({"1", "2"})), Interaction.ANSWER),
        (asked(wished_acr_values=frozenset({"1"}), signed_in=replace(CAROL, acr="2")), Interaction.ANSWER),
        (asked(subjects=frozenset({"carol", "dora"})), Interaction.ANSWER),
    ],
)
def test_what_comes_next(facts: InteractionFacts, needed: Interaction) -> None:
    assert interaction_needed(facts) is needed


@pytest.mark.parametrize(
    "facts",
    [
        asked("login", hinted_email="dora@acme.example"),
        asked("login", "select_account"),
        asked("create"),
        asked(subjects=frozenset({"dora"})),
        asked("login", subjects=frozenset({"dora"})),
    ],
)
def test_whoever_may_be_meant_is_asked_who_they_are_and_not_taken_for_carol(facts: InteractionFacts) -> None:
    assert interaction_needed(facts) is Interaction.SIGN_IN


def test_consent_counts_for_the_scopes_that_were_on_the_page() -> None:
    facts = asked(scopes=frozenset({"email", "orders"}))
    assert interaction_needed(facts) is Interaction.CONSENT
    assert interaction_needed(replace(facts, allowed=frozenset({"email"}))) is Interaction.CONSENT
    assert interaction_needed(replace(facts, allowed=frozenset({"email", "orders", "more"}))) is Interaction.ANSWER


def test_consent_asked_for_by_name_is_given_anew_and_by_nobody_else() -> None:
    facts = asked("consent", scopes=frozenset({"email"}), allowed=frozenset({"email"}))
    assert interaction_needed(facts) is Interaction.CONSENT
    assert interaction_needed(replace(facts, done=DoneSoFar(consented_by="carol"))) is Interaction.ANSWER
    assert interaction_needed(replace(facts, done=DoneSoFar(consented_by="dora"))) is Interaction.CONSENT


@pytest.mark.parametrize(
    ("facts", "needed"),
    [
        (asked(), Interaction.CONSENT),
        (asked(signed_in=None), Interaction.SIGN_IN),
        (asked("login"), Interaction.CONFIRM),
        (asked(done=JUST_SIGNED_IN), Interaction.ANSWER),
        (asked(done=DoneSoFar(has_chosen_account=True)), Interaction.ANSWER),
        (asked(allowed=frozenset()), Interaction.ANSWER),
        (asked(allowed=frozenset(), scopes=frozenset({"email"})), Interaction.CONSENT),
        (asked("consent", allowed=frozenset()), Interaction.CONSENT),
    ],
)
def test_an_app_that_cannot_prove_itself_is_answered_only_after_a_page(
    facts: InteractionFacts, needed: Interaction
) -> None:
    assert interaction_needed(replace(facts, may_be_impersonated=True)) is needed


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        (asked("none", signed_in=None), LoginRequired),
        (asked("none", max_age=1), LoginRequired),
        (asked("none", acr_values=frozenset({"2"})), InteractionRequired),
        (asked("none", signed_in=replace(CAROL, has_second_factor=False)), InteractionRequired),
        (asked("none", signed_in=replace(CAROL, owes_answers=True)), InteractionRequired),
        (asked("none", wished_acr_values=frozenset({"2"})), InteractionRequired),
        (asked("none", scopes=frozenset({"email"})), ConsentRequired),
        (asked("none", may_be_impersonated=True), ConsentRequired),
        # A sign-in that hasn't helped won't help the next time.
        (asked(subjects=frozenset({"dora"}), done=JUST_SIGNED_IN), LoginRequired),
        (asked(acr_values=frozenset({"2"}), done=JUST_SIGNED_IN), UnmetAuthenticationRequirements),
        (
            asked(signed_in=replace(CAROL, has_second_factor=False), done=JUST_SIGNED_IN),
            UnmetAuthenticationRequirements,
        ),
    ],
)
def test_where_no_page_may_be_shown_or_could_help_the_application_is_told(
    facts: InteractionFacts, refusal: type[ProtocolError]
) -> None:
    with pytest.raises(refusal):
        check_page_allowed(interaction_needed(facts), facts)


def test_a_journey_is_begun_with_the_methods_that_reach_the_acr() -> None:
    assert methods_for(None) == []
    assert methods_for(frozenset({"1"})) == ["password", "code", "link", "passkey", "sms", "provider"]
    assert methods_for(frozenset({"2"})) == []
    assert acr_values() == ("1", "2")
    assert [acr_of([amr]) for amr in ("pwd", "otp", "fed", "mfa")] == ["1", "1", "1", "2"]
    assert acr_of([]) == ""
    assert asks_for_two(frozenset({"2"}), ["password"])
    assert not asks_for_two(frozenset({"1", "2"}), ["password"])


def test_whom_a_lesser_acr_is_essential_to_is_told_no_more() -> None:
    both = ["mfa", "otp", "pwd"]
    assert amr_to_tell(both, frozenset({"1"})) == ["otp", "pwd"]
    assert amr_to_tell(both, frozenset({"1", "2"})) == both
    assert amr_to_tell(both, frozenset({"2"})) == both
    assert amr_to_tell(both, None) == both


@pytest.mark.parametrize(
    ("done", "is_trusted", "may"),
    [
        (NOTHING_DONE, True, True),
        (NOTHING_DONE, False, False),
        (DoneSoFar(has_signed_in=True), False, True),
        (DoneSoFar(consented_by="carol"), False, True),
    ],
)
def test_o56_who_has_seen_a_page_may_be_led_on(done: DoneSoFar, is_trusted: bool, may: bool) -> None:
    assert may_answer_unseen(done, is_trusted=is_trusted) is may
