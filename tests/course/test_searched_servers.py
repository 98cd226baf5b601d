"""A student's server is searched within small bounds: what needs several servers is found there.

The wrong servers differ from the capstone's solution in one rule each. What each breaks is found by
this search alone; the lone server's small world, scenarios and random trials are not asked.
"""

from typing import Any

import pytest

from raftkit.checkers import Trial, run_trial
from raftkit.checkers.walks import SEARCHES, first_broken
from raftkit.course import exercise
from raftkit.course.chapters.capstone.wrong_answers.from_scratch import FromScratch
from raftkit.course.checking.checks import server_checks_of
from raftkit.course.checking.examine_server import examine_server
from raftkit.course.checking.guarded_server import guarded_server
from raftkit.course.checking.lint_and_search import SearchTest, all_that_can_happen
from raftkit.course.proving import answer
from tests.changed_solution import Changes, changed

pytestmark = pytest.mark.once

CAPSTONE = exercise("7.1")
SEARCH = SearchTest(all_that_can_happen)

_WRITES = "if now != self.disk:"
_ON_DISK = "self.current_term, self.voted_for = self.disk.current_term, self.disk.voted_for"
_ENOUGH_VOTES = "if len(self.votes) > len(self.servers) // 2:"
_RETURNS = "self.save()\n        return self.out"
_EARLY = (
    "self.out.early_messages, self.out.messages = self.out.messages, ()\n        return self.out"
)
_CONFLICTS = "if index > self.log.last_index or self.log.term_at(index) != entry.term:"
_COMMITS = "min(request.leader_commit, last)"
_ENTRIES = "entries = self.log.entries(before + 1, before + self.settings.batch)"
_RENEWED = "Entry(self.current_term, each.command, each.client, each.serial)"
_INDEX = "held[len(self.servers) // 2]"
_OWN_LOG = "own = (self.log.last_index,) if self.peers else ()"
_UP_TO_DATE = "and theirs >= (self.log.last_term, self.log.last_index)"
_AGREES = "return None if term == request.prev_log_term else"
_STEPS_DOWN = 'self.role, self.clients = "follower", {}'
_STANDS = "self.leader, self.votes = None, {self.id}"
_COUNTS = 'if self.role == "candidate" and vote.term == self.current_term and vote.vote_granted:'
_HEARS = 'if self.role != "leader" or response.term != self.current_term:'
_NO_MATCHES = "self.match_index: dict[str, int] = {}"
_MATCHES = "self.match_index = dict.fromkeys(self.peers, 0)"
_MATCH = "self.match_index[peer] = max(match, response.match_index)"
_WINS = 'self.role, self.leader, self.clients = "leader", self.id, {}'

