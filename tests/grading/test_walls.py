"""The walls around a student's process, seen from inside: what it can do, what crosses them."""

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from raftkit.grading.channels import Gone
from raftkit.grading.sandbox import Limits, Sandbox
from raftkit.grading.student_process import readable_files
from raftkit.grading.student_process.namespaces import enter_own_namespaces
from raftkit.grading.student_process.system_calls import allowed_calls

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux can forbid this")
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="only POSIX systems can forbid this")

# x86-64's uretprobe and uprobe, about which the kernel does not ask the filter. They end a
# process that makes them without having been told to by the kernel.
NOT_ASKED = {335, 336}
ENDS_IN_ARGUMENTS = {"x86_64": {16, 56, 72, 157, 202, 302}, "aarch64": {25, 29, 98, 167, 220, 261}}


# The two ways in which Python lets a guard watch calls.
UNWATCHED = "sys.setprofile(None); hasattr(sys, 'monitoring') and sys.monitoring.set_events(4, 0)"


@pytest.fixture(scope="module", params=[True, False], ids=["forked", "spawned"])
def sandbox(request):
    """Both ways to start a child; the second is all that some systems have."""
    if request.param and sys.platform == "win32":
        pytest.skip("this system cannot fork")
    with Sandbox(Limits(10.0, 10.0, 40.0), forks=request.param) as box:
        yield box


@pytest.fixture
def value(sandbox):
    """What a function with this body returns in a child, or the text of its error."""

    def ask(*lines):
        body = "\n".join(f"    {line}" for line in lines)
        child = sandbox.child()
        try:
            # Without the watch of calls, which is no wall: it only says the same as the notebook.
            source = f"import sys\ndef tried():\n    {UNWATCHED}\n{body}"
            child.ask({"cell": "cell 1", "source": source}, 20)
            reply = child.ask({"rule": "tried", "arguments": []}, 20)
        except Gone as gone:
            return str(gone)
        finally:
            child.end()
        return reply["value"] if "value" in reply else reply["error"]["message"]

    return ask


# System calls ----------------------------------------------------------------------------


@LINUX
def test_nothing_gets_through_but_what_answers_need():
    program = Path(__file__).with_name("system_calls_from_inside.py")
    done = subprocess.run([sys.executable, str(program)], capture_output=True, check=True)
    found = json.loads(done.stdout)
    machine = platform.machine()

    numbers = set(found["numbers"]) - (NOT_ASKED if machine == "x86_64" else set())
    assert numbers == allowed_calls(machine) - ENDS_IN_ARGUMENTS[machine]
    assert found["other"] == []
    # Copies of descriptors, and what they are; a terminal's settings and size; a thread's name.
    assert found["fcntl"] == [0, 1, 2, 3, 1030]
    assert found["ioctl"] == [0x5401, 0x5413, 0x5450, 0x5451, 0x802C542A]
    assert found["prctl"] == [15, 16]
    assert found["thread and own limits"] == [True, True]
    assert found["process and limits of others"] == [False, False, False]
    assert found["namespaces"] == []


# What students have tried, and what they would leave for others.
REFUSED = {
    "a fork": "import os; return os.fork()",
    "a program": "import subprocess; return subprocess.call(['true'])",
    "a socket": "import socket; socket.socket()",
    "a pair of sockets": "import socket; socket.socketpair()",
    "a pipe": "import os; os.pipe()",
    "a signal to the judge": "import os, signal; os.kill(os.getppid(), signal.SIGTERM)",
    "a signal to all": "import os, signal; os.kill(-1, signal.SIGTERM)",
    "a queued signal": "import signal, os; signal.pidfd_send_signal(os.pidfd_open(1), 9)",
    "a pool of processes": "import multiprocessing; multiprocessing.Process(target=print).start()",
    "larger limits": "import resource; resource.setrlimit(resource.RLIMIT_AS, (-1, -1))",
    "limits of another": "import resource; resource.prlimit(1, resource.RLIMIT_CPU, (1, 1))",
    "an owner of signals": "import fcntl; fcntl.fcntl(1, fcntl.F_SETOWN, 1)",
    "a signal of one's choice": "import fcntl; fcntl.fcntl(1, 10, 9)",
    "signals for input": "import fcntl, os; fcntl.fcntl(1, fcntl.F_SETFL, os.O_ASYNC)",
    "a lock on a file": "import fcntl; fcntl.flock(1, fcntl.LOCK_EX)",
    "a lock on a part": "import fcntl; fcntl.lockf(1, fcntl.LOCK_SH)",
    "keys for a terminal": "import fcntl; fcntl.ioctl(1, 0x5412, b'x')",
    "memory without a file": "import os; os.memfd_create('x')",
    "another's turn": "import os; os.setpriority(os.PRIO_USER, 0, 19)",
    "a session": "import os; os.setsid()",
    "a hard link": "import os; os.link('/dev/null', 'x')",
    "other rights": "import os; os.chmod('.', 0)",
    "another time of change": "import os; os.utime('.')",
}
# C's functions that leave something in the system's memory, each with arguments that it takes.
LEAVES_IN_MEMORY = ("shmget(7, 4096, 0o1666)", "msgget(7, 0o1666)", "semget(7, 1, 0o1666)")
KEYS = "syscall({'x86_64': 248, 'aarch64': 217}[os.uname().machine], b'user', b'x', b'y', 1, -3)"


