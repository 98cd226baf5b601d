"""What answers must not do: wait, start threads, call a debugger, leave Python, or open a file.

A call of such a function is refused before it begins, because without timer signals nothing
could end a wait. Locks, queues and events are refused only if they would wait now, because an
answer may well have one.
"""

import builtins
import dis
import inspect
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from types import (
    BuiltinFunctionType,
    CodeType,
    FrameType,
    FunctionType,
    MethodDescriptorType,
    MethodType,
    WrapperDescriptorType,
)
from typing import Any, NamedTuple

Refusal = tuple[str, str]  # what the call does, a key of `counting.ADVICE`; the function's name

# Where Python has its paths, and what opens the file of one.
_PATHS = ("pathlib", "pathlib._local")
_OPENING = ("open", "read_bytes", "read_text", "touch", "write_bytes", "write_text")

# By module and qualified name.
_REFUSED = {
    "waits": frozenset(
        {
            "time.sleep",
            "builtins.input",
            "ipykernel.kernelbase.Kernel.raw_input",
            "getpass.getpass",
            "threading.Condition.wait",
            "threading.Condition.wait_for",
            "threading.Barrier.wait",
            "concurrent.futures._base.wait",
            "asyncio.runners.run",
            "asyncio.runners.Runner.run",
            "asyncio.base_events.BaseEventLoop.run_until_complete",
            "asyncio.base_events.BaseEventLoop.run_forever",
            "select.select",
            "select.poll.poll",
            "select.epoll.poll",
            "selectors.EpollSelector.select",
            "selectors.SelectSelector.select",
            "signal.pause",
            "signal.sigwait",
            "posix.system",
            "nt.system",
            "posix.wait",
            "posix.waitpid",
            "nt.waitpid",
            "os.popen",
            "sched.scheduler.run",
            "IPython.core.interactiveshell.InteractiveShell.system_piped",
            "IPython.core.interactiveshell.InteractiveShell.system_raw",
            "IPython.core.interactiveshell.InteractiveShell.getoutput",
            "ipykernel.zmqshell.ZMQInteractiveShell.system_piped",
            "subprocess.run",
            "subprocess.call",
            "subprocess.check_call",
            "subprocess.check_output",
            "subprocess.getoutput",
            "subprocess.getstatusoutput",
            "subprocess.Popen.wait",
            "subprocess.Popen.communicate",
            "socket.create_connection",
            "socket.socket.accept",
            "_socket.socket.connect",
            "_socket.socket.recv",
            "urllib.request.urlopen",
        }
    ),
    "calls a debugger": frozenset(
        {
            "builtins.breakpoint",
            "pdb.set_trace",
            "bdb.set_trace",
            "IPython.core.debugger.set_trace",
        }
    ),
    "begins a thread": frozenset(
        {
            "threading.Thread.start",
            "_thread.start_new_thread",
            "concurrent.futures.thread.ThreadPoolExecutor.submit",
            "concurrent.futures.process.ProcessPoolExecutor.submit",
            "concurrent.futures._base.Executor.map",
            "concurrent.futures.process.ProcessPoolExecutor.map",
            "multiprocessing.process.BaseProcess.start",
        }
    ),
    "tried to leave Python": frozenset(
        {
            "IPython.core.autocall.ExitAutocall",
            "IPython.core.autocall.ZMQExitAutocall",
            "_sitebuiltins.Quitter",
            "posix._exit",
            "nt._exit",
            "posix.abort",
            "nt.abort",
            "posix.kill",
            "nt.kill",
            "signal.raise_signal",
        }
    ),
    "opens a file": frozenset(
        {
            "_io.open",
            "io.open",
            "IPython.core.interactiveshell._modified_open",
            *(f"{module}.Path.{name}" for module in _PATHS for name in _OPENING),
        }
    ),
}
_WHAT = {name: what for what, names in _REFUSED.items() for name in names}


class _SometimesWaits(NamedTuple):
    """A method that waits only sometimes: if its object `waits`, and it is not told not to.

    It is told so by its argument `block`, which may also be given at `place`; None if nowhere.
    """

    waits: Callable[[Any], bool]
    place: int | None = None


