"""The tag `blocktranslate` of Django, saying a tenant's words as the page needs them.

It puts its message into the page as it is, so what stands in its place has to be HTML there already.
"""

from typing import Any

from django import template
from django.template.base import Node, Parser, Token
from django.template.context import Context
from django.templatetags.i18n import do_block_translate

from common.text.spoken import saying_html

register = template.Library()


class SpokenBlock(Node):
    """A block whose message is escaped where its page is."""

    child_nodelists = ()

    def __init__(self, block: Node) -> None:
        self.block = block

    def render(self, context: Context) -> Any:
        with saying_html(is_html=context.autoescape):
            return self.block.render(context)


@register.tag("blocktranslate")
def block_translate(parser: Parser, token: Token) -> Node:
    """Read the block as Django does."""
    return SpokenBlock(do_block_translate(parser, token))