WRONG: dict[str, Changes] = {
    # Elections
    "half of the votes is enough": ((_ENOUGH_VOTES, _ENOUGH_VOTES.replace(" > ", " >= ")),),
    "a repeated vote counts twice": (
        ("self.votes: set[str] = set()", "self.votes = []"),
        (_STANDS, _STANDS.replace("{self.id}", "[self.id]")),
        ("self.votes.add(", "self.votes.append("),
    ),
    "votes of an earlier term count": (
        (_COUNTS, _COUNTS.replace("vote.term == self.current_term and ", "")),
    ),
    "votes stay from election to election": (
        (_STANDS, _STANDS.replace("{self.id}", "self.votes | {self.id}")),
    ),
    "a refusal counts": ((_COUNTS, _COUNTS.replace(" and vote.vote_granted", "")),),
    "votes twice in a term": (("and self.voted_for in (None, request.source)", ""),),
    "votes anew when it steps down": (
        ("if term > self.current_term:\n", "if term >= self.current_term:\n"),
    ),
    "leads on in a later term": ((_STEPS_DOWN, f'if self.role != "leader": {_STEPS_DOWN}'),),
    "stands in the same term": (
        ("self.current_term + 1, self.id", "max(1, self.current_term), self.id"),
    ),
    "votes for any log": ((_UP_TO_DATE, ""),),
    "compares logs by length alone": ((_UP_TO_DATE, "and theirs[1] >= self.log.last_index"),),
    "compares logs by last term alone": ((_UP_TO_DATE, "and theirs[0] >= self.log.last_term"),),
    "compares logs by length first": (
        (_UP_TO_DATE, "and theirs[::-1] >= (self.log.last_index, self.log.last_term)"),
    ),
    # Commits
    "commits entries of older terms (Figure 8)": (
        (" and self.log.term_at(index) == self.current_term", ""),
    ),
    "the newest entry's term decides": (
        ("self.log.term_at(index) == self.current_term", "self.log.last_term == self.current_term"),
    ),
    "commits one entry more": (
        ("self.commit_index = index", "self.commit_index = min(index + 1, self.log.last_index)"),
    ),
    "a winner commits all that it has": (
        (_WINS, f"{_WINS}\n        self.commit_index = self.log.last_index"),
    ),
    "matches stay from term to term": (
        (
            _MATCHES,
            "self.match_index = {each: self.match_index.get(each, 0) for each in self.peers}",
        ),
    ),
    "answers are counted, not servers": (
        (_NO_MATCHES, f"{_NO_MATCHES}\n        self.told = []"),
        (_MATCH, f"self.told.append(response.match_index)\n            {_MATCH}"),
        ("*self.match_index.values())", "*self.told, *[0] * 5)"),
    ),
    "two of five commit": ((_INDEX, "held[1]"),),
    "counts itself twice": (
        (_OWN_LOG, _OWN_LOG.replace("index,)", "index,) * 2")),
        (_INDEX, "held[min(len(self.servers) // 2, len(held) - 1)]"),
    ),
    "an answer stands for the whole log": (
        (_MATCH, "self.match_index[peer] = self.log.last_index"),
    ),
    "an answer tells the length of the log": (
        ("last if success else 0,", "self.log.last_index if success else 0,"),
    ),
    "answers of an earlier term count": (
        (_HEARS, _HEARS.replace(" or response.term != self.current_term", "")),
    ),
    "a follower commits to the end of its log": (
        (_COMMITS, "min(request.leader_commit, self.log.last_index)"),
    ),
    "a follower commits what it lacks": ((_COMMITS, "request.leader_commit"),),
    "the commit index falls": ((f"max(self.commit_index, {_COMMITS})", _COMMITS),),
    # Logs
    "what conflicts is kept": ((_CONFLICTS, "if index > self.log.last_index:"),),
    "what agrees is cut": ((_CONFLICTS, "if True:"),),
    "a heartbeat cuts": (
        (
            "self.merge(request)",
            "self.log = self.log.prefix(request.prev_log_index).extend(request.entries)",
        ),
    ),
    "one entry is replaced, and the rest kept": (
        (
            "self.log = self.log.prefix(index - 1).extend(rest)\n                return",
            "self.log = self.log.prefix(index - 1).extend([entry, *self.log.entries(index + 1)])",
        ),
    ),
    "only a later term conflicts": ((_CONFLICTS, _CONFLICTS.replace("!=", "<")),),
    "only an earlier term conflicts": ((_CONFLICTS, _CONFLICTS.replace("!=", ">")),),
    "the entry before is not compared": ((_AGREES, "return None if True else"),),
    "the entry before may be later": ((_AGREES, _AGREES.replace("==", ">=")),),
    "the entry before may be earlier": ((_AGREES, _AGREES.replace("==", "<=")),),
    "there may be a gap": (("return 0, self.log.last_index + 1", "return None"),),
    "an old leader is obeyed": (("if request.term == self.current_term:", "if True:"),),
    "old entries get the new term": (
        (_ENTRIES, f"{_ENTRIES}\n        entries = tuple({_RENEWED} for each in entries)"),
    ),
    "a winner forgets what it has not committed": (
        (_WINS, f"{_WINS}\n        self.log = self.log.prefix(self.commit_index)"),
    ),
    # Disks
    "a change of the vote alone is not written": (
        (
            _WRITES,
            "if (now.current_term, now.log) != (self.disk.current_term, self.disk.log):",
        ),
    ),
    "a change of the term alone is not written": (
        (_WRITES, "if (now.voted_for, now.log) != (self.disk.voted_for, self.disk.log):"),
    ),
    "a leader's own entry is not written": (
        (_WRITES, 'if now != self.disk and self.role != "leader":'),
    ),
    "a change of the log alone is not written": (
        (
            _WRITES,
            "if (now.current_term, now.voted_for) "
            "!= (self.disk.current_term, self.disk.voted_for):",
        ),
    ),
    "a log of the same length is not written": (
        (
            _WRITES,
            "if (now.current_term, now.voted_for, now.log.last_index) "
            "!= (self.disk.current_term, self.disk.voted_for, self.disk.log.last_index):",
        ),
    ),
    "the vote is not read": (
        (_ON_DISK, "self.current_term, self.voted_for = self.disk.current_term, None"),
    ),
    "the term is not read": (
        (_ON_DISK, "self.current_term, self.voted_for = 0, self.disk.voted_for"),
    ),
    "the log is not read": (("self.log = self.disk.log", "self.log = Log()"),),
    "messages leave before the disk has it": (
        (_RETURNS, _RETURNS.replace("return self.out", _EARLY)),
    ),
    "the log is written after term and vote": (
        (
            "self.out.writes = (now,)",
            "self.out.writes = (Persistent(now.current_term, now.voted_for, Log()), now)",
        ),
    ),
}

