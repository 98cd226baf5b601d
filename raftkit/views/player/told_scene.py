"""`ToldScene`: a scene that has happened in a history, with the instants of its questions.

It owns the scene's form without a player: the chapters one below the other, each with a picture.
"""

from dataclasses import dataclass
from typing import Any

from raftkit.simulator import History
from raftkit.views.player.scenes import Scene
from raftkit.views.space_time import space_time
from raftkit.views.svg import escaped

Json = dict[str, Any]


@dataclass(frozen=True)
class ToldScene:
    """A scene, and the instants (microseconds) at which its chapters begin, and its end."""

    scene: Scene
    times: tuple[int, ...]

    def to_json(self) -> Json:
        """The scene for the browser."""
        return self.scene.to_json() | {"times": list(self.times)}

    @property
    def text(self) -> str:
        """All chapters in words."""
        chapters = (
            f"{number}. {chapter.question} {chapter.told}"
            for number, chapter in enumerate(self.scene.chapters, 1)
        )
        return " ".join([self.scene.title, *chapters])

    def to_html(self, history: History) -> str:
        """All chapters, each with its question, its answer, and a picture of what happens."""
        parts = [f"<h4>{escaped(self.scene.title)}</h4>"]
        for number, chapter in enumerate(self.scene.chapters):
            first, last = (time / 1_000 for time in self.times[number : number + 2])
            picture = space_time(history, first, last, title=chapter.question)
            parts += [
                f"<p><strong>{number + 1}. {escaped(chapter.question)}</strong></p>",
                picture.to_html(),
                f"<p>{escaped(chapter.told)}</p>",
            ]
        return "\n".join(parts)
