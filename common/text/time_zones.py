"""Time zones by their names in the IANA database, as far as this machine knows them."""

from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from common.text.translation import gettext

UTC = "UTC"
# Names that places had before: they are understood, and nobody is offered them.
OLD_NAMES = frozenset(
    (
        "Africa/Asmera Africa/Timbuktu America/Argentina/ComodRivadavia America/Atka America/Buenos_Aires "
        "America/Catamarca America/Coral_Harbour America/Cordoba America/Ensenada America/Fort_Wayne "
        "America/Godthab America/Indianapolis America/Jujuy America/Knox_IN America/Louisville America/Mendoza "
        "America/Montreal America/Nipigon America/Pangnirtung America/Porto_Acre America/Rainy_River "
        "America/Rosario America/Santa_Isabel America/Shiprock America/Thunder_Bay America/Virgin "
        "America/Yellowknife Antarctica/South_Pole Asia/Ashkhabad Asia/Calcutta Asia/Choibalsan Asia/Chongqing "
        "Asia/Chungking Asia/Dacca Asia/Harbin Asia/Istanbul Asia/Kashgar Asia/Katmandu Asia/Macao Asia/Rangoon "
        "Asia/Saigon Asia/Tel_Aviv Asia/Thimbu Asia/Ujung_Pandang Asia/Ulan_Bator Atlantic/Faeroe "
        "Atlantic/Jan_Mayen Australia/ACT Australia/Canberra Australia/Currie Australia/LHI Australia/NSW "
        "Australia/North Australia/Queensland Australia/South Australia/Tasmania Australia/Victoria "
        "Australia/West Australia/Yancowinna Europe/Belfast Europe/Kiev Europe/Nicosia Europe/Tiraspol "
        "Europe/Uzhgorod Europe/Zaporozhye Pacific/Enderbury Pacific/Johnston Pacific/Ponape Pacific/Samoa "
        "Pacific/Truk Pacific/Yap"
    ).split()
)


def is_time_zone(name: str) -> bool:
    """Whether there is such a zone, by its name or one it had before."""
    return name == UTC or name in _known()


def zone_named(name: str) -> ZoneInfo:
    """The zone of this name; UTC where there is none on this machine, or any more."""
    return ZoneInfo(name if is_time_zone(name) else UTC)


def time_zone_choices(*, kept: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """The zones by their continents, for a form, and first UTC; one that is kept stays, old or not known here."""
    by_continent: dict[str, list[tuple[str, str]]] = {}
    for name in sorted({*_known() - OLD_NAMES, kept} - {UTC, ""}):
        continent, _, place = name.partition("/")
        if place:
            by_continent.setdefault(continent, []).append((name, place.replace("_", " ").replace("/", ", ")))
        elif name == kept:
            by_continent.setdefault(gettext("Others"), []).append((name, name))
    return [(gettext("Everywhere"), [(UTC, UTC)]), *by_continent.items()]


@cache
def _known() -> frozenset[str]:
    """Those named by continent and place: the others are old names, and say nothing about summer time."""
    old = ("Etc/", "posix/", "right/", "US/", "Canada/", "Brazil/", "Mexico/", "Chile/", "SystemV/")
    return frozenset(name for name in available_timezones() if "/" in name and not name.startswith(old))
