"""Stage C: what a server must store, and when it may say so (Figure 2, State).

Its last cases are MIT's lab 3C without the two churns.
"""

from raftkit.course.chapters.capstone.cases.lone_servers import lone
from raftkit.course.checking.server_stages import ScenarioTest, ServerCase, ServerStage
from raftkit.scenarios.small_world.complaint import KEEPING, RESTARTING, WRITING_FIRST

CRASHES = ServerStage(
    "C",
    (
        lone("term, vote and log survive a restart", 2, KEEPING),
        lone("what a message promises is written first", 2, WRITING_FIRST, ("OwnDiskLast",)),
        lone(
            "a restart follows, and applies from the beginning",
            1,
            RESTARTING,
            ("AnsweredIsDurable",),
        ),
        # MIT's two churns are left out: they would be half of all events here, and the grading
        # sends each event through a pipe. The fuzzer's clients find the same mistakes.
        ServerCase(
            "clusters crash and carry on (MIT 3C)",
            2,
            ScenarioTest(("Persist1", "Persist2", "Persist3", "Figure8")),
        ),
        ServerCase(
            "so they do on an unreliable network (MIT 3C)",
            1,
            ScenarioTest(("UnreliableAgree", "Figure8Unreliable")),
        ),
    ),
)
