"""When a second factor is due on a journey, and which: decided from its state and its flow's rules alone.

Whoever has an authenticator app is asked for it whatever a flow says, and mail doesn't stand in for it; and whoever has
a phone is asked for that as soon as any flow of the tenant has phones as second factors. So neither another flow nor
another application lets anybody in by less. A passkey whose owner was verified is two factors in one: whoever has one
shows it where a second factor is due, and where their account is changed.
"""

from userflows.second_factors.asked import REMEMBERED, takes_passkeys_alone, who_is_asked
from userflows.second_factors.channels import MAILBOX, PHONE, SECOND_PROOFS, STRONG_PROOFS, channels_of
from userflows.state import (
    ALWAYS,
    APP,
    APP_SETUP,
    CONFIRMS,
    EXACTLY,
    MAIL,
    NEVER,
    NEW_BROWSER,
    PASSKEY,
    PASSKEY_SETUP,
    PHONE_SETUP,
    REQUIRE,
    RESET,
    SIGN_IN,
    SIGN_UP,
    SMS,
    WHO_HAS_ONE,
    FlowRules,
    JourneyState,
)


def needs_second_factor(state: JourneyState, rules: FlowRules) -> bool:
    """Whether this journey has to come through one."""
    asked = who_is_asked(state, rules)
    if asked in {ALWAYS, EXACTLY} or _comes_by_mailbox_alone(state, rules):
        return True
    if _may_rest_on_browser(state, rules):
        return False
    has_to_show = (
        state.has_app or _has_to_show_phone(state, rules) or (state.has_passkey and _changes_account(state, rules))
    )
    return has_to_show or asked == NEW_BROWSER


def does_for_second(state: JourneyState, rules: FlowRules) -> bool:
    """Whether what was proved does for a second factor."""
    shown = state.shown
    if PASSKEY in shown or takes_passkeys_alone(state, rules):
        return PASSKEY in shown
    if shown & STRONG_PROOFS or _is_phone_shown_beside(state, rules):
        return True
    if not _is_mailbox_a_factor(state, rules):
        return False
    return channels_of(_all(state)) > {MAILBOX} or _is_mailbox_enough(state, rules)


def lacks_second_factor(state: JourneyState, rules: FlowRules) -> bool:
    """Whether one is due that wasn't shown."""
    return needs_second_factor(state, rules) and not does_for_second(state, rules)


def may_use_app(state: JourneyState, rules: FlowRules) -> bool:
    """Whether the code of an app, or a recovery code, is due. Where passkeys alone count, it is before one is made."""
    if state.has_passkey_here and not wants_app(state) and takes_passkeys_alone(state, rules):
        return False
    return state.has_app and (needs_second_factor(state, rules) or wants_app(state))


def may_use_passkey(state: JourneyState, rules: FlowRules) -> bool:
    """Whether a passkey is due as a second factor, whatever the flow offers: another one may have let them make it."""
    return _has_passkey_to_show(state) and needs_second_factor(state, rules)


def may_use_mail(state: JourneyState, rules: FlowRules) -> bool:
    """Whether a code by mail does for a second factor: for whoever has no app, and has proved something else."""
    if not _is_mailbox_a_factor(state, rules):
        return False
    if not needs_second_factor(state, rules):
        return False
    return bool(channels_of(_all(state) - SECOND_PROOFS) - {MAILBOX})


def may_use_phone(state: JourneyState, rules: FlowRules) -> bool:
    """Whether a code by text message does for a second factor: for who has no app, and has proved something else."""
    return state.has_phone and _would_phone_do(state, rules) and needs_second_factor(state, rules)


def may_recover(state: JourneyState, rules: FlowRules) -> bool:
    """Whether whoever has to show a factor that they have may say that they have lost it, and wait for a way back.

    The wait is one for a second factor alone: reading the mail begins it only where that is a way to sign in.
    """
    has_one = state.has_app or state.has_passkey or _has_phone_as_factor(state, rules)
    is_lost = has_one and needs_second_factor(state, rules) and not _is_mailbox_a_factor(state, rules)
    has_shown_first = rules.signs_in_by_mail or rules.rests_on_passkeys or bool(channels_of(state.shown) - {MAILBOX})
    return state.may_recover and is_lost and has_shown_first


