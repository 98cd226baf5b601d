"""How the state of a server looks in pictures."""

import pytest

from raftkit.protocol import Log, Standing
from raftkit.protocol.look import Look, Outline
from raftkit.protocol.server_state import ServerState


@pytest.mark.parametrize(
    ("role", "label", "outline"),
    [("follower", "F 3", "thin"), ("candidate", "C 3", "double"), ("leader", "L 3", "thick")],
)
def test_a_role_has_a_letter_and_an_outline(role: str, label: str, outline: Outline) -> None:
    log = Log.of_terms(1, 3)
    standing = Standing(role, 3, "S1")  # type: ignore[arg-type]

    assert ServerState(standing, log, 1, 0, None, ()).look() == Look(role, 3, label, outline, log)
