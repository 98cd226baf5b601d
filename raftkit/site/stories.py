"""The stories on the front page: each one's title, description, and cluster.

Each is a recording that plays without Python. The notebooks tell the same stories, so that a
reader meets them again. It does not know how a page plays a recording; the player does.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from raftkit.checkers import Cluster
from raftkit.course import rules_with
from raftkit.simulator import Cut, Timeout
from raftkit.views import space_time
from raftkit.views.player import play


@dataclass(frozen=True)
class Story:
    """One story: the name of its page, its title and description, and where it opens.

    `make_cluster` returns a cluster whose history is the story.
    """

    name: str
    title: str
    description: str
    make_cluster: Callable[[], Cluster]
    opens_ms: float

    def save(self, folder: Path) -> None:
        """Write its page, NAME.html, and a still picture of it, NAME.svg."""
        cluster = self.make_cluster()
        player = play(cluster, title=self.title, at_ms=self.opens_ms)
        page = folder / f"{self.name}.html"
        player.save_html(page, until_ms=cluster.now_ms)
        picture = space_time(cluster.history, title=self.title)
        (folder / f"{self.name}.svg").write_text(picture.svg, encoding="utf-8", newline="\n")
        text = page.read_text(encoding="utf-8")
        text = text.replace("</head>", f"{_ICON}\n</head>", 1)
        text = text.replace("<body>", f"<body>\n{_WAY_BACK}", 1)
        page.write_text(text, encoding="utf-8", newline="\n")


_ICON = '<link rel="icon" href="../icon.svg" type="image/svg+xml">'
_WAY_BACK = (
    '<p style="margin:1em;font:16px system-ui,sans-serif">'
    '<a style="color:inherit" href="../index.html#stories">← All stories</a></p>'
)


def a_partition() -> Cluster:
    """Five servers elect S4, a partition cuts off S4 and S5, and the network is healed."""
    cluster = Cluster(servers=5, seed=7)
    cluster.run(ms=185)
    cluster.propose("x=1")
    cluster.run(ms=25)
    cluster.partition({"S4", "S5"}, {"S1", "S2", "S3"})
    cluster.run(ms=190)
    cluster.heal()
    cluster.run(ms=70)
    return cluster


def two_leaders() -> Cluster:
    """Two candidates of one term, and a server that says yes to both."""
    generous = rules_with(should_grant_vote=lambda standing, request, up_to_date: True)
    cluster = Cluster(servers=3, seed=1, rules=generous, stop_at_violation=False)
    cluster.do(Timeout("S1"), Timeout("S3"))
    cluster.run(ms=14)
    return cluster


def a_forgotten_vote() -> Cluster:
    """A server does not write its vote to disk, crashes, and votes again in the same term."""
    forgetful = rules_with(writes_needed=lambda on_disk, in_memory: ())
    cluster = Cluster(servers=3, seed=1, rules=forgetful, stop_at_violation=False)
    cluster.do(Cut("S1", "S3"), Timeout("S1"))
    cluster.run(ms=8)
    cluster.crash("S2")
    cluster.restart("S2")
    cluster.do(Timeout("S3"))
    cluster.run(ms=16)
    return cluster


def figure_8() -> Cluster:
    """Figure 8 of the paper, (a) to (d), with leaders that commit by counting copies alone."""

    def counting_copies(
        log: object, current_term: int, commit_index: int, match_indexes: tuple[int, ...]
    ) -> int:
        return max(commit_index, sorted(match_indexes)[len(match_indexes) // 2])

    rules = rules_with(advance_commit_index=counting_copies)
    cluster = Cluster(servers=5, seed=1, rules=rules, stop_at_violation=False)
    _elect(cluster, "S3")
    cluster.propose("x=1")
    cluster.run(ms=60)
    _elect(cluster, "S1")
    cluster.partition({"S1", "S2"}, {"S3", "S4", "S5"})
    cluster.propose("x=2")
    cluster.run(ms=14)
    cluster.crash("S1")
    _elect(cluster, "S5")
    cluster.heal()
    cluster.partition("S5")
    cluster.propose("x=3")
    cluster.run(ms=2)
    cluster.crash("S5")
    cluster.heal()
    cluster.partition("S4", "S5")
    cluster.restart("S1")
    _elect(cluster, "S1")
    _elect(cluster, "S1", ms=40)
    cluster.partition("S1")
    cluster.propose("x=4")
    cluster.run(ms=2)
    cluster.crash("S1")
    cluster.restart("S5")
    cluster.heal()
    _elect(cluster, "S5")
    _elect(cluster, "S5", ms=60)
    return cluster


def _elect(cluster: Cluster, server: str, ms: float = 14) -> None:
    """Let a server's election timer run out, and wait for the votes."""
    cluster.do(Timeout(server))
    cluster.run(ms=ms)


STORIES = (
    Story(
        "partition",
        "An election, and a partition that heals",
        "Five servers elect S4. A cut leaves it with one other server; the majority moves on "
        "without it, and when the network heals, S4 steps down.",
        a_partition,
        155,
    ),
    Story(
        "two_leaders",
        "Two leaders of one term",
        "S1 and S3 ask for votes in the same instant, and S2 says yes to both. Which rule is "
        "missing?",
        two_leaders,
        0,
    ),
    Story(
        "forgotten_vote",
        "A vote that was forgotten",
        "S2 gives its vote away, crashes before it is on disk, and gives it away again.",
        a_forgotten_vote,
        0,
    ),
    Story(
        "figure_8",
        "Figure 8: on a majority, and lost all the same",
        "A leader counts copies of an old entry and calls it committed. Then another server, "
        "elected by the rules, writes over it.",
        figure_8,
        75,
    ),
)
