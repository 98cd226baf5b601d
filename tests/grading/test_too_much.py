"""A thousand times too much of everything: one sentence, and a bounded judge."""

import json
import subprocess
import sys

import pytest

from raftkit.course import examine, exercise
from raftkit.course.checking.guard import guarded
from raftkit.grading.notebook import Cell, Notebook
from raftkit.grading.remote_rules import RemoteRules
from raftkit.grading.sandbox import Limits, Sandbox
from raftkit.protocol import *  # noqa: F403  as in a notebook

# What a rule does, and what is said of it in the notebook and in the grading.
TOO_MUCH = {
    "values": ("return [0] * 2_000_000", "returned more than 200,000 values in one, which no"),
    "values of one value": (
        "return [[[0] * 100] * 100] * 1_000",
        "more than 200,000 values in one",
    ),
    "digits": ("return 10 ** 100_000", "returned a number of more than 100 digits, which no"),
    "digits that Python does write": ("return 10 ** 4_000", "a number of more than 100 digits"),
    "digits in a part": ("return {'votes': -(10 ** 100_000)}", "more than 100 digits"),
    "digits of its own": (
        "return type('Number', (), {'__index__': lambda self: 10 ** 100_000})()",
        "a number of more than 100 digits",
    ),
    "depth": (
        "value = ()\n    for _ in range(20_000): value = (value,)\n    return value",
        "returned values nested more than 20 deep, which no answer needs.",
    ),
    "a circle": ("value = []\n    value.append(value)\n    return value", "more than 20 deep"),
    "text": ("return 'x' * 10_000_000", "returned text of more than 200,000 characters, which"),
    "text in parts": ("return ['x' * 9_000] * 10_000", "text of more than 200,000 characters"),
    "text of an exception": ("raise ValueError('x' * 300_000_00)", "raised ValueError: xxxxx"),
    "text of an assertion": ("assert False, ['x'] * 1_000_000", "raised AssertionError: ['x', 'x'"),
    "a name": ("raise type('X' * 1_000_000, (Exception,), {})('no')", "XXXXX"),
    "prints": ("print('x' * 10_000_000)\n    return granted", "and 9,998,500 more characters"),
    "commands of a terminal": ("raise ValueError('\\x1b[2J\\x9b2J')", r"ValueError: \x1b[2J\x9b2J"),
}
MOST_CHARACTERS = 3_000  # of the whole result, of which the longest part is what was printed


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(Limits(10.0, 10.0, 60.0)) as box:
        yield box


def rule_source(body):
    return f"def has_majority(granted, refused, servers):\n    {body}"


def text_of_notebook(body):
    """The result of 2.1 as the notebook's check has it."""
    names = {"__name__": "__main__"}
    exec(rule_source(body), names)
    return str(examine(exercise("2.1"), guarded(names["has_majority"])))


def text_of_grading(body, sandbox):
    notebook = Notebook([Cell(1, "ex-2-1", True, rule_source(body))])
    with RemoteRules(notebook, ["has_majority"], sandbox) as rules:
        return str(examine(exercise("2.1"), rules.rule("has_majority")))


@pytest.mark.parametrize("kind", [kind for kind in TOO_MUCH if kind != "prints"])
def test_the_notebook_and_the_grading_say_in_one_sentence_what_is_too_much(kind, sandbox):
    body, said = TOO_MUCH[kind]

    for text in (text_of_notebook(body), text_of_grading(body, sandbox)):
        assert said in text
        assert len(text) < MOST_CHARACTERS
        assert "\x1b" not in text
        assert "\x9b" not in text


@pytest.mark.usefixtures("short_search")
@pytest.mark.parametrize(
    ("id", "source", "said"),
    [
        (
            "1.5",
            "def heartbeat_targets(occasion, peers, unanswered): return (*peers, *peers) * 200_000",
            "more than 200,000 values in one, which no answer needs",
        ),
        (
            "1.2",
            "def election_timeout(settings, draw): return 10 ** 4000",
            "a number of more than 100 digits, which no answer needs",
        ),
    ],
)
def test_what_trials_found_to_be_too_much_is_told_in_a_sentence(id, source, said, sandbox):
    tried = exercise(id)
    names = {"__name__": "__main__"}
    exec(source, names)
    notebook = Notebook([Cell(1, tried.grade_id, True, source)])
    with RemoteRules(notebook, [tried.answer], sandbox) as rules:
        answers = (guarded(names[tried.answer]), rules.rule(tried.answer))
        results = [examine(tried, each) for each in answers]

    assert [result.points for result in results] == [0, 0]
    for result in results:
        assert said in str(result)
        assert len(str(result)) < MOST_CHARACTERS


# Grades a notebook that has every kind in it, and prints what that cost the judge.
PROGRAM = """
import json, resource, sys
from pathlib import Path
from raftkit.grading.judge import grade_notebook, open_notebook
from raftkit.grading.sandbox import Sandbox
from raftkit.course.chapters import exercises_of

def used():
    found = resource.getrusage(resource.RUSAGE_SELF)
    return found.ru_utime + found.ru_stime

start = used()
notebook = open_notebook(Path(sys.argv[1]))
with Sandbox() as sandbox:
    verdicts = grade_notebook(notebook, exercises_of("02_voting"), sandbox, 1)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20)
if sys.platform == "linux":  # whose figure above holds the peak of this program's parent as well
    words = Path("/proc/self/status").read_text().split()
    peak = int(words[words.index("VmHWM:") + 1]) / (1 << 10)
print(json.dumps({
    "cpu": used() - start, "megabytes": peak, "told": notebook.told,
    "texts": [verdict.text for verdict in verdicts], "html": sum(len(v.html) for v in verdicts),
}))
"""


@pytest.mark.system
@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell what a process used")
def test_a_thousand_times_too_much_keeps_the_judge_busy_for_moments(course, save, tmp_path):
    bodies = ["values", "digits", "depth", "text", "text of an exception", "prints", "a circle"]
    answers = {
        f"ex_{each.id.replace('.', '_')}": course.body(each.id, *TOO_MUCH[kind][0].splitlines())
        for each, kind in zip(course.exercises, bodies, strict=True)
    }
    cells = course.cells(**answers)
    source = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    cells += [source | {"source": "0;" * 49_000} for _ in range(8)]
    cells += [source | {"source": "0;" * 1_000_000}]
    cells += [source | {"source": "%%bash"} for _ in range(30_000)]
    cells += [{"cell_type": "markdown", "metadata": {}, "source": "0;" * 49_000} for _ in range(20)]
    path = save(tmp_path, "ada", cells)

    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(path)], capture_output=True, text=True, check=True
    )
    found = json.loads(run.stdout)

    assert found["cpu"] < 60
    assert found["megabytes"] < 1_000
    assert found["html"] < 1_000_000
    assert len(found["told"]) <= 21
