"""What a child's replies hold: values, errors, signatures and printed text.

Every part of a reply may be damaged or forged by a student's code. It is read here so that
nothing else in this process need care. Children and requests are not known here.
"""

import re
from contextlib import suppress
from inspect import Parameter, Signature
from typing import Any

from raftkit.course.checking.guard import ADVICE, refused_text
from raftkit.course.checking.printed_output import shortened_output
from raftkit.course.errors import StudentError
from raftkit.protocol.json_form import from_json, to_json

Json = Any

_MOST = 10**12  # characters that a child can have printed, by far
_MOST_PLACES = 100  # of statements in a cell that took too long
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_KINDS = (
    Parameter.POSITIONAL_ONLY,
    Parameter.POSITIONAL_OR_KEYWORD,
    Parameter.VAR_POSITIONAL,
    Parameter.KEYWORD_ONLY,
    Parameter.VAR_KEYWORD,
)
# The same sentences as in the notebook, where raftkit.course.checking.guard watches a function.
_LEFT = "{name} tried to leave Python (exit). An answer only returns a value."
_TOO_LONG = "{name} did not come to an end, so a part of it was stopped: is there an endless loop?"
_RECURSION = "{name} calls itself without end, or too deep for Python. When does it stop?"


def value_in(name: str, form: Json) -> Any:
    """The value in a child's reply. Raises `StudentError` if its form is damaged or forged."""
    try:
        value = from_json(form)
        # A forged record may hold values of wrong types; its form then differs.
        if to_json(value) == form:
            return value
    except (ValueError, TypeError, AttributeError, RecursionError):
        pass
    raise StudentError("wrong type", f"{name} returned a value that is not well formed.")


def error_in(where: str, error: Json) -> StudentError:
    """The error for an exception in the student's code; every part of the reply may be forged."""
    parts = error if isinstance(error, dict) else {}
    if parts.get("not_written") is True:
        return StudentError("not started", "Not started yet.")
    refused = parts.get("refused")
    if isinstance(refused, list) and len(refused) == 2 and text_in(refused[0]) in ADVICE:
        said = refused_text(refused[0], text_in(refused[1]))
        return StudentError("endless", f"{where} {said}")
    if parts.get("too_long") is True:
        return StudentError("endless", _TOO_LONG.format(name=where) + _place(parts))
    said = text_in(parts.get("type")) or "an exception"
    if said == "SystemExit":
        return StudentError("raised", _LEFT.format(name=where))
    if said == "RecursionError":
        return StudentError("raised", _RECURSION.format(name=where))
    message = text_in(parts.get("message"))
    said += f": {message}" if message else ""
    return StudentError("raised", f"{where} raised {said}{_place(parts)}")


def stop_in(name: str, stopped: Json) -> StudentError:
    """The error for a call that the guard in the child has stopped; its words may be forged."""
    kind, why = stopped if isinstance(stopped, list) and len(stopped) == 2 else (None, None)
    return StudentError("deep" if kind == "deep" else "endless", f"{name} {text_in(why)}")


def _place(parts: dict[str, Json]) -> str:
    """The cell, line and code where an exception was raised."""
    line, code = _count(parts.get("line")), text_in(parts.get("code"))
    return f"\n    in {text_in(parts.get('cell'))}, line {line}: {code}" if code else ""


def text_in(value: Json) -> str:
    """`value` without addresses in memory, which differ from run to run; "" if it is no text."""
    return _ADDRESS.sub("", value[:300]) if isinstance(value, str) else ""


def places_in(value: Json) -> list[int]:
    """A list of places in a cell; empty if it is forged."""
    places = value[:_MOST_PLACES] if isinstance(value, list) else []
    return [each for each in places if _count(each) is not None]


def _count(value: Json) -> int | None:
    """A line's number, or how much was printed; None if it cannot be one."""
    return value if type(value) is int and 0 <= value < _MOST else None


def output_in(reply: Json) -> tuple[str, int]:
    """What a call printed, shortened, and how many lines all calls did; nothing if forged."""
    text, length, lines = reply.get("text"), _count(reply.get("length")), _count(reply.get("lines"))
    if isinstance(text, str) and length is not None and lines is not None:
        return shortened_output(_ADDRESS.sub("", text), length), lines
    return "", 0


def signature_in(reply: Json) -> Signature | None:
    """The signature of a function; None if it is forged."""
    with suppress(KeyError, IndexError, TypeError, ValueError):
        return Signature([_parameter(*each) for each in reply["parameters"]])
    return None


def _parameter(name: str, kind: int, optional: bool) -> Parameter:
    """One parameter; raises TypeError or ValueError if its form is wrong."""
    return Parameter(name, _KINDS[kind], default=None if optional else Parameter.empty)
