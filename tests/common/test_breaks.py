"""An address goes on in the next line where it may, and is still whole to whoever copies it."""

from django.utils.html import strip_tags

from common.text.breaks import breakable


def test_an_address_may_go_on_at_its_at_and_at_dots() -> None:
    told = breakable("carol.jones@mail.acme.example")
    assert told == "carol<wbr>.jones<wbr>@mail<wbr>.acme<wbr>.example"
    assert strip_tags(told) == "carol.jones@mail.acme.example"


def test_eve_puts_no_element_into_the_page_by_her_address() -> None:
    assert breakable('<b>"eve"@acme.example') == "&lt;b&gt;&quot;eve&quot;<wbr>@acme<wbr>.example"
