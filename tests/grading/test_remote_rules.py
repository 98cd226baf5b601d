"""A student's functions in a child process: answers, and every way not to give one."""

import subprocess
import sys
from contextlib import ExitStack
from types import SimpleNamespace

import pytest

from raftkit.course import examine, exercise
from raftkit.course.errors import StudentError
from raftkit.grading import budget
from raftkit.grading.budget import Budget
from raftkit.grading.notebook import Cell, Notebook
from raftkit.grading.remote_rules import RemoteRules
from raftkit.grading.sandbox import Limits, Sandbox, ending
from raftkit.protocol import Log, Progress, RequestVoteRequest, Standing
from raftkit.simulator import Deliver, Timeout
from raftkit.simulator.action_effects import is_action

# So that nothing refuses it before it happens.
LEAVE = (
    "import os, sys; sys.setprofile(None); "
    "hasattr(sys, 'monitoring') and sys.monitoring.set_events(4, 0); os._exit"
)

ARGUMENTS = (Standing("follower", 4, "S3"), RequestVoteRequest("S2", "S1", 4, 0, 0), True)
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux can forbid this")
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="only POSIX systems can forbid this")


@pytest.fixture(scope="module", params=[True, False], ids=["forked", "spawned"])
def sandbox(request):
    """Both ways to start a child; the second is all that some systems have."""
    if request.param and sys.platform == "win32":
        pytest.skip("this system cannot fork")
    with Sandbox(Limits(1.0, 1.0, 4.0), forks=request.param) as box:
        yield box


@pytest.fixture
def answer(sandbox):
    """What a rule in the given cells answers."""

    def ask(*sources, arguments=ARGUMENTS):
        cells = [Cell(place, "", True, text) for place, text in enumerate(sources, start=1)]
        with RemoteRules(Notebook(cells), ["rule"], sandbox) as rules:
            return rules.rule("rule")(*arguments)

    return ask


@pytest.fixture
def blame(answer):
    """How it ends, if a rule with this body does not answer: the error's kind and text."""

    def ask(*lines):
        body = "\n".join(f"    {line}" for line in lines)
        with pytest.raises(StudentError) as caught:
            answer(f"def rule(standing, request, up_to_date):\n{body}")
        return caught.value.kind, caught.value.text

    return ask


# Answers ---------------------------------------------------------------------------------


def test_values_go_in_and_come_out_as_they_are(answer):
    assert answer("def rule(log, other): return log.extend(other)", arguments=(Log(), ())) == Log()
    assert answer("def rule(*given): return given") == ARGUMENTS


def test_what_counts_like_a_number_or_a_truth_comes_out_as_one(answer):
    like_numpys = (
        "class int64:\n    def __index__(self): return 7\n"
        "class bool_:\n    def __bool__(self): return True"
    )
    rule = "def rule(*_): return int64(), bool_(), Progress(int64()), Log([Entry(int64())])"

    assert answer(like_numpys, rule) == (7, True, Progress(7), Log.of_terms(7))


def test_the_actions_of_a_schedule_are_there_and_come_out_as_the_judges_own(answer):
    imported = "from raftkit import Deliver, Schedule, Timeout"
    rule = "def rule() -> Schedule: return [Timeout('S1'), Deliver('S1', 'S2', place=-1)]"

    actions = answer(imported, rule, arguments=())

    assert actions == (Timeout("S1"), Deliver("S1", "S2", None, -1))
    assert is_action(actions[0])


def test_an_action_that_cannot_be_made_is_no_value(answer):
    with pytest.raises(StudentError):
        answer("def rule(): return (Deliver('S1', 'S2', place='first'),)", arguments=())


def test_the_value_types_are_there_without_an_import(answer):
    source = "def rule(*_: Unknown) -> Nothing:\n    return Standing(LEADER, 3, 'S1')"

    assert answer(source) == Standing("leader", 3, "S1")


def test_a_union_of_value_types_can_be_asked_for(answer):
    source = (
        "from raftkit.protocol import Message, RequestVoteResponse\n"
        "vote = RequestVoteResponse('S1', 'S2', 3, True)\n"
        "def rule(*_): return isinstance(vote, Message) and not isinstance(7, Message)"
    )

    assert answer(source) is True


