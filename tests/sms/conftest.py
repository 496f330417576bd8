"""Commands, as those who type them see them."""

from tests.commands.conftest import run, say

__all__ = ["run", "say"]