def must_prove_phone(state: JourneyState, rules: FlowRules) -> bool:
    """Whether the phone has to be shown where it doesn't do for what is asked for: before another factor stands in its
    place, whoever knows the password alone would set up one of theirs.
    """
    is_there = _has_phone_as_factor(state, rules) and not (state.has_app or state.has_passkey)
    if not is_there or PHONE in channels_of(state.shown) or may_use_mail(state, rules):
        return False
    return lacks_second_factor(state, rules)


def must_set_up_app(state: JourneyState, rules: FlowRules) -> bool:
    """Whether whoever comes has to set up an app: they want to, or have nothing else to be let in with."""
    if _wants_one(state):
        return wants_app(state)
    return APP in rules.factors and _has_none_to_show(state, rules) and not _is_required_passkey(state, rules)


def must_set_up_passkey(state: JourneyState, rules: FlowRules) -> bool:
    """Whether whoever comes has to make a passkey: they want to, the flow requires one, or it is what they lack."""
    if _wants_one(state):
        return wants_passkey(state)
    if _is_required_passkey(state, rules):
        return True
    return rules.has_passkeys and _has_none_to_show(state, rules)


def must_set_up_phone(state: JourneyState, rules: FlowRules) -> bool:
    """Whether whoever comes has to show that a phone number is theirs: they want to, or have nothing else to show."""
    if _wants_one(state):
        return wants_phone(state)
    if state.has_phone or _is_required_passkey(state, rules):
        return False
    return _would_phone_do(state, rules) and _has_none_to_show(state, rules)


def is_offered_passkey(state: JourneyState, rules: FlowRules) -> bool:
    """Whether whoever comes is asked to make a passkey, and may put it off: in this browser, and on this journey.

    Whoever has just set up an app has had enough to do.
    """
    is_put_off = state.puts_passkey_off or state.step_data.get(PASSKEY_SETUP, {}).get("is_put_off")
    if rules.asks_passkey == NEVER or is_put_off or state.step_data.get(APP_SETUP, {}).get("is_done"):
        return False
    if _is_spared(state, rules) or (_rests_on_mailbox(state, rules) and not _may_rest_on_browser(state, rules)):
        return False
    return _may_be_asked(state, rules) and state.is_verified


def must_prove_mailbox(state: JourneyState, rules: FlowRules) -> bool:
    """Whether the mailbox has to be shown before a factor is set up: whoever knows the password alone would shut out
    the owner of an account who has never come to it, and get by a factor of theirs to where mail is the second one.
    """
    is_unverified = not state.is_verified and not state.has_app
    return (is_unverified or _rests_on_mailbox(state, rules)) and must_set_up_one(state, rules)


def may_come_by_mailbox(state: JourneyState, rules: FlowRules) -> bool:
    """Whether the mailbox alone does for a first factor where another method would: not if it is the only second.

    Whoever comes from a provider where nobody has a password may be new: then the provider is the other one.
    """
    has_another = state.has_app or APP in rules.factors or _are_phones_factors(state, rules) or rules.has_passkeys
    if has_another or not needs_second_factor(state, rules):
        return True
    return bool(state.brought) and not rules.has_passwords


def wants_app(state: JourneyState) -> bool:
    """Whether the journey was begun for setting up an app, in the place of the one there is."""
    return bool(state.step_data.get(APP_SETUP, {}).get("is_asked"))


def wants_passkey(state: JourneyState) -> bool:
    """Whether the journey was begun for making a passkey."""
    return bool(state.step_data.get(PASSKEY_SETUP, {}).get("is_asked"))


def wants_phone(state: JourneyState) -> bool:
    """Whether the journey was begun for another phone number, or the first."""
    return bool(state.step_data.get(PHONE_SETUP, {}).get("is_asked"))


