"""Pictures are decoded in a process of their own: it is given no secret, little memory, and seconds to live.

A decoder is a hundred thousand lines that read what a stranger wrote. One that runs wild takes this process along and
nothing else: no thread of a web server is busy with it, none of its memory is kept, and neither a key nor a connection
is in its hands. It runs as the same user, though: who gets code to run in it has a step further to go, not a wall.
"""

import json
import re
import resource
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from threading import Semaphore
from typing import Any

from branding.errors import ImageRefused, ImageUndecoded
from branding.looks.crops import Crop
from branding.pictures import encoding
from branding.pictures.encoding import BUSY, JPEG, PNG, UNREADABLE, ImageLimits, PreparedImage

_ROOT = Path(__file__).resolve().parents[2]
# The costliest images that are accepted take five seconds, and 350 MB with the interpreter: one at a time.
PROCESSOR_SECONDS = 10
WAITS_SECONDS = 30
# So long a picture waits for those of others.
TURN_SECONDS = 20
MEMORY = 1 << 30
AT_A_TIME = Semaphore(1)
COMMAND = [sys.executable, "-E", "-s", "-m", "branding.pictures.apart"]


_COLOR = re.compile(r"#[0-9a-f]{6}\Z")


def encoded_anew(content: bytes, limits: ImageLimits) -> PreparedImage:
    """What `encoding.encoded_anew` makes of the content.

    Raises `ImageRefused`, of it `ImageUndecoded` if others take too long before it, or if it ends without an answer.
    """
    return _asked({"limits": asdict(limits)}, content)


def taken_from(whole: bytes, limits: ImageLimits, crop: Crop | None) -> PreparedImage:
    """What `encoding.taken_from` makes of a picture that was kept whole. Raises as `encoded_anew` does."""
    return _asked({"limits": asdict(limits), "crop": asdict(crop) if crop else None}, whole)


def _asked(question: dict[str, Any], content: bytes) -> PreparedImage:
    """The answer of a process of its own to what `_answer` understands."""
    if not AT_A_TIME.acquire(timeout=TURN_SECONDS):
        raise ImageUndecoded(BUSY)
    try:
        done = subprocess.run(
            COMMAND,
            input=json.dumps(question).encode() + b"\n" + content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=WAITS_SECONDS,
            cwd=_ROOT,
            env={},
            check=True,
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
        raise ImageUndecoded(UNREADABLE) from error
    finally:
        AT_A_TIME.release()
    return _read(done.stdout)


def _read(answer: bytes) -> PreparedImage:
    """What it answered, taken for no more than it may say: it has read what a stranger wrote."""
    head, _, contents = answer.partition(b"\n")
    try:
        told = json.loads(head)
        if "refused" in told:
            raise ImageRefused(str(told["refused"]), **told.get("values", {}))
        length, webp_length = int(told["length"]), int(told["webp_length"])
        image = PreparedImage(
            contents[:length],
            str(told["content_type"]),
            int(told["width"]),
            int(told["height"]),
            bool(told["is_dark"]),
            contents[length : length + webp_length],
            tuple(str(color) for color in told["palette"]),
            contents[length + webp_length :],
        )
    except (ValueError, TypeError, KeyError) as error:
        raise ImageRefused(UNREADABLE) from error
    if image.content_type not in {PNG, JPEG} or not all(_COLOR.match(color) for color in image.palette):
        raise ImageRefused(UNREADABLE)
    return image


def _answer(question: dict[str, Any], content: bytes) -> bytes:
    limits = ImageLimits(**question["limits"])
    try:
        if "crop" in question:
            crop = question["crop"]
            image = encoding.taken_from(content, limits, Crop(**crop) if crop else None)
        else:
            image = encoding.encoded_anew(content, limits)
    except ImageRefused as refusal:
        return json.dumps({"refused": refusal.sentence, "values": refusal.values}).encode()
    told = {
        "content_type": image.content_type,
        "width": image.width,
        "height": image.height,
        "is_dark": image.is_dark,
        "palette": image.palette,
        "length": len(image.content),
        "webp_length": len(image.webp),
    }
    return json.dumps(told).encode() + b"\n" + image.content + image.webp + image.whole


def bound() -> None:
    """Give this process little to use up, for good."""
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    bound()
    asked = json.loads(sys.stdin.buffer.readline())
    sys.stdout.buffer.write(_answer(asked, sys.stdin.buffer.read()))