def test_the_value_types_can_be_imported_from_wherever_the_kit_has_them(answer):
    source = (
        "from raftkit import Standing as A, check, play, Cluster\n"
        "from raftkit.protocol import Standing as B\n"
        "from raftkit.protocol.terms import Standing as C\n"
        "from raftkit.views import space_time\n"
        "import ipywidgets\n"
        "def rule(*_): return A is B is C is Standing"
    )

    assert answer(source) is True


def test_whatever_shows_something_takes_every_use(answer):
    source = (
        "from raftkit import Cluster, check, play\n"
        "cluster = Cluster(servers=3)\n"
        "while cluster.leader: cluster.run(ms=10)\n"
        "with play(cluster) as shown: shown[0].x(y=1)\n"
        "for step in cluster.history: print(step)\n"
        "check('2.3', None)\n"
        "def rule(*_): return 1"
    )

    assert answer(source) == 1


def test_what_cells_have_shown_is_there_by_their_numbers(sandbox):
    """As Jupyter numbered them when they ran; what shows nothing has no number."""
    cells = [
        Cell(1, "", False, "made = 20\n{'votes': made}", number=7),
        Cell(2, "", False, "print(_)", number=8),
        Cell(3, "ex-2-1", True, "def rule(): return Out[7]['votes'] + _7['votes'] + len(Out)"),
    ]
    with RemoteRules(Notebook(cells), ["rule"], sandbox) as rules:
        assert rules.rule("rule")() == 41


def test_a_helper_in_another_cell_is_found(answer):
    assert answer("def helper(): return 7", "def rule(*_): return helper()") == 7


def test_printing_does_not_touch_the_answer(answer):
    source = (
        "import os, sys, warnings\n"
        "def rule(*_):\n"
        '    print(\'{"number": 2, "value": false}\')\n'
        "    print('x' * 1_000, file=sys.stderr)\n"
        "    sys.__stdout__.write('y'); os.write(1, b'z'); os.write(2, b'z')\n"
        "    warnings.warn('careful')\n"
        "    return True"
    )

    assert answer(source) is True


def test_a_hundred_megabytes_of_print_are_harmless(answer):
    source = "def rule(*_):\n    for _ in range(100): print('x' * 1_000_000)\n    return True"

    assert answer(source) is True


@pytest.fixture
def rule_of(sandbox):
    """The rule in a cell, as long as the test runs."""
    with ExitStack() as stack:

        def rule(source):
            notebook = Notebook([Cell(1, "", True, source)])
            return stack.enter_context(RemoteRules(notebook, ["rule"], sandbox)).rule("rule")

        yield rule


def test_what_the_last_call_printed_is_known_and_how_much_all_did(rule_of):
    rule = rule_of("print('cell')\ndef rule(x):\n    print('given', x)\n    return x")

    rule(1)
    rule(2)
    assert (rule.printed(), rule.lines_printed()) == ("given 2", 2)

    replies = rule.to_all([(number,) for number in range(5)])
    assert [next(replies)(), rule.printed()] == [0, "given 0"]
    assert [next(replies)(), rule.printed()] == [1, "given 1"]
    assert rule.lines_printed() == 7


@pytest.mark.parametrize("report", ["{}", "{'text': 3, 'length': 'x', 'lines': []}", "[]", "1 / 0"])
def test_a_forged_report_of_what_was_printed_is_nothing(rule_of, report):
    source = (
        "import sys\n"
        "def rule():\n"
        f"    type(sys.stdout).report = lambda *_: {report}\n"
        "    return True"
    )
    rule = rule_of(source)

    assert rule() is True
    assert (rule.printed(), rule.lines_printed()) == ("", 0)


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ("granted, servers", "has the parameters (granted, servers), and has_majority"),
        ("granted, refused, servers, term", "(granted, refused, servers, term), and has_majority"),
        ("granted, refused, *, servers", "(granted, refused, *, servers), and has_majority"),
        ("", "has no parameters, and has_majority"),
        ("servers, granted, refused", "Your parameters stand in another order: has_majority"),
    ],
)
def test_other_parameters_are_told_as_in_the_notebook(rule_of, parameters, said):
    result = examine(exercise("2.1"), rule_of(f"def rule({parameters}): return True"), 7)

    assert (result.status, result.points) == ("error", 0)
    assert f"{said} is called with (granted, refused, servers)." in result.message


