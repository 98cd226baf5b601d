"""Each of Figure 3's properties is noticed when it breaks, with the step, servers and entries."""

from dataclasses import replace

import pytest

from raftkit.checkers import Cluster, Safety
from raftkit.protocol import (
    AppendEntriesRequest,
    Effects,
    Entry,
    Log,
    RequestVoteRequest,
    RequestVoteResponse,
    Rules,
    ServerState,
    Standing,
)
from raftkit.simulator import History, InvariantViolation, Started, Timeout, TornWrite


class Watched:
    """A made-up run: states are shown to the checkers one by one."""

    def __init__(self) -> None:
        self.history = History({})
        self.found: list[InvariantViolation] = []
        self.safety = Safety(self.history, self.found.append)
        self.states: dict[str, ServerState] = {}

    def show(self, server: str, state: ServerState, event: object = None, applied=()) -> None:
        effects = Effects()
        effects.applied = list(applied)
        before = None if type(event) is Started else self.states.get(server)
        row = (len(self.history.records), server, event, effects, state, before)
        self.states[server] = state
        self.history.append(row)
        self.safety.observe(row)

    @property
    def only(self) -> InvariantViolation:
        assert len(self.found) == 1, self.found
        return self.found[0]


def state(
    role: str = "follower", term: int = 1, log: Log | None = None, commit: int = 0, applied: int = 0
) -> ServerState:
    standing = Standing(role, term, None)  # type: ignore[arg-type]
    return ServerState(standing, log or Log(), commit, applied, None, ())


@pytest.fixture
def watched() -> Watched:
    return Watched()


def test_two_leaders_in_one_term_break_election_safety(watched: Watched) -> None:
    watched.show("S1", state())
    watched.show("S1", state("leader"))
    watched.show("S2", state())
    watched.show("S2", state("leader"))

    assert (watched.only.property, watched.only.servers) == ("Election Safety", ("S1", "S2"))
    assert watched.only.step == 3


def test_two_leaders_in_two_terms_are_fine(watched: Watched) -> None:
    watched.show("S1", state("candidate"))
    watched.show("S1", state("leader"))
    watched.show("S2", state("candidate", term=2))
    watched.show("S2", state("leader", term=2))

    assert watched.found == []


def test_a_leader_that_removes_an_entry_breaks_leader_append_only(watched: Watched) -> None:
    log = Log.of_terms(1, 1)
    watched.show("S1", state("leader", log=log))
    watched.show("S1", state("leader", log=log.prefix(1)))

    assert (watched.only.property, watched.only.indexes) == ("Leader Append-Only", (2,))


def test_a_rewritten_middle_breaks_leader_append_only(watched: Watched) -> None:
    watched.show("S1", state("leader", term=3, log=Log.of_terms(1, 2, 3)))
    watched.show("S1", state("leader", term=3, log=Log.of_terms(1, 1, 3)))

    assert watched.found[0].property == "Leader Append-Only"
    assert watched.found[0].indexes == (2,)


def test_two_commands_at_one_index_and_term_break_log_matching(watched: Watched) -> None:
    watched.show("S1", state())
    watched.show("S1", state(log=Log([Entry(1, "x=1")])))
    watched.show("S2", state())
    watched.show("S2", state(log=Log([Entry(1, "x=2")])))

    assert (watched.only.property, watched.only.indexes) == ("Log Matching", (1,))
    assert "x=1" in watched.only.detail
    assert "x=2" in watched.only.detail


def test_one_entry_after_two_predecessors_breaks_log_matching(watched: Watched) -> None:
    watched.show("S1", state(term=3))
    watched.show("S1", state(term=3, log=Log.of_terms(1, 3)))
    watched.show("S2", state(term=3))
    watched.show("S2", state(term=3, log=Log.of_terms(2, 3)))

    assert (watched.only.property, watched.only.indexes) == ("Log Matching", (1, 2))


def test_a_later_leader_without_a_committed_entry_breaks_leader_completeness(
    watched: Watched,
) -> None:
    log = Log.of_terms(1)
    watched.show("S1", state("leader", log=log))
    watched.show("S1", state("leader", log=log, commit=1))
    watched.show("S2", state("candidate", term=2))
    watched.show("S2", state("leader", term=2))

    assert watched.only.property == "Leader Completeness"
    assert watched.only.servers == ("S1", "S2")
    assert watched.only.indexes == (1,)


def test_a_leader_of_an_older_term_may_lack_what_a_later_one_committed(watched: Watched) -> None:
    log = Log.of_terms(3)
    watched.show("S1", state("leader", term=3, log=log))
    watched.show("S1", state("leader", term=3, log=log, commit=1))
    watched.show("S2", state("candidate", term=2))
    watched.show("S2", state("leader", term=2))

    assert watched.found == []


def test_a_late_commit_of_an_older_term_is_held_against_later_leaders(watched: Watched) -> None:
    watched.show("S2", state("candidate", term=2))
    watched.show("S2", state("leader", term=2))
    log = Log.of_terms(1)
    watched.show("S1", state("leader", log=log))
    watched.show("S1", state("leader", log=log, commit=1))

    assert watched.only.property == "Leader Completeness"


def test_two_entries_applied_at_one_index_break_state_machine_safety(watched: Watched) -> None:
    watched.show("S1", state())
    watched.show("S1", state(applied=1), applied=[(1, Entry(1, "x=1"))])
    watched.show("S2", state())
    watched.show("S2", state(applied=1), applied=[(1, Entry(2, "x=2"))])

    assert watched.only.property == "State Machine Safety"
    assert watched.only.servers == ("S1", "S2")


def test_a_gap_in_what_is_applied_breaks_state_machine_safety(watched: Watched) -> None:
    watched.show("S1", state())
    watched.show("S1", state(applied=2), applied=[(2, Entry(1, "x=1"))])

    assert watched.only.property == "State Machine Safety"


