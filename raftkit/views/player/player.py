"""`Player`: the live cluster in the notebook, a widget; `play` makes one.

The browser owns the clock and draws; here its messages are answered, under a lock,
because a notebook lets widgets speak while cells run, from another thread. It
does not draw, and knows Raft only through the futures it shows.
"""

import inspect
import json
from collections.abc import Callable
from itertools import count
from pathlib import Path
from threading import RLock
from typing import Any, ClassVar

import anywidget
import traitlets

from raftkit.checkers import Cluster
from raftkit.protocol import Rules, Settings
from raftkit.protocol.json_form import check_form, from_json
from raftkit.simulator import Action, History
from raftkit.views.palette import NO_TERM, TERM_COLOURS
from raftkit.views.picture import Picture
from raftkit.views.player.futures import Futures, Json, PlaybackOnly
from raftkit.views.player.offline import page
from raftkit.views.player.recipe import recipe
from raftkit.views.player.scenes import SCENES, Scene
from raftkit.views.player.timeline import WINDOW
from raftkit.views.space_time import space_time

STATIC = Path(__file__).parent / "static"
# One module for the browser, written in parts: a widget's code cannot import files of its own.
PARTS = ("reel", "geometry", "stage", "tables", "clock", "view", "render")
MODULE = "\n".join((STATIC / f"{part}.js").read_text(encoding="utf-8") for part in PARTS)
STYLE = (STATIC / "player.css").read_text(encoding="utf-8")

Positions = dict[str, tuple[float, float]]

_numbers = count(1)


def play(
    source: Cluster | History | None = None,
    *,
    title: str = "A Raft cluster",
    positions: Positions | None = None,
    scenes: tuple[Scene, ...] = SCENES,
    speed: float = 1 / 50,
    at_ms: float = 0,
) -> "Player":
    """A live, steerable picture of a cluster, or the recording of a history.

    Nothing is done to `source` itself: the player goes on from its past in futures of its own. At
    `speed` 1 a virtual second takes a second. `positions` places servers, each coordinate from 0
    to 1, as a networkx layout rescaled so does. Without a source, five servers start.

    >>> player = play(Cluster(servers=3, seed=7))
    >>> player
    A Raft cluster: S1, S2 and S3 from 0 ms to 0 ms; 0 messages, 0 lost.
    """
    cluster = Cluster(servers=5) if source is None else source
    return Player(
        cluster, title=title, positions=positions or {}, scenes=scenes, speed=speed, at_ms=at_ms
    )