@pytest.mark.parametrize("parameters", ["*given", "a, b, c, d=3", "x, y=1, z=2"])
def test_parameters_that_can_be_left_out_are_free(rule_of, parameters):
    assert examine(exercise("2.1"), rule_of(f"def rule({parameters}): return True"), 7).cases


@pytest.mark.parametrize("form", ["[]", "[[3, 1, 0]]", "[['x', 99, 0]]", "[['a b', 1, 0]]", "0"])
def test_a_forged_signature_is_none(rule_of, form):
    source = (
        "import sys\n"
        "for thing in __import__('gc').get_objects():\n"
        "    if type(thing).__name__ == 'RequestHandler':\n"
        f"        thing._parameters = lambda rule: {{'parameters': {form}}}\n"
        "def rule(): return True"
    )
    found = rule_of(source).__signature__

    assert found is None or not found.parameters


def test_a_child_that_has_ended_printed_nothing(rule_of):
    rule = rule_of(f"def rule():\n    print('!')\n    {LEAVE}(3)")

    with pytest.raises(StudentError):
        rule()
    assert rule.printed() == ""


def test_the_grading_shows_what_the_failing_call_printed_as_the_notebook_does(rule_of):
    rule = rule_of(
        "def rule(granted, refused, servers):\n"
        "    print(granted, 'of', servers)\n"
        "    return granted * 2 >= servers"
    )

    failed = next(case for case in examine(exercise("2.1"), rule, 7).cases if case.lines)

    assert dict(failed.lines)["Printed"] == "1 of 2"


def test_a_statement_that_fails_in_a_cell_of_helpers_does_not_stop_the_helpers(sandbox):
    cells = [
        Cell(1, "", False, "shown = cluster.violations\ndef helper(): return 3"),
        Cell(2, "ex-2-1", True, "def rule(): return helper()"),
    ]
    with RemoteRules(Notebook(cells), ["rule"], sandbox) as rules:
        assert rules.rule("rule")() == 3


def test_a_broken_cell_does_not_stop_the_others(answer):
    assert answer("1 / 0", "def rule(:", "raise SystemExit", "def rule(*_): return 5") == 5


# No answers ------------------------------------------------------------------------------


def test_an_exception_without_end_is_told(sandbox):
    """It is freed before the next call, link by link."""
    chain = (
        "links = [*map(Exception, range(200_000))]\n"
        "linked = [*map(Exception.__cause__.__set__, links[1:], links)]\n"
        "def rule():\n    if not links: return 1\n    del links[:-1]\n    raise links.pop()"
    )
    with RemoteRules(Notebook([Cell(1, "", True, chain)]), ["rule"], sandbox) as rules:
        with pytest.raises(StudentError, match="rule raised Exception: 199999"):
            rules.rule("rule")()
        assert rules.rule("rule")() == 1


def test_an_endless_loop_in_a_rule_is_ended(blame):
    kind, text = blame("while True: pass")

    assert kind == "endless"
    assert text.startswith("rule did not come to an end in 100,000 steps or 0.2 seconds, so it")


@pytest.mark.parametrize(
    "loop",
    ["while True: pass", "import itertools\nfor _ in itertools.count(): 1"],
)
def test_an_endless_statement_of_a_cell_costs_what_it_would_make(answer, loop):
    assert answer(loop, "def rule(*_): return 1") == 1
    assert answer(f"def rule(*_): return 1\n{loop}") == 1
    with pytest.raises(StudentError, match="cell 1 did not come to an end, so a part") as caught:
        answer("if True:\n  while True: pass\n  def rule(*_): return 1")
    assert caught.value.kind == "endless"


def test_what_took_too_long_once_is_not_run_again(sandbox):
    """Both answers get their own child, because their helpers have one name."""
    cells = [
        Cell(1, "", False, "SEEN = 1\nwhile True: pass"),
        Cell(2, "", True, "def more(): return SEEN\ndef first(): return more()", ("first",)),
        Cell(3, "", True, "def more(): return 2\ndef second(): return more()", ("second",)),
    ]
    with RemoteRules(Notebook(cells), ["first", "second"], sandbox) as rules:
        assert rules.rule("first")() == 1
        left = rules._cell_seconds_left
        assert rules.rule("second")() == 2
        # A new Python takes more than half of that, and the loop would take as much again.
        assert left - rules._cell_seconds_left < sandbox.limits.cell_seconds / 4


