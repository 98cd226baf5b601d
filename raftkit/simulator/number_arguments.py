"""Checks of numbers that people type; a wrong one is refused with one line that says why.

Virtual time is whole microseconds. A fraction or a negative delay would break the order of
events, so it is refused where it enters. It does not know what the numbers are for.
"""

from math import isfinite

from raftkit.protocol.declared_types import fits

MILLISECOND = 1_000


def require_whole(what: str, value: object, least: int | None = 0) -> None:
    """Raise ValueError unless `value` is a whole number of at least `least`, if that is not None.

    >>> require_whole("latency_min", 1.5)
    Traceback (most recent call last):
    ValueError: latency_min must be a whole number of at least 0, not 1.5
    """
    if not fits(value, int) or (least is not None and value < least):  # type: ignore[operator]
        bound = "" if least is None else f" of at least {least}"
        raise ValueError(f"{what} must be a whole number{bound}, not {value!r}")


def require_probability(what: str, value: object) -> None:
    """Raise ValueError unless `value` is a number from 0 to 1.

    >>> require_probability("loss", 2.0)
    Traceback (most recent call last):
    ValueError: loss is a probability, from 0 to 1, not 2.0
    """
    # A comparison with NaN is false, so this refuses it too.
    if not fits(value, float) or not 0 <= value <= 1:  # type: ignore[operator]
        raise ValueError(f"{what} is a probability, from 0 to 1, not {value!r}")


def microseconds(ms: float) -> int:
    """Milliseconds as whole microseconds. Raises ValueError for a negative or endless time.

    >>> microseconds(1.5)
    1500
    """
    if not isinstance(ms, int | float) or not isfinite(ms):
        raise ValueError(f"a time is a number of milliseconds, not {ms!r}")
    if ms < 0:
        raise ValueError(f"time runs forwards, not by {ms} ms: use fork(ms) to go back")
    return round(ms * MILLISECOND)
