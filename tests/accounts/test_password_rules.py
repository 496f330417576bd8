"""What a new password has to be like, as the tenant says, and what is said of one that isn't."""

import pytest
from django.core.exceptions import ValidationError
from django_tenants.utils import tenant_context

from accounts.credentials.guessable import free_characters, is_common, is_pattern, kinds_in, strength_of, word_in
from accounts.credentials.judging import common_passwords
from accounts.credentials.rules import PasswordRules, describe, problems_of
from accounts.credentials.services.passwords import (
    change_password,
    check_new_password,
    remove_password,
    require_new_password,
)
from accounts.credentials.services.rules import apply, change_password_rules
from accounts.identity.services.accounts import purge_account
from accounts.models import Account, FormerPassword
from audit.models import Event
from audit.services import Actor
from common.problems import Code, Refused
from tenants.models import Tenant
from tests.cast import PASSWORD
from tests.userflows.customer import Customer

COMMAND = Actor.command()
ADA = Account(email="ada.lovelace@analytical.example", given_name="Ada", surname="Lovelace", display_name="Countess")


@pytest.mark.parametrize(
    "password", ["password", "P4ssw0rd", "Pa$$word!", "Sunshine2024!", "12345678", "iloveyou", "  Dragon  "]
)
def test_a09_what_is_guessed_first_is_common_in_any_disguise(password: str) -> None:
    assert is_common(password, common_passwords())


@pytest.mark.parametrize(
    "password",
    ["aaaaaaaa", "abcabcabc", "abcdefgh", "87654321", "qwertyuiop", "asdf1234", "aabbccdd", "\U0001f600" * 8],
)
def test_a09_repeats_and_rows_are_patterns(password: str) -> None:
    assert is_pattern(password)
    assert strength_of(password) == 1


@pytest.mark.parametrize(
    "password", ["correct horse battery staple", "Tr0ub4dor&3x", "dragon8Kq2xWz71", "пароль для сада", "7 purple kites"]
)
def test_a09_what_nobody_has_on_a_list_is_neither(password: str) -> None:
    assert not is_common(password, common_passwords())
    assert not is_pattern(password)
    assert strength_of(password) >= 2


def test_the_longest_password_is_judged_at_once() -> None:
    assert free_characters("ab" * 255 + "cx") < 512
    assert kinds_in("aA1 ") == 4
    assert word_in("x" * 300, ["acme"]) == ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("short", "Use at least 8 characters."),
        ("Lovelace1815", "Don't base your password on “lovelace”."),
        ("@n@lytical99", "Don't base your password on “analytical”."),
        ("ada.lovelace@analytical.example", "Don't base your password on “ada.lovelace@analytical.example”."),
        ("acme-acme-x", "Don't base your password on “acme”."),
        ("zxcvbnmm1", "This is a repetition or a row of keys. Choose something less regular."),
        ("football", "This password is too common. Choose another one."),
    ],
)
def test_a09_each_reason_is_said(acme: Tenant, password: str, said: str) -> None:
    with tenant_context(acme), pytest.raises(ValidationError) as refusal:
        check_new_password(password, ADA)
    assert said in refusal.value.messages


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "password"), [("Ｌｏｖｅｌａｃｅ", "Lovelace1815"), ("ﾔﾏﾀﾞﾀﾛｳ", "ヤマダタロウ９１")])
@pytest.mark.parametrize("of", ["user_name", "display_name", "given_name", "surname", "blocked"])
def test_a09_a_name_is_the_same_in_letters_of_full_and_of_half_width(
    acme: Tenant, name: str, password: str, of: str
) -> None:
    account = Account(email="ada@analytical.example", **({} if of == "blocked" else {of: name}))
    with tenant_context(acme):
        if of == "blocked":
            change_password_rules(blocked_words=(name,), actor=COMMAND)
        with pytest.raises(ValidationError) as refusal:
            check_new_password(password, account)
    assert [message.partition("“")[0] for message in refusal.value.messages] == ["Don't base your password on "]


@pytest.mark.django_db
def test_all_that_is_wrong_is_said_at_once(acme: Tenant) -> None:
    with tenant_context(acme):
        change_password_rules(min_length=15, character_kinds=3, blocked_words=("quillwort",), actor=COMMAND)
        with pytest.raises(ValidationError) as refusal:
            check_new_password("qu1llw0rt", ADA)
    assert refusal.value.messages == [
        "Use at least 15 characters.",
        "Don't base your password on “quillwort”.",
        "Use at least 3 kinds of characters: lowercase letters, uppercase letters, digits, symbols.",
    ]