@pytest.mark.parametrize(
    "wait",
    [
        "while not cluster.leader: cluster.run(ms=10)",
        "import itertools\nfor _ in itertools.count(): cluster.run(ms=1)",
        "def wait():\n  while not cluster.leader: pass\nwait()",
    ],
)
def test_what_waits_for_a_cluster_costs_nothing(answer, wait):
    cell = f"from raftkit import *\ncluster = Cluster()\n{wait}\ndef rule(*_): return 1"

    assert answer(cell) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="only there the system can be told")
@pytest.mark.parametrize(
    "wait",
    ["import time\nx = time.sleep(2_000)", "import select\nselect.select([], [], [], 2_000)"],
)
def test_what_sleeps_in_a_cell_is_not_waited_for(answer, wait):
    assert answer(*[wait] * 8, "def rule(*_): return 1") == 1


@pytest.mark.parametrize("stop", ["raise SystemExit", "assert not rule()", "1 / 0", "exit()"])
def test_an_error_ends_its_cell(answer, stop):
    assert answer(f"def rule(*_): return 1\n{stop}\ndef rule(*_): return 2") == 1


@pytest.mark.parametrize(
    "failing",
    ["open('no file')", "import nothing_of_this_name", "rule", "assert Cluster().leader"],
)
def test_what_may_have_failed_only_here_ends_no_cell(answer, failing):
    cell = f"from raftkit import *\n{failing}\ndef rule(*_): return 1"

    assert answer(cell) == 1


def test_a_stub_is_not_started(blame):
    assert blame("raise NotImplementedError") == ("not started", "Not started yet.")


def test_a_half_written_function_is_told_from_a_stub(blame):
    kind, text = blame("if standing:\n        raise NotImplementedError")

    assert (kind, text) == ("raised", "rule came to a part that is not written yet.")


def test_a_function_that_is_not_there_is_not_started(answer):
    with pytest.raises(StudentError, match="There is no rule in this notebook") as caught:
        answer("x = 1")

    assert caught.value.kind == "not started"


def test_a_syntax_error_is_told_when_its_function_is_asked_for(answer):
    with pytest.raises(StudentError, match="SyntaxError") as caught:
        answer("def rule(*_):\n    return (")

    assert "in cell 1, line 2: return (" in caught.value.text


def test_an_exception_is_told_with_the_students_own_line(blame):
    kind, text = blame("x = 1", "return x / 0")

    assert kind == "raised"
    assert (
        text
        == "rule raised ZeroDivisionError: division by zero\n    in cell 1, line 3: return x / 0"
    )


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        ("import sys; sys.exit(3)", "raised", "tried to leave Python"),
        (
            f"{LEAVE}(3)",
            "stopped",
            "ended the Python process with exit status 3",
        ),
        ("return rule(standing, request, up_to_date)", "deep", "calls itself without end"),
        ("return 'x' * (5 << 20)", "wrong type", "returned text of more than 200,000 characters"),
        ("return 10 ** 5000", "wrong type", "returned a number of more than 100 digits, which"),
        ("return float('nan')", "wrong type", "cannot be passed on"),
        ("return float('inf')", "wrong type", "cannot be passed on"),
        ("return '\\ud800' if 0 else {1: 2}", "wrong type", "returned {1: 2}, a dict"),
        ("return object()", "wrong type", "returned <object object>, a object"),
        ("standing.voted_for = 'S9'; return True", "changed", "changed one of its arguments"),
        ("raise type('E', (Exception,), {'__str__': lambda s: 1/0})", "raised", "cannot be shown"),
        ("raise KeyboardInterrupt", "raised", "rule raised KeyboardInterrupt"),
        ("return input()", "endless", "rule waits (input), so it was stopped"),
    ],
)
def test_every_other_way_not_to_answer_is_one_clear_sentence(blame, body, kind, said):
    found, text = blame(body)

    assert found == kind
    assert said in text


