"""How old somebody is. Whoever was born on 29 February has their birthday on 1 March in other years."""

from datetime import date

OLDEST = 130


def age_on(day: date, *, born: date) -> int:
    """In whole years; less than 0 before the birth."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def may_be_alive(day: date, *, born: date) -> bool:
    """Whether somebody born then can be there on this day: otherwise the date is a slip."""
    return 0 <= age_on(day, born=born) <= OLDEST
