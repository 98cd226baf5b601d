"""`RequestHandler`: carries out the judge's requests in the student's process.

A request runs a cell, calls a rule, or calls a server; request and reply are one JSON line
each, with the same number. A reply holds a value, or a description of what went wrong, which
the judge puts into a sentence. The judge trusts nothing that this module sends.
"""

import inspect
import json
import os
import random
import sys
import time
from collections.abc import Callable
from importlib import import_module
from types import FrameType, ModuleType
from typing import Any

from raftkit.grading.student_process import stand_in
from raftkit.grading.student_process.cells import Cells
from raftkit.grading.student_process.limits import CpuTime, TookTooLong, every
from raftkit.grading.student_process.printed_output import OUTPUT
from raftkit.grading.student_process.refused_calls import Refused
from raftkit.grading.student_process.student_servers import StudentServers

Json = Any
Read = Callable[[], bytes]
Write = Callable[[bytes], None]

# Above all that is not refused as too large (raftkit.protocol.value_size).
REPLY_LIMIT = 8 << 20
_MESSAGE_LIMIT = 160
_TICK = 0.05  # seconds of CPU time between two looks at a call


class RequestHandler:
    """Runs cells and calls rules in a student's namespace, which begins with `values`."""

    def __init__(self, values: dict[str, Any]) -> None:
        from raftkit.protocol.json_form import from_json, to_json
        from raftkit.protocol.record import fingerprint
        from raftkit.protocol.value_size import excess, unwritten_number

        self._fingerprint = fingerprint
        self._excess, self._unwritten = excess, unwritten_number
        self._from_json, self._to_json = from_json, to_json
        # Made once, because json.dumps with these options would make an encoder for each call.
        self._encode = json.JSONEncoder(allow_nan=False, separators=(",", ":")).encode
        self._decode = json.JSONDecoder().decode
        # A module, because parts of the standard library look up a class's module by its name.
        main = ModuleType("__main__")
        vars(main).update(values)
        sys.modules["__main__"] = main
        self._namespace = vars(main)
        stand_in.ZMQInteractiveShell.user_ns = self._namespace
        self._cells = Cells(self._namespace)
        self._refused = self._cells.refused
        self._lines = self._cells.lines
        self._student_servers: StudentServers | None = None
        guard = "raftkit.course.checking.guard"
        self._counting: Any = import_module(f"{guard}.counting")
        self._counted_call: Any = import_module(f"{guard}.counted_call")
        self._count: Any = None  # of the call that is under way
        sys.setrecursionlimit(self._counting.PYTHONS_DEPTH)
        self._clock, self._cpu_time = time.process_time, CpuTime()
        # Code that draws random numbers without a seed should get the same points every time.
        random.seed(0)

    def serve(self, read: Read, write: Write) -> None:
        """Answer requests until the channel is closed."""
        while line := read():
            request = self._decode(line.decode())
            self._cpu_time.restart(request["seconds"])
            reply = self._reply(request)
            write(self._line(request["number"], reply))

    def _reply(self, request: Json) -> Json:
        """The reply to a request; an exception becomes a description of it."""
        # BaseException, because sys.exit() in a cell must not end this process.
        try:
            if "cell" in request:
                return self._ran(request)
            if "server" in request:
                return self._serve(request)
            if "printed" in request:
                return OUTPUT.report(request["rule"], request["printed"])
            if "parameters" in request:
                return self._parameters(request["rule"])
            rule, seconds = request["rule"], request["seconds"]
            if "calls" in request:
                return {"replies": self._call_all(rule, request["calls"], seconds)}
            (reply,) = self._call_all(rule, [request["arguments"]], seconds)
            return reply
        except BaseException as error:
            return {"error": self._described(error)}

    def _line(self, number: int, reply: Json) -> bytes:
        """A reply as one line, or a reply that says it has no JSON form or is too long."""
        try:
            form = {"number": number, "cpu": self._clock(), **reply}
            line = self._encode(form).encode() + b"\n"
        except BaseException as error:
            too_large = self._unwritten(error)
            said = f"a value that cannot be passed on: {too_large or shown(error, str)}"
            return self._line(number, {"no_value": said})
        if len(line) > REPLY_LIMIT and len(replies := reply.get("replies", ())) > 1:
            # The judge asks again for the rest.
            return self._line(number, {"replies": replies[: len(replies) // 2]})
        if len(line) > REPLY_LIMIT:
            too_large = f"more than {REPLY_LIMIT >> 20} MB at once, which no answer needs"
            return self._line(number, {"no_value": too_large})
        return line

    def _ran(self, request: Json) -> Json:
        """Run a cell; the reply says which of its statements took too long, and its first error."""
        cut: list[int] = []
        self._counted_call.keep_counting(False)
        error = self._cells.run(request, cut)
        # Both begin here and not in each call, because that takes longer than most calls.
        self._counted_call.keep_counting(True)
        every(_TICK, self._tick)
        return {"cut": cut} | ({"error": self._described(error)} if error else {})

    def _parameters(self, rule: str) -> Json:
        """The parameters of a rule, each with its kind and whether it may be left out."""
        if rule not in self._namespace:
            return {"missing": True}
        found = inspect.signature(self._namespace[rule]).parameters.values()
        parts = [[each.name, int(each.kind), each.default is not each.empty] for each in found]
        return {"parameters": parts}

    def _call_all(self, rule: str, calls: Json, seconds: float) -> list[Json]:
        """Replies to calls of one rule, up to the first that has no value.

        Each call may take so many seconds.
        """
        replies: list[Json] = []
        OUTPUT.forget()
        begun = self._clock()
        for arguments in calls:
            self._cpu_time.restart(seconds)
            try:
                with OUTPUT.of_call(rule):
                    replies.append(self._call(rule, arguments))
            except BaseException as error:
                replies.append({"error": self._described(error)})
            # The judge asks again for the rest.
            if "value" not in replies[-1] or self._clock() - begun > seconds / 2:
                break
        return replies

    def _call(self, rule: str, arguments: Json) -> Json:
        """Call a rule with new arguments; the reply holds its value, or why there is none."""
        if rule not in self._namespace:
            return {"missing": True}
        given = self._from_json(arguments)
        before = self._fingerprint(given)
        count = self._count = self._counting.Count(self._counting.SECONDS_A_CALL)
        try:
            value = self._counted_call.counted(self._namespace[rule], tuple(given), count)
        except BaseException:
            if not count.why:
                raise
        finally:
            self._count = None
        if count.why:  # also if the answer has caught the exception that should have ended it
            return {"stopped": [count.kind, count.why]}
        if self._fingerprint(given) != before:
            return {"changed": True}
        too_large = self._excess(value)
        if too_large:
            return {"excess": too_large}
        try:
            return {"value": self._to_json(value)}
        except TypeError:
            return {"no_value": f"{shown(value)}, a {type(value).__name__}, which is no answer"}

    def _tick(self, frame: FrameType | None) -> None:
        """End the call that is under way, if it takes too long."""
        if self._count is not None and frame is not None and frame.f_code.co_filename != __file__:
            self._counted_call.look_again(self._count, frame)

    def _serve(self, request: Json) -> Json:
        """Make or call a server of the student's class."""
        kind = self._namespace.get(request["class"])
        if kind is None:
            return {"missing": True}
        if self._student_servers is None:
            self._student_servers = StudentServers()
        with OUTPUT.of_class(request["class"]), self._refused.watching():
            return self._student_servers.reply(request, kind, self._described)

    def _described(self, error: BaseException) -> Json:
        """An exception as plain data, with the last of the student's lines in its traceback."""
        cell, line, code = self._own_line(error)
        return {
            "type": type(error).__name__,
            "message": shown(error, str),
            "cell": cell,
            "line": line,
            "code": code,
            "not_written": isinstance(error, NotImplementedError),
            "too_long": isinstance(error, TookTooLong),
            "refused": error.refusal if isinstance(error, Refused) else None,
        }

    def _own_line(self, error: BaseException) -> tuple[str, int | None, str]:
        """The cell, line and code of the last place in the student's cells in a traceback."""
        if isinstance(error, SyntaxError):
            return self._place(error.filename or "", error.lineno)
        found = self._place("", None)
        trace = error.__traceback__
        while trace is not None:
            file, line = trace.tb_frame.f_code.co_filename, trace.tb_lineno
            found = self._place(file, line) if file in self._lines else found
            trace = trace.tb_next
        return found

    def _place(self, file: str, line: int | None) -> tuple[str, int | None, str]:
        """The name of a cell, a line number, and the code there; "" if the file is no cell."""
        lines = self._lines.get(file, [])
        code = lines[line - 1].strip() if line and line <= len(lines) else ""
        return file.strip("<>"), line, code[:_MESSAGE_LIMIT]


def shown(value: object, form: Callable[[object], str] = repr) -> str:
    """`value` as a short text, even if its `repr` raises.

    >>> shown({1: 2}), shown(ValueError("no"), str)
    ('{1: 2}', 'no')
    """
    try:
        return str(form(value))[:_MESSAGE_LIMIT]
    except BaseException:
        return f"a {type(value).__name__} that cannot be shown"


def private_channel(number_in: int, number_out: int) -> tuple[Read, Write]:
    """Functions that read and write whole lines on two descriptors that `print` does not use."""
    incoming = os.fdopen(number_in, "rb")

    def write(line: bytes) -> None:
        rest = memoryview(line)
        while rest:
            rest = rest[os.write(number_out, rest) :]

    return incoming.readline, write


def silence() -> None:
    """Keep all output of this process inside it, and give it an empty standard input."""
    sys.stdout = sys.stderr = OUTPUT
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    os.close(nowhere)