def test_closing_every_file_only_stops_the_one_who_does_it(blame):
    assert blame("import os", "os.closerange(3, 64)", "return True")[0] == "stopped"


def test_writing_to_every_file_forges_no_answer(blame):
    forged = '{"number":2,"value":true}'
    kind, text = blame(
        "import os",
        "for number in range(3, 64):",
        "    try: os.write(number, b'junk\\n')",
        "    except OSError: pass",
        "return True",
    )

    assert (kind, text) == ("stopped", "rule wrote to the judge's channel.")
    assert forged not in text


@pytest.mark.parametrize(
    "form",
    ['{"is": "Elephant"}', '{"is": "Standing", "legs": 4}', '[{"is": "Log", "entries": [7]}]'],
)
def test_a_forged_value_is_no_value(answer, form):
    source = (
        "import json\n"
        "import raftkit.protocol.json_form as form\n"
        f"def rule(*_): return {form!r}\n"
        "import gc\n"
        "for thing in gc.get_objects():\n"
        "    if type(thing).__name__ == 'RequestHandler': thing._to_json = json.loads"
    )

    with pytest.raises(StudentError, match="not well formed") as caught:
        answer(source)

    assert caught.value.kind == "wrong type"


def test_a_forged_value_of_very_many_parts_is_not_even_read(answer):
    source = (
        "def rule(*_): return True\n"
        "import gc\n"
        "for thing in gc.get_objects():\n"
        "    if type(thing).__name__ == 'RequestHandler':\n"
        "        thing._to_json = lambda value: [[]] * 1_100_000"
    )

    with pytest.raises(StudentError, match="rule wrote too much to the judge") as caught:
        answer(source)

    assert caught.value.kind == "stopped"


def test_after_a_disaster_a_rule_is_not_asked_again_but_another_is(sandbox):
    cells = [Cell(1, "", True, "def deadly(): import os; os._exit(1)\ndef fine(): return 1")]
    with RemoteRules(Notebook(cells), ["deadly", "fine"], sandbox) as rules:
        deadly = rules.rule("deadly")
        texts = []
        for _ in range(3):
            with pytest.raises(StudentError) as caught:
                deadly()
            texts.append(caught.value)

        assert texts[0] is texts[1] is texts[2]
        assert rules.rule("fine")() == 1


# Which definition counts, and how long everything may take --------------------------------


def test_a_rule_that_wraps_its_own_first_version_answers(answer):
    first = "def rule(*_): return 3\nfirst = rule\ndef rule(*a): return first(*a) + 1"
    cached = "import functools\ndef rule(*_): return 3\nrule = functools.lru_cache(rule)"

    assert answer(first) == 4
    assert answer(cached, arguments=(1,)) == 3


def test_playing_after_the_answer_does_not_change_it_for_another_rule_either(sandbox):
    cells = [
        Cell(1, "ex-2-1", True, "def has_majority(): return 1"),
        Cell(2, "ex-2-3", True, "def should_grant_vote(): return has_majority() + 1"),
        Cell(3, "", False, "def has_majority(): return 100\nhas_majority = print"),
    ]
    names = ["has_majority", "should_grant_vote"]
    with RemoteRules(Notebook(cells), names, sandbox) as rules:
        assert [rules.rule(name)() for name in names] == [1, 2]


def test_an_answer_whose_cell_fails_is_not_replaced_by_the_stub_before_it(answer):
    stub = "def rule(*_): raise NotImplementedError"

    with pytest.raises(StudentError) as caught:
        answer(stub, "@missing\ndef rule(*_): return 1")

    assert caught.value.kind == "raised"


def test_after_its_time_is_spent_an_exercise_gets_no_more_calls(sandbox):
    cells = [Cell(1, "", True, "def rule(): return 1")]
    with RemoteRules(Notebook(cells), ["rule"], sandbox) as rules:
        rule = rules.rule("rule")
        assert rule() == 1
        rule.budget.seconds_left = 0.0
        with pytest.raises(StudentError, match="computed for more than 4 seconds in all") as caught:
            rule()

        assert caught.value.kind == "endless"
        assert rules.rule("rule")() == 1