def test_applying_everything_again_after_a_restart_is_fine(watched: Watched) -> None:
    entry = Entry(1, "x=1")
    watched.show("S1", state())
    watched.show("S1", state(applied=1), applied=[(1, entry)])
    watched.show("S1", state(), event=Started(restarted=True))
    watched.show("S1", state(applied=1), applied=[(1, entry)])

    assert watched.found == []


def test_two_votes_that_arrive_break_one_vote_per_term(watched: Watched) -> None:
    watched.show("S1", state(), event=RequestVoteResponse("S3", "S1", 1, vote_granted=True))
    watched.show("S2", state(), event=RequestVoteResponse("S3", "S2", 1, vote_granted=True))

    assert watched.only.property == "One Vote per Term"
    assert watched.only.servers == ("S3", "S1", "S2")


def test_a_candidate_votes_for_itself_by_asking(watched: Watched) -> None:
    watched.show("S3", state(), event=RequestVoteRequest("S1", "S3", 1, 0, 0))
    watched.show("S2", state(), event=RequestVoteResponse("S1", "S2", 1, vote_granted=True))

    assert watched.only.property == "One Vote per Term"


@pytest.mark.parametrize(
    "later", [state(term=1, commit=2, applied=2), state(term=2, commit=1, applied=2)]
)
def test_numbers_that_fall_break_only_forwards(watched: Watched, later: ServerState) -> None:
    log = Log.of_terms(1, 1)
    watched.show("S1", state(term=2, log=log))
    watched.show("S1", state(term=2, log=log, commit=2))
    before = state(term=2, log=log, commit=2, applied=2)
    watched.show("S1", before, applied=[(1, log[1]), (2, log[2])])
    watched.show("S1", replace(later, log=log))

    assert watched.only.property == "Only Forwards"


def test_a_change_of_role_that_figure_4_lacks_ends_the_run() -> None:
    def once_a_leader(standing, message):
        if message.term > standing.current_term:
            return Standing(standing.role, message.term, None)
        return standing

    cluster = Cluster(servers=3, rules=Rules().with_rule("adopt_term", once_a_leader))
    cluster.do(Timeout("S1"))
    cluster.run(ms=30)
    cluster.do(Timeout("S2"))
    cluster.run(ms=30)

    assert cluster.violations[0].property == "Role Transitions"
    assert len(cluster.history.records) - 1 == cluster.violations[0].step


def test_the_run_stops_at_the_step_that_broke_the_property() -> None:
    rules = Rules().with_rule("has_majority", lambda granted, refused, servers: granted >= 1)
    cluster = Cluster(servers=3, rules=rules)
    cluster.do(Timeout("S1"), Timeout("S2"))
    cluster.run(ms=1_000)

    assert cluster.violations[0].step == len(cluster.history.records) - 1
    assert cluster.now_ms < 1_000


def test_a_run_can_go_on_to_show_what_a_broken_property_leads_to() -> None:
    rules = Rules().with_rule("has_majority", lambda granted, refused, servers: granted >= 1)
    cluster = Cluster(servers=3, rules=rules, stop_at_violation=False)
    cluster.do(Timeout("S1"), Timeout("S2"))
    cluster.run(ms=100)

    assert cluster.violations
    assert cluster.now_ms == 100


def test_a_vote_that_a_torn_write_destroyed_was_never_cast() -> None:
    cluster = Cluster(servers=3, seed=1)
    cluster.do(TornWrite("S3"), Timeout("S1"))
    cluster.run(ms=30)
    cluster.restart("S3")
    cluster.do(Timeout("S2"))
    cluster.run(ms=100)

    assert cluster.violations == []


def test_stale_entries_are_noticed_at_the_latest_by_log_matching() -> None:
    """A follower that takes an old leader's entries ends with a log that nobody may have."""
    watched = Watched()
    request = AppendEntriesRequest("S1", "S3", 1, 0, 0, (Entry(1, "old"),), 0)
    log = Log([Entry(2, "new")])
    watched.show("S2", state("leader", term=2))
    watched.show("S2", state("leader", term=2, log=log))
    watched.show("S2", state("leader", term=2, log=log, commit=1))
    watched.show("S3", state(term=2, log=log), event=request)
    watched.show("S3", state(term=2, log=Log([Entry(1, "old")])), event=request)
    watched.show("S3", state("candidate", term=3, log=Log([Entry(1, "old")])))
    watched.show("S3", state("leader", term=3, log=Log([Entry(1, "old")])))

    assert watched.only.property == "Leader Completeness"


def test_a_term_that_falls_is_noticed_though_the_commit_index_rises(watched: Watched) -> None:
    log = Log.of_terms(1)
    watched.show("S1", state(term=5, log=log))
    watched.show("S1", state(term=3, log=log, commit=1))

    assert watched.only.property == "Only Forwards"


def test_a_commit_index_beyond_the_log_accuses_nobody_later(watched: Watched) -> None:
    short, whole = Log.of_terms(1), Log.of_terms(1, 1, 1, 1)
    watched.show("S2", state(log=short))
    watched.show("S2", state(log=short, commit=3))
    watched.show("S2", state(log=whole, commit=3))
    watched.show("S2", state(log=whole, commit=4))
    watched.show("S1", state("candidate", term=2, log=whole))
    watched.show("S1", state("leader", term=2, log=whole))

    assert watched.found == []


def test_importing_all_of_the_simulator_does_not_hide_the_checked_cluster() -> None:
    names: dict[str, object] = {}
    exec("from raftkit import Cluster\nfrom raftkit.simulator import *", names)

    assert names["Cluster"] is Cluster
