"""A person is called as people of their language call them, whoever reads it."""

import pytest
from django_tenants.utils import tenant_context

from accounts.finding.lookup import CustomerFilter, customers_found
from accounts.identity.services.accounts import create_account
from accounts.names import full_name, name_of, puts_surname_first
from tenants.models import Tenant


@pytest.mark.parametrize(
    ("given", "surname", "language", "name"),
    [
        ("Carol", "Miller", "en", "Carol Miller"),
        ("Carol", "Miller", "", "Carol Miller"),
        # By the script, whatever the language.
        ("太郎", "山田", "ja", "山田太郎"),
        ("太郎", "山田", "en", "山田太郎"),
        ("ゆうこ", "佐々木", "de", "佐々木ゆうこ"),
        ("길동", "홍", "", "홍길동"),
        ("小龍", "李", "zh-HK", "李小龍"),
        ("Taro", "Yamada", "ja", "Taro Yamada"),
        ("Bruce", "李", "zh-CN", "Bruce 李"),
        # By the language, where the script says nothing.
        ("Éva", "Nagy", "hu", "Nagy Éva"),
        ("Thị Minh", "Nguyễn", "vi", "Nguyễn Thị Minh"),
        ("Thị Minh", "Nguyễn", "hu-x-ours", "Nguyễn Thị Minh"),
        # A part alone has no order.
        ("太郎", "", "ja", "太郎"),
        ("", "Nagy", "hu", "Nagy"),
        ("", "", "ja", ""),
    ],
)
def test_a_name_has_the_order_of_its_own_script_and_language(
    given: str, surname: str, language: str, name: str
) -> None:
    assert full_name(given, surname, language=language) == name
    assert name_of(display_name="", given_name=given, surname=surname, language=language) == name
    assert name_of(display_name="Caz", given_name=given, surname=surname, language=language) == "Caz"


def test_the_surname_is_asked_first_where_it_is_said_first() -> None:
    first = {
        code
        for code in ("ja", "zh-hans", "zh-TW", "ko", "hu", "vi", "en", "de", "ar", "th")
        if puts_surname_first(code)
    }

    assert first == {"ja", "zh-hans", "zh-TW", "ko", "hu", "vi"}


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["山田太郎", "太郎 山田", "太郎"])
def test_a_customer_is_found_by_the_name_as_it_is_shown_and_by_its_parts(acme: Tenant, typed: str) -> None:
    with tenant_context(acme):
        taro = create_account(
            email="taro@acme.example",
            password=None,
            attributes={"givenName": "太郎", "surname": "山田"},
            email_verified=True,
        )
        assert taro.name == "山田太郎"
        assert [entry.account for entry in customers_found(CustomerFilter(search=typed))] == [taro]
