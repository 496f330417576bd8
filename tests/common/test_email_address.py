"""Addresses as people type them, and where their mail goes."""

import pytest

from common.text.email_address import (
    address_in_ascii,
    canonical_email,
    is_plain_address,
    likely_address,
    written_address,
)


@pytest.mark.parametrize(
    ("typed", "written", "mailed_to"),
    [
        ("carol@faß.de", "carol@faß.de", "carol@xn--fa-hia.de"),
        ("carol@βόλος.gr", "carol@βόλος.gr", "carol@xn--nxasmm1c.gr"),
        ("carol@MÜNCHEN.de", "carol@münchen.de", "carol@xn--mnchen-3ya.de"),
        ("carol@xn--mnchen-3ya.de", "carol@münchen.de", "carol@xn--mnchen-3ya.de"),
        ("carol＠ｇｍａｉｌ．ｃｏｍ", "carol@gmail.com", "carol@gmail.com"),
        ("carol@例え。テスト", "carol@例え.テスト", "carol@xn--r8jz45g.xn--zckzah"),
        (" carol@acme.example. ", "carol@acme.example", "carol@acme.example"),
    ],
)
def test_an_address_is_shown_as_written_and_mail_goes_where_it_says(typed: str, written: str, mailed_to: str) -> None:
    assert written_address(typed) == written
    assert is_plain_address(written)
    assert address_in_ascii(written) == mailed_to
    assert canonical_email(typed) == mailed_to


def test_a_sharp_s_is_another_domain_than_a_double_s() -> None:
    assert canonical_email("carol@faß.de") != canonical_email("carol@fass.de")


@pytest.mark.parametrize(
    "address",
    [
        f"carol@{'ä' * 60}.example",
        f"carol@{'a' * 64}.example",
        f"carol@{'a.' * 130}example",
        "carol@a..example",
        "carol@😀.example",
        "carol@xn--a.example",
        "carol@exa\u00admple\u202e.example",
    ],
)
def test_a_domain_that_no_mail_system_could_look_up_is_refused(address: str) -> None:
    assert not is_plain_address(address)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("carol@gmial.com", "carol@gmail.com"),
        ("carol@gmail.co", "carol@gmail.com"),
        ("carol@gmaill.com", "carol@gmail.com"),
        ("carol@gnail.com", "carol@gmail.com"),
        ("carol@hotmal.com", "carol@hotmail.com"),
        ("carol@outlok.com", "carol@outlook.com"),
        ("carol@yahoo.cm", "carol@yahoo.com"),
        ("carol@gmx.dee", "carol@gmx.de"),
    ],
)
def test_one_slip_away_from_a_well_known_domain_is_noticed(typed: str, meant: str) -> None:
    assert likely_address(typed) == meant


@pytest.mark.parametrize("domain", "gmail.com mail.com ymail.com gmx.ch gmx.com web.de acme.example me.com".split())
def test_a_domain_of_its_own_is_no_slip(domain: str) -> None:
    assert likely_address(f"carol@{domain}") == ""