def test_every_cell_takes_its_time_from_that_of_the_notebook(sandbox):
    cells = [Cell(1, "", True, "sum(range(300_000))"), Cell(2, "", True, "def rule(): return 1")]
    with RemoteRules(Notebook(cells), ["rule"], sandbox) as rules:
        whole = rules._cell_seconds_left
        assert rules.rule("rule")() == 1
        assert rules._cell_seconds_left < whole


def test_once_the_notebooks_time_is_spent_no_cell_is_run(sandbox):
    cells = [Cell(1, "", True, "def rule(): return 1")]
    with RemoteRules(Notebook(cells), ["rule"], sandbox) as rules:
        rules._cell_seconds_left = 0.0
        with pytest.raises(StudentError, match="cell 1 was not run") as caught:
            rules.rule("rule")()

    assert caught.value.kind == "endless"


def test_cells_that_take_long_but_say_to_compute_nothing_fall_into_the_net(sandbox):
    cells = [Cell(1, "", True, "def rule(): return 1")]
    before = sandbox.timeouts
    with RemoteRules(Notebook(cells), ["rule"], sandbox) as rules:
        rules._cells_net_left = -1.0
        with pytest.raises(StudentError, match="cell 1 was not run"):
            rules.rule("rule")()

    assert sandbox.timeouts == before + 1


# What is out of reach --------------------------------------------------------------------


def test_the_reference_is_not_there(blame):
    kind, text = blame(
        "from raftkit.protocol.election import should_grant_vote",
        "return should_grant_vote(standing, request, up_to_date)",
    )

    assert kind == "raised"
    assert "raftkit's own should_grant_vote is not there" in text


def test_the_reference_is_nowhere_in_the_process(answer):
    source = (
        "import gc, types\n"
        "def rule(*_):\n"
        "    gc.unfreeze()\n"
        "    kit = ('is_up_to_date', 'has_majority', 'merge_entries', 'advance_commit_index')\n"
        "    found = [o for o in gc.get_objects() if isinstance(o, types.FunctionType)]\n"
        "    return [f.__name__ for f in found if f.__name__ in kit]"
    )

    assert answer(source) == ()


# Lines of four of the reference's rules.
REFERENCE = (
    *("granted > servers // 2", "sorted(match_indexes)["),
    *("def has_majority", "def advance_commit_index"),
)


def test_the_reference_is_the_kits(repository):
    text = "".join(p.read_text() for p in (repository / "raftkit/protocol").glob("*.py"))

    assert all(line in text for line in REFERENCE)


# It looks at every object, which are more than an answer has steps.
UNCOUNTED = (
    "import sys; sys.settrace(None); hasattr(sys, 'monitoring') and sys.monitoring.set_events(4, 0)"
)


def test_no_text_of_the_reference_is_in_the_process(answer):
    # What is looked for comes backwards, so that the search does not find itself.
    source = (
        "import gc\n"
        "def rule(*backwards):\n"
        f"    {UNCOUNTED}\n"
        "    gc.unfreeze()\n"
        "    looked_for = [line[::-1] for line in backwards]\n"
        "    texts = gc.get_referents(*gc.get_objects())\n"
        # A dict or tuple of nothing but texts is not among the collector's objects.
        "    texts += gc.get_referents(*(t for t in texts if type(t) in (dict, tuple)))\n"
        "    texts += [str(t, 'latin-1') for t in texts if type(t) is bytes]\n"
        "    texts = [t for t in texts if type(t) is str and t not in looked_for]\n"
        "    return len(texts) > 1000, [line for line in looked_for if line in ''.join(texts)]"
    )

    assert answer(source, arguments=tuple(line[::-1] for line in REFERENCE)) == (True, ())


def test_the_finder_of_modules_leads_to_no_source_text(answer):
    source = (
        "import sys, ast\n"
        "def texts(thing):\n"
        "    if isinstance(thing, str): yield thing\n"
        "    elif isinstance(thing, dict):\n"
        "        for part in thing.values(): yield from texts(part)\n"
        "def rule(*_):\n"
        "    everything = type(sys.meta_path[0]).find_spec.__globals__\n"
        "    known = {k: v for k, v in everything.items() if k[:2] != '__'}\n"
        "    return '_codes' in known, [text for text in texts(known) if 'def ' in text]"
    )

    assert answer(source) == (True, ())


