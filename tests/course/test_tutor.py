"""What a student calls: check, hint, reveal, replay, progress, and rules_with."""

import re
import sys
from collections import namedtuple
from dataclasses import replace
from functools import partial
from html import unescape
from inspect import signature
from typing import Any

import pytest

from raftkit import Timeout
from raftkit.course import (
    EXERCISES,
    KitError,
    check,
    examine,
    exercise,
    exercises_of,
    hint,
    progress,
    replay,
    reveal,
    rules_with,
    try_out,
)
from raftkit.course.checking.answer_kinds import answer_kind_of
from raftkit.course.checking.checks import (
    checks_of,
    function_checks_of,
    reference_of,
)
from raftkit.course.checking.small_world import WorldCase
from raftkit.course.tutor import commands
from raftkit.protocol import Campaign, Persistent, Progress, Restarted, Rules, Standing, Tally

OF_FUNCTIONS = [each for each in EXERCISES if not answer_kind_of(each).is_class]


@pytest.fixture(autouse=True)
def fresh_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    monkeypatch.setattr(commands, "_session", commands._Session())


def count_vote(standing: Any, tally: Tally, response: Any) -> Tally:
    """Right in every case but one; the cases are switched off to see the later rungs."""
    if standing.role != "candidate" or response.source in tally.granted + tally.refused:
        return tally
    if response.vote_granted:
        return Tally((*tally.granted, response.source), tally.refused)
    return Tally(tally.granted, (*tally.refused, response.source))


