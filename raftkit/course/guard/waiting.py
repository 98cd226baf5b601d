"""What it means to wait: the functions that do nothing until time has passed or somebody acts.

An answer needs none of them, and where there are no timer signals nobody could end them, so
they are not begun. A lock counts only if it is taken, since code may well hold one.
"""

import builtins
from types import BuiltinFunctionType, CodeType, FunctionType, MethodDescriptorType, MethodType
from typing import Any

# Module and qualified name, as Python tells them.
_WAITING = frozenset(
    {
        "time.sleep",
        "builtins.input",
        "ipykernel.kernelbase.Kernel.raw_input",
        "getpass.getpass",
        "threading.Event.wait",
        "threading.Condition.wait",
        "threading.Condition.wait_for",
        "threading.Barrier.wait",
        "threading.Thread.join",
        "queue.Queue.get",
        "queue.Queue.join",
        "_queue.SimpleQueue.get",
        "concurrent.futures._base.Future.result",
        "asyncio.runners.run",
        "select.select",
        "select.poll.poll",
        "signal.pause",
        "signal.sigwait",
        "posix.system",
        "nt.system",
        "posix.wait",
        "posix.waitpid",
        "nt.waitpid",
        "subprocess.run",
        "subprocess.call",
        "subprocess.check_call",
        "subprocess.check_output",
        "subprocess.Popen.wait",
        "subprocess.Popen.communicate",
        "socket.create_connection",
        "socket.socket.accept",
        "_socket.socket.connect",
        "_socket.socket.recv",
        "urllib.request.urlopen",
    }
)
_LOCK = "_thread.lock.acquire"

# The last words of their names: code in which none of them stands needs no watching.
WORDS = frozenset(name.rpartition(".")[2] for name in (*_WAITING, _LOCK))

_FUNCTIONS = (BuiltinFunctionType, FunctionType, MethodDescriptorType, MethodType)


def waits(function: Any, first: Any = None) -> str:
    """The name of a function that waits when it is called, or "". `first` is its first argument.

    >>> import time
    >>> waits(time.sleep, 1), waits(max, 1)
    ('time.sleep', '')
    """
    if not isinstance(function, _FUNCTIONS):
        return ""
    if function == builtins.input:
        return "input"  # A notebook puts one of its own in the place of Python's.
    if function.__qualname__.rpartition(".")[2] not in WORDS:
        return ""
    name = f"{_module(function)}.{function.__qualname__}"
    if name == _LOCK and getattr(function, "__self__", first).locked():
        return name
    return _plain(name) if name in _WAITING else ""


def code_waits(code: CodeType, module: str) -> str:
    """The same of a function that is known by its code and its module."""
    name = f"{module}.{code.co_qualname}"
    return _plain(name) if name in _WAITING else ""


def _module(function: Any) -> Any:
    """A function's module; that of a built-in method only its class can tell."""
    module = getattr(function, "__module__", None)
    if module is None:
        owner = getattr(function, "__objclass__", None) or type(function.__self__)
        module = owner.__module__
    return module


def _plain(name: str) -> str:
    """A name as a student would write it: posix and the like are Python's own affair."""
    last = name.rpartition(".")[2]
    if last in ("input", "raw_input"):
        return "input"
    for inner, outer in (("posix.", "os."), ("nt.", "os."), ("_queue.", "queue.")):
        name = f"{outer}{name.removeprefix(inner)}" if name.startswith(inner) else name
    return name