def is_first_proved_earlier(state: JourneyState, rules: FlowRules) -> bool:
    """Whether the session the customer is in does for the first factor, since only a second one is to be added.

    Nobody sets up another factor on that: who has taken over a session would. It takes a proof on this journey.
    """
    return bool(state.earlier) and not must_set_up_one(state, rules)


def must_set_up_one(state: JourneyState, rules: FlowRules) -> bool:
    """Whether whoever comes has to set up a second factor, of whatever kind."""
    return any(must(state, rules) for must in (must_set_up_app, must_set_up_passkey, must_set_up_phone))


def days_offered(state: JourneyState, rules: FlowRules) -> int:
    """For how many days the customer may ask not to be asked again in this browser; 0 if it would be of no use."""
    is_of_use = rules.trusts_remembered and who_is_asked(state, rules) != ALWAYS and state.purpose == SIGN_IN
    return rules.remember_days if is_of_use else 0


def how_met(state: JourneyState, rules: FlowRules) -> str:
    """At the end of a journey: how it has met what a second factor is asked for, in a word for the session."""
    shown = state.shown
    if shown & STRONG_PROOFS:
        return PASSKEY if PASSKEY in shown else APP
    if _is_phone_shown_beside(state, rules):
        return SMS
    if does_for_second(state, rules):
        return MAIL
    return f"{REMEMBERED}{state.remembered_by}" if _is_remembered(state, rules) else ""


def _has_none_to_show(state: JourneyState, rules: FlowRules) -> bool:
    """Whether a second factor is due of somebody who has none to show. A passkey for another host is one all the same:
    nobody gets around it by coming to a host at which it doesn't work.
    """
    if takes_passkeys_alone(state, rules):
        return not _has_passkey_to_show(state) and lacks_second_factor(state, rules)
    if state.has_app or state.has_passkey or not needs_second_factor(state, rules):
        return False
    can_show = may_use_mail(state, rules) or may_use_phone(state, rules)
    return not can_show and not does_for_second(state, rules)


def _has_passkey_to_show(state: JourneyState) -> bool:
    """Whether the account has a passkey that works here, or nothing but one that works elsewhere."""
    return state.has_passkey_here or (state.has_passkey and not state.has_app)


def _is_spared(state: JourneyState, rules: FlowRules) -> bool:
    """Whether somebody comes in by less than the flow asks for: they make no passkey on that, which would count for
    other applications.
    """
    is_asked = rules.spares and state.purpose == SIGN_IN and rules.second_factor != WHO_HAS_ONE
    return is_asked and not does_for_second(state, rules)


def _rests_on_mailbox(state: JourneyState, rules: FlowRules) -> bool:
    """Whether the mailbox is the second factor of the account, by this flow or by another one, and wasn't shown on this
    journey: it is where there is nothing stronger, and a phone that was shown beside something else does for it.
    """
    counts_mail = rules.counts_mail or MAIL in rules.factors
    if not counts_mail or state.has_app or state.has_passkey or must_prove_phone(state, rules):
        return False
    shown = channels_of(state.shown)
    has_shown_phone = _has_phone_as_factor(state, rules) and PHONE in shown and len(shown) > 1
    return MAILBOX not in shown and not has_shown_phone


def _wants_one(state: JourneyState) -> bool:
    return wants_app(state) or wants_passkey(state) or wants_phone(state)


def _would_phone_do(state: JourneyState, rules: FlowRules) -> bool:
    """Whether a phone would do beside what was proved: where it is a second factor, and an app isn't there."""
    if state.has_app or not _are_phones_factors(state, rules):
        return False
    first = channels_of(_all(state) - SECOND_PROOFS) - {PHONE}
    return bool(first - {MAILBOX} if rules.second_factor == EXACTLY else first)


def _is_phone_shown_beside(state: JourneyState, rules: FlowRules) -> bool:
    """Whether a phone was shown beside something else that does."""
    return _would_phone_do(state, rules) and PHONE in channels_of(_all(state))


def _has_to_show_phone(state: JourneyState, rules: FlowRules) -> bool:
    """Whether whoever has a phone is asked for it: where it counts, unless they come by nothing else."""
    return _has_phone_as_factor(state, rules) and channels_of(state.shown) != {PHONE}


