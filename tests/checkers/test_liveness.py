"""What must happen within a bound of virtual time, and does not, is reported."""

from raftkit.checkers import leader_within, progress_within
from raftkit.checkers.cluster import Cluster
from raftkit.checkers.liveness import answers_within, lasting_leader_within
from raftkit.protocol import Rules


def test_a_cluster_that_never_elects_misses_the_bound() -> None:
    rules = Rules().with_rule("has_majority", lambda granted, refused, servers: False)
    missed = leader_within(Cluster(servers=3, rules=rules))

    assert missed is not None
    assert missed.property == "A Leader Is Elected"


def test_a_cluster_that_never_commits_misses_the_bound() -> None:
    rules = Rules().with_rule("advance_commit_index", lambda log, term, commit, matches: commit)
    missed = progress_within(Cluster(servers=3, rules=rules))

    assert missed is not None
    assert missed.property == "Commands Get Committed"


def test_a_client_that_is_never_answered_misses_the_bound() -> None:
    def client_of(rules: Rules) -> Cluster:
        cluster = Cluster(servers=3, seed=1, clients=1, rules=rules)
        cluster.ask("C1", "x=1")
        return cluster

    silent = Rules().with_rule("may_answer_client", lambda index, committed, applied: False)
    missed = answers_within(client_of(silent))

    assert answers_within(client_of(Rules())) is None
    assert missed is not None
    assert (missed.property, missed.section) == ("Clients Are Answered", "§8")
    assert missed.detail == "C1 was not answered within 20 election timeouts."


def test_a_leader_that_is_heard_too_rarely_does_not_stay() -> None:
    rules = Rules().with_rule("heartbeat_interval", lambda settings: settings.election_timeout_max)

    missed = lasting_leader_within(Cluster(servers=3, seed=1, rules=rules))

    assert missed is not None
    assert (missed.property, missed.section) == ("A Leader Stays", "§5.2")


def test_where_nobody_is_elected_nobody_stays() -> None:
    rules = Rules().with_rule("has_majority", lambda granted, refused, servers: False)

    missed = lasting_leader_within(Cluster(servers=3, seed=1, rules=rules))

    assert missed is not None
    assert missed.property == "A Leader Is Elected"