@LINUX
@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED)
def test_what_no_answer_needs_is_refused(value, body):
    said = str(value(body))

    assert "not permitted" in said or "not allowed" in said or "Permission denied" in said


@LINUX
@pytest.mark.parametrize("call", [*LEAVES_IN_MEMORY, KEYS])
def test_nothing_is_left_in_the_systems_memory(value, call):
    said = value(
        "import ctypes, os",
        "library = ctypes.CDLL(None, use_errno=True)",
        f"done = library.{call}",
        "return [done, ctypes.get_errno()]",
    )

    assert said == [-1, 1]


@LINUX
def test_what_answers_may_use_works(value):
    said = value(
        "import threading, time, tempfile, random, uuid, datetime, decimal, hashlib, os",
        "import statistics, shutil, platform, zoneinfo, logging, resource, gc, sqlite3, secrets",
        "seen = []",
        "thread = threading.Thread(target=lambda: seen.append(1))",
        "thread.start()",
        "thread.join()",
        "datetime.datetime.now(), time.process_time(), platform.platform(), uuid.uuid4()",
        "os.urandom(8), os.listdir('/usr/lib'), os.getcwd(), os.cpu_count(), os.times()",
        "secrets.token_hex(), resource.getrlimit(resource.RLIMIT_AS), os.get_inheritable(1)",
        "shutil.get_terminal_size(), open(os.devnull, 'w').close(), os.close(os.dup(1))",
        "return len(seen) + len(bytearray(50 << 20))",
    )

    assert said == 1 + (50 << 20)


# Files, memory, namespaces ---------------------------------------------------------------


@LINUX
def test_the_reference_cannot_be_read_from_the_disk(value, repository):
    path = repository / "raftkit" / "protocol" / "election.py"

    assert "Permission denied" in value(f"return open({str(path)!r}).read()")


@POSIX
def test_no_file_can_be_written(value, tmp_path):
    said = value(f"open({str(tmp_path / 'x')!r}, 'w').write('x' * 100_000)", "return True")

    assert "rror" in said or "denied" in said or "ended" in said


@LINUX
def test_memory_is_bounded(value):
    error = value("try: return len(bytearray(8 << 30))", "except MemoryError: return 'bounded'")

    assert error == "bounded"


@LINUX
def test_on_linux_everything_is_enforced(sandbox):
    sandbox.child().end()

    assert sandbox.not_enforced == ()


@pytest.fixture
def forking():
    """A sandbox of this test alone, which has a zygote."""
    if not hasattr(os, "fork"):
        pytest.skip("this system cannot fork")
    with Sandbox(Limits(10.0, 10.0, 40.0)) as box:
        yield box


def has_own_namespaces():
    """Whether this system gives namespaces, to a process that is forked to try it."""
    tried = os.fork()
    if tried == 0:
        os._exit(0 if enter_own_namespaces() else 1)
    return os.waitstatus_to_exitcode(os.waitpid(tried, 0)[1]) == 0


@LINUX
def test_a_child_is_among_its_own_processes(forking):
    child = forking.child()
    source = "import os\ndef tried(): return [os.getpid(), os.getppid(), os.geteuid()]"
    child.ask({"cell": "cell 1", "source": source}, 20)
    own, parent, user = child.ask({"rule": "tried", "arguments": []}, 20)["value"]
    child.end()

    assert user == os.geteuid()
    if has_own_namespaces():
        assert (own < 10, parent) == (True, 1)
    else:
        assert parent == forking._zygote.pid


@LINUX
def test_all_children_end_with_the_zygote(forking):
    child = forking.child()
    forking._zygote.kill()

    endless = {"cell": "cell 1", "source": "while True: pass"}
    # The other end of the channel is closed only when the child is gone.
    with pytest.raises(Gone):
        child.ask(endless, 60)
    child.end()


def test_no_copy_of_the_kit_can_be_read(tmp_path, monkeypatch):
    (tmp_path / "raftkit" / "protocol").mkdir(parents=True)
    (tmp_path / "networkx").mkdir()
    places = dict.fromkeys(("stdlib", "platstdlib", "purelib", "platlib"), str(tmp_path))
    monkeypatch.setattr(readable_files.sysconfig, "get_paths", lambda: places)

    readable = readable_files._readable(tmp_path / "elsewhere" / "raftkit")

    assert tmp_path / "networkx" in readable
    assert tmp_path / "raftkit" not in readable
    assert tmp_path not in readable