@pytest.fixture
def without_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the cluster and the search are left."""
    examine = sys.modules["raftkit.course.checking.examine_function"]
    monkeypatch.setattr(
        examine,
        "function_checks_of",
        lambda each: replace(function_checks_of(each), cases=()),
        raising=True,
    )


def test_each_call_gives_one_more_hint() -> None:
    shown = [hint("2.3").heading for _ in range(4)]

    assert shown == ["Hint 1 of 3", "Hint 2 of 3"] + 2 * ["Hint 3 of 3, the last one"]


@pytest.mark.parametrize("each", EXERCISES, ids=lambda each: each.id)
def test_hints_are_short(each: Any) -> None:
    assert len(each.hints) == 3
    for text in each.hints:
        assert 0 < len(text.split()) <= 40


def test_the_answer_is_shown_only_after_full_points() -> None:
    before = reveal("2.1")
    check("2.1", Rules().has_majority)
    after = reveal("2.1")

    assert before.code == ""
    assert "def has_majority" in after.code


def test_a_finding_of_the_search_is_drawn_and_can_be_run_again(without_cases: None) -> None:
    result = check("2.7", count_vote)
    found = replay("2.7")

    assert result.cases[-1].outcome == "failed"
    assert "Election Safety (§5.2)" in str(result)
    assert found.picture is not None
    names: dict[str, Any] = {"count_vote": count_vote}
    exec(found.code.rsplit("\n", 2)[0], names)
    assert names["cluster"].violations[0].property == "Election Safety"


def test_without_a_finding_there_is_nothing_to_replay() -> None:
    assert "no failing history" in str(replay("2.7"))


def test_progress_counts_what_was_checked() -> None:
    check("2.1", Rules().has_majority)
    text = str(progress("02_voting"))

    total = sum(each.points for each in exercises_of("02_voting"))
    assert f"Voting: 6 of {total} points" in text
    assert re.search(r"✓ 2\.1 .* 6 of 6", text)
    assert re.search(r"○ 2\.2 .* 0 of 6", text)


@pytest.mark.parametrize("call", [check, hint, reveal, replay])
def test_an_unknown_exercise_is_one_clear_line(call: Any) -> None:
    arguments = ("9.9", len) if call is check else ("9.9",)
    with pytest.raises(KitError, match=r"no exercise '9.9'; there are 1.1, 1.2") as caught:
        call(*arguments)

    assert caught.value._render_traceback_() == [str(caught.value)]


def test_a_check_without_a_function_says_what_it_wants() -> None:
    with pytest.raises(KitError, match="wants the function itself"):
        check("2.1", True)  # type: ignore[arg-type]


def test_a_renamed_rule_is_one_clear_line() -> None:
    with pytest.raises(KitError, match="no rule called 'my_vote'"):
        rules_with(my_vote=len)


def test_an_answer_that_is_no_rule_is_not_called_renamed() -> None:
    with pytest.raises(KitError, match="could_win is no rule of a server"):
        rules_with(could_win=len)


def test_an_exercise_without_cases_is_told_where_they_belong() -> None:
    with pytest.raises(LookupError, match=r"2\.9 .* in raftkit/course/chapters/voting/cases/"):
        checks_of(replace(exercise("2.1"), id="2.9"))


def test_results_have_text_html_and_json_forms() -> None:
    result = check("2.1", lambda granted, refused, servers: granted >= servers // 2)
    bundle = result._repr_mimebundle_()

    assert bundle["text/plain"] == str(result)
    assert "What is a majority?" in bundle["text/html"]
    assert 'src="data:image/svg+xml,' in bundle["text/html"]
    assert result.to_json()["points"] == result.points


def test_hostile_text_is_escaped_in_html() -> None:
    def has_majority(granted: int, refused: int, servers: int) -> bool:
        raise ValueError("<script>alert(1)</script>")

    html = check("2.1", has_majority).to_html()

    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_a_wrong_value_is_explained_in_the_papers_words() -> None:
    result = check("2.3", lambda standing, request, up_to_date: up_to_date)
    text = str(result)

    assert "Returned True, expected False." in text
    assert "votes for at most one candidate in a term (§5.2)" in " ".join(text.split())
    assert result.next_steps == ('hint("2.3")', 'replay("2.3")')
    assert result.cases[-1].outcome == "failed"
    assert result.cases[-1].picture is not None


def _is_asked_all(exercise: Any) -> bool:
    """Whether the small world of an exercise has every call that there is."""
    cases = function_checks_of(exercise).cases
    return all(isinstance(case, WorldCase) and not case.regions.world.drawn for case in cases)


# A function without parameters, such as a schedule, can be called in one way only.
CALLED = [
    each
    for each in OF_FUNCTIONS
    if signature(reference_of(each)).parameters and not _is_asked_all(each)
]


@pytest.mark.once
@pytest.mark.parametrize("each", CALLED, ids=lambda each: each.id)
def test_another_seed_asks_with_other_numbers(each: Any) -> None:
    from random import Random

    def asked(seed: int) -> list[Any]:
        return [
            call.arguments
            for case in function_checks_of(each).cases
            for call in case.calls(Random(f"{seed} {each.id} {case.name}"))
        ]

    assert asked(0) == asked(0)
    assert any(asked(0) != asked(seed) for seed in range(1, 4))


@pytest.mark.once
def test_grading_seeds_give_the_reference_full_points() -> None:
    for each in OF_FUNCTIONS:
        result = examine(exercise(each.id), reference_of(each), seed=123_456)
        assert result.points == result.max_points, str(result)


def test_the_function_of_another_exercise_is_noticed() -> None:
    with pytest.raises(KitError, match=r"2\.4 asks for adopt_term; this is should_grant_vote"):
        check("2.4", Rules().should_grant_vote)


def test_parameters_in_another_order_are_noticed() -> None:
    def has_majority(servers: int, granted: int, refused: int) -> bool:
        return granted > servers // 2

    with pytest.raises(KitError, match=r"\(granted, refused, servers\)"):
        check("2.1", has_majority)


@pytest.mark.parametrize("work", ["check", "picture"])
def test_an_interrupt_is_told_in_one_sentence(work: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def has_majority(granted: int, refused: int, servers: int) -> bool:
        raise KeyboardInterrupt

    def story(cluster: Any) -> None:
        cluster.do(Timeout("S1"))
        cluster.run(ms=50)

    begun = partial(check, "2.1") if work == "check" else lambda rule: try_out(rule, story)
    with pytest.raises(KeyboardInterrupt) as caught:
        begun(has_majority)

    said = f"The {work} was interrupted: run the cell again for a result."
    assert caught.value._render_traceback_() == [said]  # type: ignore[attr-defined]
    assert check("2.1", Rules().has_majority).status == "full"


@pytest.mark.system
def test_a_kernel_shows_no_frame_of_ours_after_an_interrupt() -> None:
    """The signal comes while the kernel checks, as the notebook's stop button sends it."""
    from jupyter_client.manager import start_new_kernel

    cell = (
        "import signal\nfrom raftkit import check\n"
        "def has_majority(granted, refused, servers):\n    signal.raise_signal(signal.SIGINT)\n"
        "check('2.1', has_majority)"
    )
    manager, client = start_new_kernel(kernel_name="python3")
    try:
        reply = client.execute_interactive(cell, timeout=60, output_hook=lambda message: None)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)

    assert reply["content"]["traceback"] == [
        "The check was interrupted: run the cell again for a result."
    ]


PARAMETERS = [
    ("lambda granted, servers: True", "(granted, servers)"),
    ("lambda granted, refused, servers, term: True", "(granted, refused, servers, term)"),
    ("lambda: True", "no parameters"),
    ("lambda granted, refused, *, servers: True", "(granted, refused, *, servers)"),
]


