"""A moment of a run as a short text: set-up, acts and instant, which anybody can open again.

The text is `raftkit1-INSTANT-SUM-RUN`. RUN is a history without records: they come again when
it is replayed. A saved player has the same RUN, so that its page opens a text of its own run
without Python. It does not know the player.
"""

import base64
import binascii
import zlib
from dataclasses import dataclass

from raftkit.simulator import History
from raftkit.simulator.records import HistoryError
from raftkit.views.player.futures import AHEAD_MAX, PlaybackOnly

PREFIX = "raftkit1"
LONGEST = 2_000_000  # characters of a run: longer ones are no texts to share
_MODULUS = 65_521


@dataclass(frozen=True, eq=False)
class Moment:
    """A run without its records, and an instant of it in microseconds."""

    run: History
    time: int


def run_text(history: History) -> str:
    """RUN of a history: the same for all of its instants.

    Raises `PlaybackOnly` for a run with rules or servers of its own, ValueError if it is too long.
    """
    setup = history.setup
    if "settings" not in setup or setup.get("rules") or setup.get("own_server"):
        raise PlaybackOnly(
            "this run has rules or servers of its own, which no text can hold: "
            "share it with save_html"
        )
    last = max((asked.at for asked in history.inputs), default=0)
    text = History(history.setup, history.inputs, end=last).to_json()
    packed = base64.urlsafe_b64encode(zlib.compress(text.encode("ascii"), 9)).decode("ascii")
    if len(packed) > LONGEST:
        raise ValueError("this run has too many acts for a text to share: save its history instead")
    return packed


def moment_text(run: str, time: int) -> str:
    """The text of an instant (microseconds) of a run.

    >>> from raftkit import Cluster
    >>> text = moment_text(run_text(Cluster(servers=3, seed=7).history), 250_000)
    >>> text.split("-")[:2], moment_of(text).time
    (['raftkit1', '250000'], 250000)
    """
    return f"{PREFIX}-{time}-{_sum_of(f'{time}-{run}')}-{run}"


def is_moment(text: str) -> bool:
    """Whether a text says that it is a moment."""
    return text.strip().startswith(PREFIX + "-")


def moment_of(text: str) -> Moment:
    """The moment in a text. Raises ValueError, in one sentence, for a text that is damaged."""
    damaged = ValueError("this text is no moment to play, or a part of it is missing: copy it anew")
    prefix, *parts = text.strip().split("-", 3)
    if prefix != PREFIX or len(parts) != 3:
        raise damaged
    instant, checksum, run = parts
    if not instant.isdecimal() or checksum != str(_sum_of(f"{instant}-{run}")):
        raise damaged
    time = int(instant)
    try:
        opened = zlib.decompressobj()
        plain = opened.decompress(base64.urlsafe_b64decode(run), 10 * LONGEST)
        history = History.from_json(plain.decode("ascii"))
    except (binascii.Error, zlib.error, UnicodeDecodeError, HistoryError):
        raise damaged from None
    if time > AHEAD_MAX:
        raise damaged
    return Moment(History(history.setup, history.inputs, end=max(time, history.end)), time)


def _sum_of(text: str) -> int:
    """A checksum in which the order of the letters counts; static/moment.js has the same."""
    total = 0
    for letter in text:
        total = (31 * total + ord(letter)) % _MODULUS
    return total