# Ourselves -------------------------------------------------------------------------------


def test_a_new_zygote_follows_one_that_was_killed():
    with Sandbox(Limits(1.0, 1.0, 4.0)) as box:
        box.child().end()
        if box._zygote is not None:
            box._zygote.kill()
            box._zygote.wait()

        assert "value" in _two(box.child())


def _two(child):
    child.ask({"cell": "cell 1", "source": "def two(): return 2"}, 5)
    reply = child.ask({"rule": "two", "arguments": []}, 5)
    child.end()
    return reply


def test_a_wait_status_is_put_into_words():
    assert ending(0) == "ended the Python process with exit status 0"
    assert ending(-24) == "used up the processor time"


def test_real_time_costs_nothing_and_ends_in_a_net():
    """A call in which a minute went by, of which the child computed a second, and then another."""
    real_time, again = [0.0], []
    spender = SimpleNamespace(
        limits=Limits(exercise_seconds=30.0),
        cpu_seconds=lambda: real_time[0] / 60,
        waited=lambda: real_time[0],
        sent=lambda: 0,
        fell_into_net=lambda: again.append(1),
    )
    spent = Budget("rule", spender)
    for _ in range(3):
        with spent.spending():
            real_time[0] += 60
    assert (spent.seconds_left, again) == (27.0, [])

    with pytest.raises(StudentError, match="rule mostly waits"), spent.spending():
        pass
    assert again == [1]


def test_what_sits_still_falls_into_the_net_and_is_noted(monkeypatch):
    cells = [
        Cell(
            1,
            "",
            True,
            "import threading\nLOCK = threading.Lock()\nLOCK.acquire()\n"
            "def rule(): LOCK.acquire_lock()\ndef other(): return 1",
        )
    ]
    limits = Limits(1.0, 1.0, 4.0, net_seconds=20.0)
    monkeypatch.setattr("raftkit.grading.channels._TICK", 0.01)
    with Sandbox(limits) as box, RemoteRules(Notebook(cells), ["rule", "other"], box) as rules:
        assert rules.rule("other")() == 1
        rules._child._net_seconds = 0.01
        with pytest.raises(StudentError, match="rule sits still, so it was stopped") as caught:
            rules.rule("rule")()

        assert (caught.value.kind, box.timeouts) == ("stopped", 1)
        assert rules.rule("other")() == 1


def test_a_thread_watches_cpu_time_where_no_timer_does():
    program = (
        "import signal; del signal.ITIMER_PROF\n"
        "from raftkit.grading.student_process.limits import CpuTime\n"
        "CpuTime().restart(0.1)\n"
        "while True: pass"
    )
    assert subprocess.run([sys.executable, "-c", program], timeout=60).returncode == 152


def test_an_exercise_gets_no_more_calls_once_it_has_sent_too_much(monkeypatch, sandbox):
    monkeypatch.setattr(budget, "BYTES", 1 << 20)
    cells = [Cell(1, "", True, "def rule(): return ['x' * 90] * 100")]
    with RemoteRules(Notebook(cells), ["rule"], sandbox) as rules:
        rule = rules.rule("rule")
        calls = [()] * 1_000
        with pytest.raises(StudentError) as caught:
            list(rule.to_all(calls))

        assert caught.value.text == (
            "rule returned more than 1 MB in all calls for one exercise: no answer needs it."
        )
        assert rules.rule("rule")()


def test_a_child_that_answers_fewer_calls_is_asked_for_the_others(rule_of):
    """Else an answer could leave out the calls to which it is wrong."""
    rule = rule_of(
        "import gc\n"
        "for thing in gc.get_objects():\n"
        "    if type(thing).__name__ == 'RequestHandler':\n"
        "        thing._call_all = lambda rule, calls, seconds: [{'value': calls[0][0]}]\n"
        "def rule(number): return number"
    )

    assert [reply() for reply in rule.to_all([(1,), (2,), (3,)])] == [1, 2, 3]


def test_replies_that_are_too_long_together_come_in_parts(rule_of):
    rule = rule_of("def rule(number): return ['x' * 90] * 100")

    assert len([reply() for reply in rule.to_all([(each,) for each in range(250)])]) == 250