@pytest.mark.parametrize(("source", "written"), PARAMETERS)
def test_too_few_or_too_many_parameters_are_noticed_wherever_the_answer_is_used(
    source: str, written: str
) -> None:
    has_majority = eval(source)
    has_majority.__name__ = "has_majority"
    said = re.escape(written) + r", and has_majority is called with \(granted, refused, servers\)"

    for use in (partial(check, "2.1"), rules_with, lambda rule: try_out(rule, print)):
        with pytest.raises(KitError, match=said):
            use(has_majority)


@pytest.mark.parametrize(
    "source", ["lambda *given: True", "lambda a, b, c, d=3: True", "lambda x, y=1, z=2: True"]
)
def test_parameters_that_can_be_left_out_are_free(source: str) -> None:
    assert check("2.1", eval(source)).status == "partial"


@pytest.mark.parametrize("id", [2.3, len])
def test_a_number_without_quotes_is_noticed(id: Any) -> None:
    with pytest.raises(KitError, match="in quotes"):
        hint(id)


def test_an_error_that_comes_back_is_told_in_full_once() -> None:
    def has_majority(granted: int, refused: int, servers: int) -> bool:
        return granted > quorum  # type: ignore[name-defined]  # noqa: F821

    text = str(check("2.1", has_majority))

    assert "Why" not in text
    assert text.count("NameError") == 1
    assert text.count("the same error as above") == 3


WRONG_TYPES = {
    "2.1": lambda granted, refused, servers: float(granted),
    "2.3": lambda *given: None,
    "2.4": lambda standing, term: term,
    "3.1": lambda log, prev_log_index, prev_log_term: f"{prev_log_index}",
    "4.1": lambda *given: given,
}


@pytest.mark.parametrize("id", WRONG_TYPES)
def test_a_wrong_type_is_explained_once_and_by_no_rule_of_raft(id: str) -> None:
    result = check(id, WRONG_TYPES[id])
    labels = [label for case in result.cases for label, _ in case.lines]
    later = [dict(case.lines)["But"] for case in result.cases if case.error][1:]

    assert "Why" not in labels
    assert len(later) >= 1
    assert all("as above" in said or "same error" in said for said in later)


def test_an_error_beyond_the_end_of_a_log_is_explained_by_the_paper() -> None:
    def entries_fit(log: Any, request: Any) -> bool:
        return bool(log.term_at(request.prev_log_index) == request.prev_log_term)

    (case,) = (each for each in check("3.3", entries_fit).cases[:3] if each.lines)

    assert "IndexError: the log has no entry" in dict(case.lines)["But"]
    assert "Figure 2" in dict(case.lines)["Why"] or "§5.3" in dict(case.lines)["Why"]


def test_a_call_is_shown_as_it_was_made() -> None:
    def should_grant_vote(standing: Any, request: Any, up_to_date: bool) -> bool:
        standing.voted_for = "S9"
        return True

    assert "voted_for='S9'" not in str(check("2.3", should_grant_vote))