class Player(anywidget.AnyWidget):
    """A widget, which stands in a box like any other.

    Its `time` (virtual milliseconds), `speed`, `playing` and `selected` can be observed and set.
    """

    _esm = MODULE
    _css = STYLE

    key = traitlets.Unicode().tag(sync=True)
    setup = traitlets.Dict().tag(sync=True)
    opening = traitlets.Dict().tag(sync=True, to_json=lambda value, widget: widget.opening_report())
    time = traitlets.Float(0.0, min=0.0).tag(sync=True)
    speed = traitlets.Float(1 / 50, min=1e-4, max=10).tag(sync=True)
    playing = traitlets.Bool(False).tag(sync=True)
    selected = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self,
        source: Cluster | History,
        *,
        title: str,
        positions: Positions,
        scenes: tuple[Scene, ...],
        speed: float,
        at_ms: float,
    ) -> None:
        self._lock = RLock()
        self._futures = Futures(source)
        self._scenes = scenes
        history = self._futures.now.timeline.history
        super().__init__(
            key=f"player-{next(_numbers)}",
            setup=_setup(history, title, positions, scenes),
            speed=speed,
            time=at_ms,
        )
        self.on_msg(self._hear)

    # What the browser says -------------------------------------------------------------

    def _hear(self, widget: Any, message: Any, buffers: Any) -> None:
        """Answer one message of the browser; whatever goes wrong is said there, never raised."""
        with self._lock:
            reply: Json = {"re": message.get("id")}
            try:
                reply |= self._answers[message["do"]](self, message)
            except (ValueError, PlaybackOnly) as error:
                reply["said"] = str(error)
            except Exception as error:
                # A rule of somebody's own may raise anything at all.
                reply["said"] = f"{type(error).__name__}: {error}"
            self.send(reply)

    def _window(self, message: Json) -> Json:
        """A part of the run, which goes on if need be."""
        number = message["number"]
        self._futures.window(number)
        return {"report": self._report([number], message["have"])}

    def _act(self, message: Json) -> Json:
        """Something done with the mouse or a key."""
        actions = [_action(form) for form in message["actions"]]
        return self._done(message, actions)

    def _scene(self, message: Json) -> Json:
        """A prepared scene: what it does depends on the cluster at that instant."""
        cluster = self._futures.at(message["at"])
        return self._done(message, list(self._scenes[message["scene"]].acts(cluster)))

    def _done(self, message: Json, actions: list[Action]) -> Json:
        """Do something at an instant, and show what comes of it."""
        if not actions:
            return {"said": "There is nobody to do that to now."}
        self._futures.act(message["at"], actions, message["seen"])
        number = message["at"] // WINDOW
        self._futures.window(number)
        return {"report": self._report([number], message["have"], fresh=True), "said": ""}

    def _watch(self, message: Json) -> Json:
        """Another future."""
        self._futures.watch(message["future"])
        number = message["at"] // WINDOW
        self._futures.window(number)
        return {"report": self._report([number], message["have"], fresh=True), "said": ""}

    def _rule(self, message: Json) -> Json:
        """The source of a rule, for whoever clicks on its name."""
        function = getattr(Rules(), message["name"], None)
        if function is None:
            raise ValueError(f"there is no rule {message['name']!r}")
        return {"text": inspect.getsource(function)}

    def _python(self, message: Json) -> Json:
        """The lines that make the run again."""
        return {"text": recipe(self.history, message["at"])}

    _answers: ClassVar[dict[str, Callable[["Player", Json], Json]]] = {
        "window": _window,
        "act": _act,
        "scene": _scene,
        "watch": _watch,
        "rule": _rule,
        "python": _python,
    }

    def _report(self, numbers: list[int], have: Json, fresh: bool = False) -> Json:
        """The state of things for the browser, with some windows; only such marks as it lacks."""
        future, timeline = self._futures.now, self._futures.now.timeline
        known = have["marks"] if have.get("future") == future.id and not fresh else 0
        windows = [timeline.window(number) for number in numbers]
        return {
            "future": future.id,
            "fresh": fresh,
            "futures": [each.to_json() for each in self._futures.all],
            "end": future.end,
            "live": self._futures.is_live,
            "marksFrom": known,
            "marks": timeline.marks[known:],
            "violations": timeline.violations,
            "windows": [window for window in windows if window is not None],
        }

    def opening_report(self) -> Json:
        """What a view needs to begin: the windows around the present instant."""
        with self._lock:
            number = int(self.time * 1_000) // WINDOW
            self._futures.window(number)
            return self._report([number - 1, number, number + 1], {"marks": 0}, fresh=True)

    # What Python says ------------------------------------------------------------------

    @property
    def cluster(self) -> Cluster:
        """A copy of the cluster at the instant that is shown. Raises `PlaybackOnly` without one."""
        with self._lock:
            return self._futures.at(int(self.time * 1_000))

    @property
    def history(self) -> History:
        """The future that is watched, as far as it has been run."""
        return self._futures.now.timeline.history

    def act(self, *actions: Action, at_ms: float | None = None) -> None:
        """Do something at an instant (the one that is shown), as a click would.

        Raises ValueError for what the cluster refuses.
        """
        with self._lock:
            at = int((self.time if at_ms is None else at_ms) * 1_000)
            self._futures.act(at, actions, seen=at)
            self.send_state("opening")

    def program(self) -> str:
        """The lines of Python that make this future again, up to the instant that is shown."""
        with self._lock:
            return recipe(self.history, int(self.time * 1_000))

    def snapshot(self) -> Picture:
        """A still picture, a space-time diagram up to the instant that is shown."""
        with self._lock:
            until = int(self.time * 1_000)
            history = self.history
            records = [record for record in history.records if record.time <= until]
            shown = History(history.setup, history.inputs, records, end=min(until, history.end))
            broken = next((each for each in history.violations if each.time <= until), None)
            return space_time(shown, title=self.setup["title"], violation=broken)

    def save_html(self, path: str | Path, until_ms: float | None = None) -> None:
        """Write one file that plays the watched future without Python and without a network.

        Up to `until_ms`, or as far as it has been run. Raises OSError if that cannot be written.
        """
        with self._lock:
            end = self._futures.now.end if until_ms is None else int(until_ms * 1_000)
            numbers = list(range(end // WINDOW + 1))
            for number in numbers:
                self._futures.window(number)
            report = self._report(numbers, {"marks": 0}, fresh=True) | {"live": False, "end": end}
            text = page(MODULE, STYLE, dict(self.setup), report, self.speed, self.snapshot())
        Path(path).write_text(text, encoding="utf-8", newline="\n")

    def __repr__(self) -> str:
        """What a text shows of it: no address, so that it is the same each time."""
        return self.snapshot().alt

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """The widget, and a picture with words wherever no widget can be shown."""
        bundle = super()._repr_mimebundle_(**options)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        picture = self.snapshot()
        shown = dict(data or {}) | {"text/plain": picture.alt, "text/html": picture.to_html()}
        return shown, metadata


def _action(form: Json) -> Any:
    """The act in a message. Raises ValueError for anything else."""
    action = check_form(from_json(form))
    if not isinstance(action, Action):
        raise ValueError(f"{json.dumps(form)[:80]} is nothing to do to a cluster")
    return action


def _setup(
    history: History,
    title: str,
    positions: Positions,
    scenes: tuple[Scene, ...],
) -> Json:
    """What stays the same for as long as a player lives."""
    setup = history.setup
    settings = from_json(setup["settings"]) if "settings" in setup else Settings()
    return {
        "title": title,
        "servers": list(setup.get("servers", ())),
        "clients": list(setup.get("clients", ())),
        "edges": [[a, b] for a, b, _ in setup.get("edges", ())],
        "positions": {name: list(at) for name, at in positions.items()},
        "timeout": [settings.election_timeout_min, settings.election_timeout_max],
        "colours": list(TERM_COLOURS),
        "noTerm": NO_TERM,
        "scenes": [{"title": scene.title, "narration": scene.narration} for scene in scenes],
    }
