"""A tenant's customers, made up: the same ones each time, with names and places as unevenly spread as anybody's."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import accumulate
from typing import Any
from uuid import UUID

from accounts.finding.services import entry_of
from accounts.models import Account
from common.text.countries import countries
from common.text.email_address import canonical_email

YEARS = 3
HASH = "argon2$argon2id$v=19$m=19456,t=2,p=1$YmVuY2hiZW5jaGJlbmNo$Uwp2Z1pHbGFyZ2VsYXJnZWxhcmdlbGFyZ2VsYXJnZWw"
FOREIGN_HASH = "bcrypt$$2b$10$O3uzrk7zB6WGgoFBNAiuSenjW.4Pyl53IJ8AGyZQ5.dubbfh8XsES"
GIVEN = (
    "Anna Ben Clara David Emma Felix Greta Hugo Ida Jonas Klara Leon Mia Noah Olivia Paul Quinn Rosa Sam Tilda Uwe Vera"
    " Willem Xenia Yusuf Zoë Åsa Björn Chloé Dmitri Eoin Fatima Giulia Hana Igor José Kaito Lùcia Mário Nadia"
).split()
BEGINNINGS = "Al Bar Cor Dan El Fal Gor Har Is Jan Kor Lind Mar Nor Os Pet Rod Sand Thor Ul Vin West Yar Zim".split()
MIDDLES = " a e i o en er in on ar el ing und berg".split(" ")
ENDS = "sson mann dottir ova escu ez ini ström ley ton wood field bach feld qvist ides".split()
DOMAINS = "mail.example post.example inbox.example letters.example acme.example paper.example quill.example".split()
CITIES = "Berlin Lyon Porto Graz Turin Gent Malmö Cork Riga Brno Split Vaduz Delft Basel Aarhus Tartu".split()
TIERS = "basic silver gold platinum".split()
LANGUAGES = "en de fr it es pt".split()


class Unevenly:
    """Chooses among values of which each is half, a third, a quarter as frequent as the first, and so on."""

    def __init__(self, values: Sequence[str], dice: random.Random) -> None:
        self._values, self._dice = values, dice
        self._weights = list(accumulate(1 / rank for rank in range(1, len(values) + 1)))

    def one(self) -> str:
        return self._dice.choices(self._values, cum_weights=self._weights)[0]


class People:
    """So many customers, the oldest first, up to this moment."""

    def __init__(self, count: int, now: datetime) -> None:
        self.count, self._now = count, now
        self._dice = random.Random(13)  # noqa: S311 - no secret
        self._surnames = Unevenly(surnames(), self._dice)
        self._given = Unevenly(GIVEN, self._dice)
        self._countries = Unevenly(["DE", *(letters for letters, _ in countries() if letters != "DE")], self._dice)
        self._domains = Unevenly(DOMAINS, self._dice)
        self._tiers = Unevenly(TIERS, self._dice)
        self._languages = Unevenly(LANGUAGES, self._dice)

    @cached_property
    def _apart(self) -> timedelta:
        return timedelta(days=365 * YEARS) / self.count

    def __iter__(self) -> Iterator[Account]:
        for number in range(self.count):
            yield self._one(number)

    def _one(self, number: int) -> Account:
        dice = self._dice
        given, surname = self._given.one(), self._surnames.one()
        email = f"{given}.{surname}{number}@{self._domains.one()}".lower()
        at = self._now - self._apart * (self.count - number)
        account = Account(
            id=UUID(int=dice.getrandbits(128), version=4),
            email=email,
            canonical_email=canonical_email(email),
            email_verified=dice.random() < 0.97,
            password=self._password(number, dice.random()),
            language=self._languages.one(),
            created_at=at,
            updated_at=at,
            display_name=f"{given} {surname[0]}." if dice.random() < 0.2 else "",
            given_name=given,
            surname=surname,
            postal_code=f"{dice.randrange(10_000, 99_999)}",
            city=dice.choice(CITIES),
            country=self._countries.one(),
            custom_attributes=self._attributes(number),
        )
        self._let_stand(account, dice.random())
        return account

    def _password(self, number: int, chance: float) -> str:
        """Of ten thousand one was brought from elsewhere and has never been used."""
        if chance < 0.0001:
            return FOREIGN_HASH
        return HASH if chance < 0.8 else f"!{number}"

    def _attributes(self, number: int) -> dict[str, Any]:
        return {
            "loyaltyNumber": f"L{number:08}",
            "tier": self._tiers.one(),
            "newsletter": self._dice.random() < 0.3,
            "points": self._dice.randrange(5000),
        }

    def _let_stand(self, account: Account, chance: float) -> None:
        """Of a hundred one is deleted, one blocked, and two are invited."""
        if chance < 0.01:
            account.deleted_at = self._now - timedelta(days=29 * chance * 100)
        elif chance < 0.02:
            account.is_active = False
        elif chance < 0.04:
            account.invited_at, account.email_verified = account.created_at, False


def surnames() -> list[str]:
    """Thousands of them, in an order that has nothing to do with their letters."""
    made = [begin + middle + end for begin in BEGINNINGS for middle in MIDDLES for end in ENDS]
    random.Random(7).shuffle(made)  # noqa: S311 - no secret
    return made


def write_people(place: Any, people: People, *, at_once: int = 20_000) -> None:
    """Copy them into the tables, with the entries by which they are found."""
    accounts: list[Account] = []
    for account in people:
        accounts.append(account)
        if len(accounts) == at_once:
            _copy(place, accounts)
            accounts = []
    _copy(place, accounts)


def _copy(place: Any, accounts: Sequence[Account]) -> None:
    _copy_rows(place, "accounts_account", accounts)
    _copy_rows(place, "accounts_customerentry", [entry_of(account) for account in accounts])


def _copy_rows(place: Any, table: str, rows: Sequence[Any]) -> None:
    if not rows:
        return
    fields = [field for field in rows[0]._meta.concrete_fields if field.column != "needs_new_password"]
    names = ", ".join(str(field.column) for field in fields)
    with place.superuser.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([_plain(getattr(row, field.attname)) for field in fields])


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        from psycopg.types.json import Jsonb

        return Jsonb(value)
    return value


def moment_of_filling() -> datetime:
    """The end of the tenant's history for now."""
    return datetime.now(UTC)