def _has_phone_as_factor(state: JourneyState, rules: FlowRules) -> bool:
    """Whether the account has a phone that is its second factor: by this flow, or by another one."""
    return state.has_phone and (rules.counts_phones or SMS in rules.factors)


def _are_phones_factors(state: JourneyState, rules: FlowRules) -> bool:
    """Whether a phone is a second factor here: where the flow has it; and one that counts by another flow, where this
    one asks nobody for more than they have.
    """
    return SMS in rules.factors or (_has_phone_as_factor(state, rules) and not who_is_asked(state, rules))


def _is_required_passkey(state: JourneyState, rules: FlowRules) -> bool:
    """Whether the flow lets in only who has a passkey that works here, or makes one."""
    is_required = rules.asks_passkey == REQUIRE and not _is_spared(state, rules)
    is_asked = is_required or (rules.rests_on_passkeys and not state.has_passkey)
    return is_asked and _may_be_asked(state, rules)


def _may_be_asked(state: JourneyState, rules: FlowRules) -> bool:
    """Whether somebody comes who can be asked to make a passkey, rather than to confirm or to change something.

    Whoever has an app, a passkey elsewhere or a phone has shown it: nobody who knows a password alone adds a key of
    theirs.
    """
    is_coming = state.purpose in {SIGN_IN, SIGN_UP, RESET} and not state.earlier and CONFIRMS not in state.step_data
    if not rules.has_passkeys or state.has_passkey_here or not is_coming or state.changes_factors:
        return False
    shown = state.shown
    if state.has_app or state.has_passkey:
        return bool(shown & STRONG_PROOFS)
    return not _has_phone_as_factor(state, rules) or PHONE in channels_of(shown) or bool(shown & STRONG_PROOFS)


def _comes_by_mailbox_alone(state: JourneyState, rules: FlowRules) -> bool:
    """Whether somebody who has a passkey comes by a mailed code where a passkey is the way in: they show it as well."""
    if not rules.rests_on_passkeys or not state.has_passkey:
        return False
    return channels_of(state.shown) <= {MAILBOX}


def _is_mailbox_a_factor(state: JourneyState, rules: FlowRules) -> bool:
    """Whether a mailbox counts: where the flow has it, and for who has a passkey alone and changes what they have."""
    if state.has_app or rules.second_factor == EXACTLY:
        return False
    has_passkey_alone = state.has_passkey and not _has_phone_as_factor(state, rules)
    return MAIL in rules.factors or (
        has_passkey_alone and _changes_account(state, rules) and not who_is_asked(state, rules)
    )


def _changes_account(state: JourneyState, rules: FlowRules) -> bool:
    """Whether the journey was begun to change the account, by whichever page."""
    return rules.is_own_account or state.changes_factors


def _may_rest_on_browser(state: JourneyState, rules: FlowRules) -> bool:
    return rules.trusts_remembered and _is_remembered(state, rules)


def _is_remembered(state: JourneyState, rules: FlowRules) -> bool:
    if state.purpose != SIGN_IN:
        return False
    if takes_passkeys_alone(state, rules):
        return state.remembered_by == PASSKEY
    if state.remembered_by == SMS:
        return _are_phones_factors(state, rules)
    return state.remembered_by in {APP, PASSKEY} or (state.remembered_by == MAIL and MAIL in rules.factors)


def _is_mailbox_enough(state: JourneyState, rules: FlowRules) -> bool:
    """Whoever signs up, or forgot the password, has proved the mailbox and chooses a password on the way.

    That is as much as a password and a code by mail, where such a code does. So is signing up by an account elsewhere.
    """
    if rules.second_factor == EXACTLY or MAIL not in rules.factors or state.purpose == SIGN_IN:
        return False
    comes_from_provider = state.purpose == SIGN_UP and bool(state.brought)
    return (rules.has_passwords or comes_from_provider) and MAILBOX in channels_of(state.shown)


def _all(state: JourneyState) -> frozenset[str]:
    return state.shown | frozenset(state.earlier)
