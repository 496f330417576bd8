"""Room for the frames of functions that call each other as deep as a request does.

CPython keeps the frames of a thread in chunks of 16 KB: one is fetched from the system when a call finds no room, and
given back when that call returns (`push_chunk` in Python/pystate.c). A request runs so deep that chunks end within it,
and each call made at such an end costs two system calls, thousands a second. A frame that claims much gets a chunk of
its own, twice as large as it claims, and what it calls lies in the rest.
"""

from collections.abc import Callable
from functools import update_wrapper
from types import FunctionType
from typing import ParamSpec, TypeVar, cast

SLOTS = 140_000
"""Of eight bytes: a little more than half of a chunk of 2 MB. No memory is taken before something lies in it."""

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


def with_headroom(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """The same function, with a megabyte of room for the frames of what it calls."""
    plain = cast(FunctionType, function)
    roomy = FunctionType(
        plain.__code__.replace(co_stacksize=SLOTS),
        plain.__globals__,
        plain.__name__,
        plain.__defaults__,
        plain.__closure__,
    )
    roomy.__kwdefaults__ = plain.__kwdefaults__
    return cast(Callable[Parameters, Result], update_wrapper(roomy, plain))