_SOMETIMES_WAITS = {
    "_thread.lock.acquire": _SometimesWaits(lambda lock: lock.locked(), 0),
    "_thread.lock.__enter__": _SometimesWaits(lambda lock: lock.locked()),
    "threading.Semaphore.acquire": _SometimesWaits(lambda semaphore: not semaphore._value, 0),
    "threading.Event.wait": _SometimesWaits(lambda event: not event.is_set()),
    "threading.Thread.join": _SometimesWaits(lambda thread: thread.is_alive()),
    "queue.Queue.get": _SometimesWaits(lambda queue: queue.empty(), 0),
    "queue.Queue.put": _SometimesWaits(lambda queue: queue.full(), 1),
    "queue.Queue.join": _SometimesWaits(lambda queue: queue.unfinished_tasks),
    "_queue.SimpleQueue.get": _SometimesWaits(lambda queue: queue.empty(), 0),
    "concurrent.futures._base.Future.result": _SometimesWaits(lambda future: not future.done()),
}

# The last parts of their names: code that has none of them needs no watching.
WORDS = frozenset(name.rpartition(".")[2] for name in (*_WHAT, *_SOMETIMES_WAITS)) | {
    "exit",
    "quit",
}

# Where they are, as a student names it.
_BUILTINS = {"input", "open", "exit", "quit", "breakpoint", "__import__"}
_MODULES = {name.partition(".")[0].lstrip("_") for name in (*_WHAT, *_SOMETIMES_WAITS)} | {"os"}

_FUNCTIONS = (
    BuiltinFunctionType,
    FunctionType,
    MethodDescriptorType,
    MethodType,
    WrapperDescriptorType,
    type(object().__str__),
)


def may_refuse(names: set[str]) -> bool:
    """Whether code with these names, those of modules included, can make a call that is refused.

    >>> may_refuse({"votes", "get", "start"}), may_refuse({"time", "sleep"})
    (False, True)
    """
    where = {name.partition(".")[0].lstrip("_") for name in names}
    return not WORDS.isdisjoint(names) and not where.isdisjoint(_BUILTINS | _MODULES)


def is_watched(function: Any) -> bool:
    """Whether `refused` must look at each call of this function.

    >>> import time
    >>> is_watched(time.sleep), is_watched(max)
    (True, False)
    """
    return _name(function).rpartition(".")[2] in WORDS or _is_input(function)


def refused(function: Any, first: Any, code: CodeType, offset: int) -> Refusal | None:
    """Why a call of this function is refused, or None; the call is in `code` at `offset`.

    `first` is the first argument, if it is known.
    """
    if _is_input(function):
        return "waits", "input"
    owner = getattr(function, "__self__", first)
    return _refusal_of(f"{_module(function)}.{_name(function)}", owner, code, offset)


def _is_input(function: Any) -> bool:
    """Whether this is `input`, which a notebook replaces with a function of its own."""
    return isinstance(function, _FUNCTIONS) and function == builtins.input


def refused_code(frame: FrameType) -> Refusal | None:
    """The same for a function of Python's library that has just been called, in this frame."""
    code, caller = frame.f_code, frame.f_back
    name = code.co_qualname.removesuffix(".__call__")
    if caller is None or name.rpartition(".")[2] not in WORDS:
        return None
    first = frame.f_locals.get(code.co_varnames[0]) if code.co_argcount else None
    name = f"{frame.f_globals.get('__name__')}.{name}"
    return _refusal_of(name, first, caller.f_code, caller.f_lasti)


def refused_with(frame: FrameType, offset: int) -> Refusal | None:
    """The same for the object that the `with` at this offset is about to enter, if it is named.

    Python has no event for this call.
    """
    entered = with_statements(frame.f_code).get(offset, ())
    value = None
    for place, name in enumerate(entered):
        if place:
            value = inspect.getattr_static(value, name, None)
        else:
            value = {**frame.f_globals, **frame.f_locals}.get(name)
    for name in ("__enter__", "acquire"):
        kind = type(value)
        qualified = f"{kind.__module__}.{kind.__qualname__}.{name}"
        if qualified in _SOMETIMES_WAITS and (found := _refusal_of(qualified, value)):
            return found
    return None


def with_statements(code: CodeType) -> dict[int, tuple[str, ...]]:
    """The offsets of all `with` in code, and the dotted name of the object of each, if any."""
    found = _with_statements.get(id(code))
    if found is None:
        found = _with_statements[id(code)] = (code, _looked_up(code))
    return found[1]


