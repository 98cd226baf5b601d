"""What must happen within a bound of virtual time, and does not, is reported."""

from raftkit.checkers import leader_within, progress_within
from raftkit.checkers.cluster import Cluster
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
