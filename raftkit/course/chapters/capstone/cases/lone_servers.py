"""`lone`: a case about a rule that a server can break alone.

It asks the lone server's small world (raftkit.scenarios.small_world) first, and then the scenarios
that take several servers.
"""

from raftkit.course.checking.lone_server_test import LoneServerTest
from raftkit.course.checking.server_stages import AllOf, ScenarioTest, ServerCase


def lone(name: str, points: int, rule: str, origins: tuple[str, ...] = ()) -> ServerCase:
    """A case about a rule of a lone server, with the scenarios about the same among several."""
    asked = LoneServerTest(rule)
    return ServerCase(name, points, AllOf((asked, ScenarioTest(origins))) if origins else asked)