# By identity, because comparing code objects takes longer than running them; each is kept, so that
# no other object can get its identity.
_with_statements: dict[int, tuple[CodeType, dict[int, tuple[str, ...]]]] = {}
_ENTERS = dis.opmap.get("BEFORE_WITH")  # From 3.14 on, a `with` has an event as any call has.


def _looked_up(code: CodeType) -> dict[int, tuple[str, ...]]:
    if _ENTERS is None or _ENTERS not in code.co_code[::2]:
        return {}
    found: dict[int, tuple[str, ...]] = {}
    name: tuple[str, ...] = ()
    for each in dis.get_instructions(code):
        if each.opcode == _ENTERS:
            found[each.offset] = name
        elif each.opname == "LOAD_ATTR":
            name = (*name, each.argval) if name else ()
        elif each.opname.startswith("LOAD_") and isinstance(each.argval, str):
            name = (each.argval,)
        else:
            name = ()
    return found


def _refusal_of(
    name: str, owner: Any, code: CodeType | None = None, offset: int = 0
) -> Refusal | None:
    """Why calling the function of this name is refused, or None; `code` is the caller's."""
    if name in _WHAT:
        return _WHAT[name], _plain(name)
    method = _SOMETIMES_WAITS.get(name)
    if method is None or (code and method.place is not None and not _blocks(code, offset, method)):
        return None
    with suppress(AttributeError, TypeError):
        return ("waits", _plain(name)) if method.waits(owner) else None
    return None


@lru_cache(maxsize=256)
def _blocks(code: CodeType, offset: int, method: _SometimesWaits) -> bool:
    """Whether the call at this offset may wait: no constant argument tells it not to."""
    before = [each for each in dis.get_instructions(code) if each.offset <= offset]
    while before and before[-1].opname not in ("CALL", "CALL_KW"):
        # Python 3.11 reports either the instruction before, or the one after.
        if before[-1].opname == "PRECALL":
            break
        before.pop()
    if not before:
        return False
    given = before.pop().arg or 0
    names: tuple[str, ...] = ()
    while before and before[-1].opname in ("PRECALL", "KW_NAMES"):
        last = before.pop()
        names = code.co_consts[last.arg or 0] if last.opname == "KW_NAMES" else names
    if before and isinstance(before[-1].argval, tuple) and not names:
        names = before.pop().argval
    # An argument that is no constant cannot be read, and might tell it not to.
    values = [
        each.argval if each.opname in ("LOAD_CONST", "LOAD_SMALL_INT") else False
        for each in before[len(before) - given :]
    ]
    by_place, by_name = values[: given - len(names)], values[given - len(names) :]
    named = dict(zip(names, by_name, strict=True))
    positional = (
        by_place[method.place]
        if method.place is not None and len(by_place) > method.place
        else True
    )
    return all((positional, named.get("block", True), named.get("blocking", True)))


def _name(function: Any) -> str:
    """A function's name with that of its class; for a callable object, the name of its class."""
    named = function if isinstance(function, _FUNCTIONS) else type(function)
    return str(named.__qualname__)


def _module(function: Any) -> Any:
    """A function's module; for a built-in method, that of its class."""
    if not isinstance(function, _FUNCTIONS):
        return type(function).__module__
    module = getattr(function, "__module__", None)
    owner = getattr(function, "__objclass__", None) or type(getattr(function, "__self__", None))
    return module or owner.__module__


def _plain(name: str) -> str:
    """A name as a student would write it, without internal modules such as posix."""
    if name.endswith(("input", "raw_input")):
        return "input"
    if name.endswith(("Autocall", "Quitter")):
        return "exit"
    if name.endswith("open") and name in _REFUSED["opens a file"] and "Path" not in name:
        return "open"
    name = name.replace("lock.__enter__", "lock.acquire")
    for inner, outer in (
        ("builtins.", ""),
        ("posix.", "os."),
        ("nt.", "os."),
        ("_queue.", "queue."),
        ("pathlib._local.", "pathlib."),
        ("_thread.lock.", "threading.Lock."),
        ("concurrent.futures._base.", "concurrent.futures."),
    ):
        name = outer + name.removeprefix(inner) if name.startswith(inner) else name
    return name