@pytest.mark.django_db
def test_a_tenant_may_ask_for_less_and_other_tenants_are_as_before(acme: Tenant, globex: Tenant) -> None:
    with tenant_context(acme):
        change_password_rules(refuses_common=False, refuses_patterns=False, refuses_names=False, actor=COMMAND)
        check_new_password("aaaaaaaa", ADA)
        check_new_password("lovelace", ADA)
    with tenant_context(globex), pytest.raises(ValidationError):
        check_new_password("aaaaaaaa", ADA)


@pytest.mark.django_db
def test_the_same_password_in_another_spelling_of_unicode_is_the_same(acme: Tenant, carol: Account) -> None:
    with tenant_context(acme):
        change_password(carol, password="caf\u00e9 au lait, svp", actor=COMMAND)
        with pytest.raises(Refused):
            change_password(carol, password="cafe\u0301 au lait, svp", actor=COMMAND)


@pytest.mark.django_db
def test_the_last_passwords_are_none_to_choose(acme: Tenant, carol: Account) -> None:
    with tenant_context(acme):
        change_password_rules(history=3, actor=COMMAND)
        for password in ("one good password", "two good passwords", "three good ones"):
            change_password(carol, password=password, actor=COMMAND)
        for had in ("three good ones", "two good passwords", "one good password"):
            with pytest.raises(Refused) as refusal:
                change_password(carol, password=had, actor=COMMAND)
            assert refusal.value.problems[0].field == "password"
        change_password(carol, password=PASSWORD, actor=COMMAND)
        assert FormerPassword.objects.count() == 3
        assert not FormerPassword.objects.filter(encoded__contains="good").exists()
        change_password_rules(history=1, actor=COMMAND)
        assert FormerPassword.objects.count() == 1
        change_password(carol, password="one good password", actor=COMMAND)
        purge_account(carol, actor=COMMAND)
        assert not FormerPassword.objects.exists()


@pytest.mark.django_db
def test_a_password_that_was_taken_away_isnt_chosen_again(acme: Tenant, carol: Account) -> None:
    """Whoever had it secured away may have lost it to somebody."""
    with tenant_context(acme):
        remove_password(carol, actor=COMMAND)
        with pytest.raises(Refused) as refusal:
            change_password(carol, password=PASSWORD, actor=COMMAND)
        assert refusal.value.problems[0].sentence == "You've had this password before. Choose another one."


@pytest.mark.django_db
def test_whoever_has_to_choose_another_one_does_whatever_the_tenant_says(acme: Tenant, carol: Account) -> None:
    with tenant_context(acme):
        change_password_rules(history=0, actor=COMMAND)
        change_password(carol, password=PASSWORD, actor=COMMAND)
        require_new_password(carol, actor=COMMAND)
        with pytest.raises(Refused):
            change_password(carol, password=PASSWORD, actor=COMMAND, is_another=True)


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        (PasswordRules(min_length=7), "min_length"),
        (PasswordRules(min_length=257), "min_length"),
        (PasswordRules(history=11), "history"),
        (PasswordRules(character_kinds=5), "character_kinds"),
        (PasswordRules(blocked_words=("abc",)), "blocked_words"),
        (PasswordRules(blocked_words=("a\x00bcd",)), "blocked_words"),
        (PasswordRules(blocked_words=tuple(f"word{n}" for n in range(501))), "blocked_words"),
    ],
)
def test_rules_that_nobody_could_keep_are_refused(rules: PasswordRules, field: str) -> None:
    assert [problem.field for problem in problems_of(rules)] == [field]


@pytest.mark.django_db
def test_the_longest_least_length_leaves_room_for_a_password(acme: Tenant, carol: Account) -> None:
    longest = "seven purple kites over the garden " * 14 + "and no more than that."
    assert len(longest) == 512
    with tenant_context(acme):
        change_password_rules(min_length=256, actor=COMMAND)
        with pytest.raises(Refused):
            change_password(carol, password=longest[:255], actor=COMMAND)
        with pytest.raises(Refused):
            change_password(carol, password=f"{longest}!", actor=COMMAND)
        change_password(carol, password=longest, actor=COMMAND)
    customer = Customer(acme)
    customer.sign_in(carol.email, longest)
    assert customer.is_signed_in


@pytest.mark.django_db
def test_new_rules_are_noted_with_what_changed_and_nobody_elses_are_overwritten(acme: Tenant) -> None:
    with tenant_context(acme):
        apply(PasswordRules(), actor=COMMAND)
        assert not Event.objects.filter(action="passwords.rules_changed").exists()
        seen = describe().version
        change_password_rules(min_length=12, actor=COMMAND)
        [details] = Event.objects.filter(action="passwords.rules_changed").values_list("details", flat=True)
        assert details == {"fields": ["min_length"], "now": {"min_length": 12}}
        with pytest.raises(Refused) as refusal:
            apply(PasswordRules(), expected_version=seen, actor=COMMAND)
        assert [problem.code for problem in refusal.value.problems] == [Code.CHANGED_MEANWHILE]