HARMLESS: dict[str, Changes] = {
    "half of the servers commit": ((_INDEX, "held[(len(self.servers) - 1) // 2]"),),
    "an old candidate gets a vote of the new term": (
        ("request.term == self.current_term\n            and ", ""),
    ),
    "a winner takes all logs for its own": (
        (_MATCHES, "self.match_index = dict.fromkeys(self.peers, self.log.last_index)"),
    ),
}

# Wrong servers of the catalogue that this search finds.
FOUND = (
    *("T8b", "T23", "V2c", "V17b", "V18c", "V22b", "V29", "V32", "V33", "V34", "V36"),
    *("L20a", "L20b", "C7b", "C11", "C25", "C26", "C30", "P14", "P18", "P21", "P25", "W12"),
)


@pytest.mark.parametrize("mistake", WRONG)
def test_a_mistake_that_takes_several_servers_is_found_by_this_search_alone(mistake: str) -> None:
    wrong = changed(*WRONG[mistake])
    found = first_broken(wrong)

    assert found is not None
    assert run_trial(found, make_server=wrong).violations


@pytest.mark.parametrize("difference", HARMLESS)
def test_what_breaks_no_property_is_not_found(difference: str) -> None:
    assert first_broken(changed(*HARMLESS[difference])) is None


@pytest.mark.parametrize("id", FOUND[::2])
def test_a_wrong_server_of_the_catalogue_is_found(id: str) -> None:
    assert first_broken(answer(id).server) is not None


def test_the_solution_is_seen_whole_here_and_behind_the_guard() -> None:
    plain, guarded = changed(), guarded_server(changed())
    for search in SEARCHES:
        seen = search.explored(plain)

        assert not isinstance(seen, Trial)
        assert seen.verdict == "exhausted"
        assert seen == search.explored(guarded)


def test_a_finding_is_told_in_the_papers_words_and_drawn_with_few_events() -> None:
    kind = changed(*WRONG["commits entries of older terms (Figure 8)"])
    finding = SEARCH.finding(guarded_server(kind), 0)

    assert finding is not None
    assert dict(finding.lines)["Broken"].startswith("Leader Completeness (§5.4)")
    assert finding.picture is not None
    assert finding.history is not None
    assert len(finding.history.inputs) <= 30
    assert not finding.harmless


class Generating(FromScratch):
    """Keeps a generator, which can be neither copied nor compared."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.numbers = (number for number in range(3))


def test_a_server_that_cannot_be_searched_is_told_so_and_loses_no_point() -> None:
    stage = server_checks_of(CAPSTONE).stages[-1]
    case = next(each for each in stage.cases if each.test == SEARCH)
    finding = case.test.finding(guarded_server(Generating), 0)
    told = (
        "this search cannot follow it: a server that keeps a generator cannot be searched: keep "
        "plain values instead."
    )

    assert finding is not None
    assert finding.harmless
    assert finding.lines == (("But", told),)


def test_what_is_harmless_earns_its_points() -> None:
    result = examine_server(CAPSTONE, server_checks_of(CAPSTONE), guarded_server(Generating))
    searched = next(case for case in result.cases if "all that can happen" in case.name)

    assert (searched.outcome, searched.earned) == ("passed", 2)
    assert searched.lines[0][1].startswith("this search cannot follow it")
    assert result.points == CAPSTONE.points
