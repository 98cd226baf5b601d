"""`RefusedCalls`: refuses in this process what the notebook's guard refuses, by the same list.

A wait, a thread or an exit in an answer then costs the same here and there. Calls are watched only
if a cell names one of those functions, because watching takes time.
"""

import dis
import sys
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from importlib import import_module
from types import CodeType, FrameType
from typing import Any

Refusal = tuple[str, str]  # what the call does, and the function's name
Profile = Callable[[FrameType, str, Any], None]


# Their arguments may be texts, and are no names that code reads.
_NO_READS = {"LOAD_CONST", "STORE_NAME", "STORE_GLOBAL", "STORE_FAST", "STORE_ATTR", "STORE_DEREF"}


class Refused(BaseException):
    """Raised where an answer makes a call that is refused; no `except Exception` catches it."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(*refusal)
        self.refusal = refusal


class RefusedCalls:
    """Watches calls in the code of `files`, which are the student's cells."""

    def __init__(self, files: Container[str]) -> None:
        self._files = files
        self._list: Any = import_module("raftkit.course.checking.guard.forbidden_calls")
        self._names: set[str] = set()
        self._is_named = False

    def look_at(self, code: CodeType) -> None:
        """Take note of what the code of a cell names and imports."""
        self._names |= _names(code)
        self._is_named = self._list.may_refuse(self._names)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Refuse calls within this block. Raises `Refused`, also if an answer caught it."""
        found: list[Refusal] = []
        if self._is_named:
            sys.setprofile(self._profile(found))
        try:
            yield
        finally:
            if self._is_named:
                sys.setprofile(None)
            if found:
                raise Refused(found[0])

    def _profile(self, found: list[Refusal]) -> Profile:
        """The function that Python calls at every call; adds what it refuses to `found`."""

        def profile(frame: FrameType, event: str, argument: Any) -> None:
            caller = frame.f_back if event == "call" else frame
            if caller is None or caller.f_code.co_filename not in self._files:
                return
            refusal = None
            if event == "call":
                refusal = self._list.refused_code(frame)
            elif event == "c_call" and self._list.is_watched(argument):
                refusal = self._list.refused(argument, None, frame.f_code, frame.f_lasti)
            if refusal is not None:
                found.append(refusal)
                raise Refused(refusal)

        return profile


def _names(code: CodeType) -> set[str]:
    """Every name that code or a function in it reads or imports."""
    steps = dis.get_instructions(code)
    names = {each.argval for each in steps if each.opname not in _NO_READS}
    inner = (each for each in code.co_consts if isinstance(each, CodeType))
    return {name for name in names if isinstance(name, str)}.union(*map(_names, inner))