def test_a_wrong_value_is_searched_for_what_it_leads_to_without_a_point_for_it() -> None:
    result = check("2.1", lambda granted, refused, servers: granted >= servers // 2)

    assert (result.cases[-1].outcome, result.cases[-1].earned) == ("failed", 0)
    assert "Election Safety" in str(result)
    assert dict(result.cases[-2].lines) == {"Not yet": "run when every case passes."}


def believes_leader_commit(commit_index: int, request: Any, success: bool) -> int:
    """Wrong, but the other rules make up for it in every run."""
    return max(commit_index, request.leader_commit) if success else commit_index


def test_where_no_story_is_found_it_says_how_far_it_was_looked_for() -> None:
    result = check("4.2", believes_leader_commit)
    searched = result.cases[-1]

    assert (searched.outcome, searched.earned) == ("not reached", 0)
    assert re.fullmatch(
        r"\d+ runs of up to \d+ actions, and [\d,]+ states that can follow them, break no "
        r"property\.",
        dict(searched.lines)["Searched"],
    )
    assert "not tried yet" not in str(result)


def test_an_answer_that_only_raises_errors_is_told_why_no_run_was_tried() -> None:
    result = check("2.1", lambda granted, refused, servers: granted / 0 > servers)

    assert result.cases[-1].lines == (
        (
            "Not yet",
            "no run tried: where this answer goes wrong, it gives no value for servers to obey.",
        ),
    )


def test_a_search_in_which_a_call_does_not_end_says_so() -> None:
    calls = 0

    def follower_commit_index(commit_index: int, request: Any, success: bool) -> int:
        nonlocal calls
        calls += 1
        while calls > 1_500:
            pass
        return believes_leader_commit(commit_index, request, success)

    result = check("4.2", follower_commit_index)

    assert dict(result.cases[-1].lines)["Searched"].startswith("the search ended early: ")


@pytest.mark.parametrize(
    ("id", "answer", "sentence"),
    [
        ("2.1", (False,), "is there a comma too many?"),
        ("2.1", "False", "a bool was expected"),
        ("2.1", None, "does every path end in a return?"),
        ("2.4", Standing("Follower", 3, None), "'Follower' is no role"),  # type: ignore[arg-type]
        ("2.5", "refused", "'refused' is none of 'process', 'refuse' or 'ignore'"),
        ("2.7", Tally("S1", ()), "a tuple of one has a comma, as in ('S1',)"),  # type: ignore[arg-type]
        ("4.1", True, "returned True, and a whole number was expected"),
        ("4.1", 3.0, "returned 3.0, and a whole number was expected"),
        ("4.3", None, "a whole number was expected: does every path end in a return?"),
        ("5.1", Persistent(1), "a tuple of Persistent was expected: a tuple of one has a comma"),
        ("5.1", (3, "S1"), "3 stands in the tuple, where a Persistent belongs"),
        ("5.1", [Persistent(1, "S1", ())], "log is (), and a Log was expected"),  # type: ignore[arg-type]
        ("5.3", Standing("follower", 1, None), "a Restarted was expected"),
        ("3.7", (4, 3), "a Progress was expected: write Progress(4, 3)."),
        ("3.7", namedtuple("Pair", "next match")(4, 3), "expected: write Progress(4, 3)."),
        (
            "3.7",
            namedtuple("Progress", "next match")(4, 3),
            "a Progress of your own hides the notebook",
        ),
        ("3.7", (Progress(4, 3), None), "a Progress was expected: is there a comma too many?"),
        ("5.3", Restarted(None, 0, 0), "standing is None, and a Standing"),  # type: ignore[arg-type]
        (
            "5.3",
            Restarted(Standing("follower", 1, None), None, 0),
            "commit_index is None, and it is a whole number",
        ),  # type: ignore[arg-type]
    ],
)
def test_a_slip_of_python_is_told_as_what_it_is(id: str, answer: Any, sentence: str) -> None:
    assert sentence in str(check(id, lambda *given: answer))


def test_a_stub_that_is_called_is_named() -> None:
    def is_up_to_date(a: int, b: int, c: int, d: int) -> bool:
        raise NotImplementedError

    def should_grant_vote(standing: Any, request: Any, up_to_date: bool) -> bool:
        return is_up_to_date(1, 2, 3, 4)

    result = check("2.3", should_grant_vote)

    assert result.status == "partial"
    assert "should_grant_vote called is_up_to_date, which is not written yet" in str(result)


def test_a_path_that_is_still_to_be_written_is_named() -> None:
    def has_majority(granted: int, refused: int, servers: int) -> bool:
        if granted > servers // 2:
            return True
        raise NotImplementedError

    text = str(check("2.1", has_majority))

    assert "this path is unwritten" in text
    assert "✓ just over half is a majority" in text


def test_the_picture_of_two_logs_marks_their_last_entries() -> None:
    result = check("2.2", lambda term, index, own_term, own_index: index >= own_index)
    picture = next(case.picture for case in result.cases if case.picture)

    assert picture is not None
    assert "candidate ends at index" in picture.alt
    assert "own ends at index" in picture.alt


def test_the_picture_of_a_role_shows_it_as_it_was_before() -> None:
    def start_election(standing: Any, *given: Any) -> Campaign:
        return Campaign(standing, Tally(), ())

    case = next(case for case in check("2.6", start_election).cases if case.picture)
    before = re.search(r"role='(\w+)'", dict(case.lines)["Called"])

    assert before is not None
    assert case.picture is not None
    assert f"A server is a {before[1]} now" in case.picture.alt


def test_the_answer_is_shown_in_colours_with_every_line_whole() -> None:
    check("2.3", reference_of(exercise("2.3")))
    shown = reveal("2.3")
    html = shown._repr_mimebundle_()["text/html"]
    inside = re.search("<code>(.*?)</code></pre>", html, re.DOTALL)

    assert inside is not None
    assert unescape(re.sub("<[^>]+>", "", inside[1])) == shown.code.rstrip()
    assert re.search(r'keyword-color, #\w+\)">def</span>', html)
    assert "white-space:pre;" in html
