"""`Player`: the widget that shows a live cluster in the notebook; `play` (playing.py) makes one.

The browser owns the clock and draws. This class answers its messages, under a lock, because a
notebook may deliver them from another thread while a cell runs. It does not draw, and knows
Raft only through the futures that it shows.
"""

import inspect
import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import count
from pathlib import Path
from threading import RLock
from typing import Any, ClassVar

import anywidget
import traitlets

from raftkit.checkers.shrinker import schedule_of
from raftkit.protocol import Rules
from raftkit.protocol.json_form import check_form, from_json
from raftkit.simulator import Action, History, System
from raftkit.views.picture import FOLLOW_JUPYTER, Picture
from raftkit.views.player.browser_setup import Positions, setup_of
from raftkit.views.player.futures import Future, Futures, Json, PlaybackOnly
from raftkit.views.player.history_parts import history_until, latest_of
from raftkit.views.player.moment import moment_text, run_text
from raftkit.views.player.offline import page
from raftkit.views.player.packing import packed
from raftkit.views.player.played_system import rules_and_servers_of
from raftkit.views.player.program_lines import program_by_hand, program_of
from raftkit.views.player.saved_futures import saved
from raftkit.views.player.scenes import Scene
from raftkit.views.player.timeline import WINDOW
from raftkit.views.player.told_scene import ToldScene
from raftkit.views.space_time import space_time

STATIC = Path(__file__).parent / "static"
# One module made from several files, because a widget's code cannot import other files.
PARTS = (
    "packing",
    "timeline",
    "geometry",
    "flights",
    "cluster_diagram",
    "tables",
    "scene_list",
    "story_panel",
    "overlay",
    "actions",
    "network_sliders",
    "moment",
    "clock",
    "view",
    "render",
)
MODULE = "\n".join((STATIC / f"{part}.js").read_text(encoding="utf-8") for part in PARTS)
STYLE = (STATIC / "player.css").read_text(encoding="utf-8")

_numbers = count(1)


class Player(anywidget.AnyWidget):
    """A widget that plays a system or a history.

    Its `time` (virtual milliseconds), `speed`, `playing` and `selected` can be observed and set.
    So other widgets can control it, for example `interact(lambda ms: player.set_trait("time", ms),
    ms=(0.0, 2_000.0))`.
    """

    _esm = MODULE
    _css = STYLE

    key = traitlets.Unicode().tag(sync=True)
    setup = traitlets.Dict().tag(sync=True)
    opening = traitlets.Dict().tag(sync=True, to_json=lambda value, widget: widget.opening_report())
    time = traitlets.Float(0.0, min=0.0).tag(sync=True)
    speed = traitlets.Float(1 / 100, min=1e-4, max=60).tag(sync=True)
    playing = traitlets.Bool(False).tag(sync=True)
    selected = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self,
        futures: Futures,
        *,
        title: str,
        positions: Positions,
        scenes: tuple[Scene, ...],
        speed: float,
        at_ms: float,
        still: bool,
        told: ToldScene | None = None,
    ) -> None:
        self._lock = RLock()
        self._futures = futures
        self._scenes = scenes
        self._told = told
        history = self._futures.now.timeline.history
        super().__init__(
            key=f"player-{next(_numbers)}",
            setup=setup_of(history, title, positions, scenes)
            | {"still": still, "story": told.to_json() if told else None},
            speed=speed,
            time=at_ms,
        )
        self.on_msg(self._answer_message)

    # Messages of the browser ------------------------------------------------------------

    def _answer_message(self, widget: Any, message: Any, buffers: Any) -> None:
        """Answer one message of the browser; an error becomes a text in the reply."""
        with self._lock:
            reply: Json = {"re": message.get("id")}
            try:
                reply |= self._answers[message["do"]](self, message)
            except (ValueError, PlaybackOnly) as error:
                reply["status"] = str(error)
            except Exception as error:
                # A student's rule may raise any exception.
                reply["status"] = f"{type(error).__name__}: {error}"
            self.send(reply)

    def _window(self, message: Json) -> Json:
        """The reply to a request for windows in a row; the run goes on if it has to."""
        first, count = message["number"], message.get("count", 1)
        return {"report": self.windows(first, count, message["have"])}

    def _act(self, message: Json) -> Json:
        """The reply to an action with the mouse or a key."""
        actions = [_action(form) for form in message["actions"]]
        future = self._futures.act(message["at"], actions, message["watched_until"])
        # By hand an action is done a little later than the instant that is shown.
        done = future.timeline.history.inputs[-1].now
        return self._other_future(message, done) | {"done": done}

    def _scene(self, message: Json) -> Json:
        """The reply to a request for a scene."""
        scene = self._scenes[message["scene"]]
        times: list[int] = []
        self._futures.run_story(
            message["at"],
            lambda cluster: times.extend(scene.tell(cluster)),
            message["watched_until"],
            scene.title,
        )
        return self._other_future(message) | {"times": times}

    def _watch(self, message: Json) -> Json:
        """The reply to a request for another future."""
        self._futures.watch(message["future"])
        return self._other_future(message)

    def _other_future(self, message: Json, until: int = 0) -> Json:
        """A reply with the windows of the future that is watched now."""
        numbers = sorted({message["at"] // WINDOW, max(message["at"], until) // WINDOW})
        self._futures.window(numbers[-1])
        return {"report": self._report(numbers, message["have"], fresh=True), "status": ""}

    def _rule(self, message: Json) -> Json:
        """The reply to a click on a rule's name: its source."""
        function = getattr(Rules(), message["name"], None)
        if function is None:
            raise ValueError(f"there is no rule {message['name']!r}")
        return {"text": inspect.getsource(function)}

    def _python(self, message: Json) -> Json:
        """The reply with lines of Python that repeat the run."""
        return {"text": self._program(message["at"], message.get("by_hand", False))}

    def _share(self, message: Json) -> Json:
        """The reply with the run of this future, from which the browser makes a text to share."""
        return {"run": run_text(self.history)}

    _answers: ClassVar[dict[str, Callable[["Player", Json], Json]]] = {
        "window": _window,
        "act": _act,
        "scene": _scene,
        "watch": _watch,
        "rule": _rule,
        "python": _python,
        "share": _share,
    }

    def _report(self, numbers: Iterable[int], have: Json, fresh: bool = False) -> Json:
        """The state of the player for the browser, with some windows, and the marks it lacks."""
        future = self._futures.now
        known = have["marks"] if have.get("future") == future.id and not fresh else 0
        windows = [future.timeline.window(number) for number in numbers]
        return self._report_of(future, known) | {
            "fresh": fresh,
            "windows": [packed(window) for window in windows if window is not None],
        }

    def _report_of(self, future: Future, known: int = 0) -> Json:
        """The state of a future for the browser, with the marks after the `known` ones."""
        return {
            "future": future.id,
            "fresh": True,
            "futures": [each.to_json() for each in self._futures.all],
            "end": future.end,
            "live": self._futures.is_live,
            "byHand": future.is_by_hand,
            "marksFrom": known,
            "marks": future.timeline.marks[known:],
            "violations": future.timeline.violations,
            "windows": [],
        }

    def windows(self, first: int, count: int = 1, have: Json | None = None) -> Json:
        """The report with windows in a row; the run goes on to the end of the last one."""
        with self._lock:
            self._futures.window(first + count - 1)
            return self._report(range(first, first + count), have or {"marks": 0})

    def opening_report(self) -> Json:
        """The report for a new view, with the windows around the instant that is shown."""
        with self._lock:
            number = int(self.time * 1_000) // WINDOW
            self._futures.window(number)
            return self._report([number - 1, number, number + 1], {"marks": 0}, fresh=True)

    # The interface in Python ------------------------------------------------------------

    @property
    def cluster(self) -> System:
        """A copy of the system at the shown instant. Raises `PlaybackOnly` if there is none."""
        with self._lock:
            return self._futures.at(int(self.time * 1_000))

    @property
    def history(self) -> History:
        """The history of the watched future, as far as it has run."""
        return self._futures.now.timeline.history

    def act(self, *actions: Action, at_ms: float | None = None) -> None:
        """Do actions at an instant (by default the shown one), as a click does.

        Raises ValueError for an action that the cluster refuses.
        """
        with self._lock:
            at = int((self.time if at_ms is None else at_ms) * 1_000)
            future = self._futures.act(at, actions, watched_until=at)
            self.time = max(self.time, future.timeline.history.inputs[-1].now / 1_000)
            self.send_state("opening")

    def program(self, by_hand: bool = False) -> str:
        """The lines of Python that repeat this future up to the shown instant.

        With `by_hand` they are the body of a function that returns `schedule()`.
        """
        with self._lock:
            return self._program(int(self.time * 1_000), by_hand)

    def schedule(self) -> tuple[Any, ...]:
        """This future up to the shown instant as actions by hand, an answer to notebook 06.

        A run by hand gives its own actions. For any other run they repeat what happened to the
        servers, so that lost messages do not arrive. Raises `PlaybackOnly` if no cluster can repeat
        it.
        """
        with self._lock:
            return self._schedule(int(self.time * 1_000))

    def _program(self, time: int, by_hand: bool) -> str:
        if "settings" not in self.history.setup:
            raise PlaybackOnly("only a Raft cluster can be told in lines of Python")
        return program_by_hand(self._schedule(time)) if by_hand else program_of(self.history, time)

    def _schedule(self, time: int) -> tuple[Any, ...]:
        return schedule_of(
            history_until(self.history, time), **rules_and_servers_of(self._futures.at(0))
        )

    def share(self) -> str:
        """The shown instant as a text: whoever gives it to `play` stands there, and can go on.

        Raises `PlaybackOnly` for a run with rules or servers of its own, which no text holds.
        """
        with self._lock:
            return moment_text(run_text(self.history), int(self.time * 1_000))

    def snapshot(self) -> Picture:
        """A space-time diagram up to the shown instant; of a long run its latest part."""
        with self._lock:
            until = int(self.time * 1_000)
            self._futures.window(until // WINDOW)
            shown, first_ms, broken = latest_of(history_until(self.history, until))
            title = self.setup["title"]
            return space_time(shown, first_ms, violation=broken, title=title)

    def save_html(self, path: str | Path, until_ms: float | None = None) -> None:
        """Write one HTML file that plays without Python or a network, with all futures.

        They go up to `until_ms`, or as far as they have run. If the file would become too large,
        it lacks some futures that are not watched, and says which. Raises OSError if the file
        cannot be written.
        """
        with self._lock:
            futures, watched = self._futures.all, self._futures.now
            if until_ms is not None:
                self._futures.window(int(until_ms * 1_000) // WINDOW)
            until = max(each.end for each in futures) if until_ms is None else int(until_ms * 1_000)
            kept = saved(futures, watched, until)
            reports = {
                future.id: self._report_of(future)
                | {"futures": kept.to_json(), "live": False, "end": min(until, future.end)}
                for future in kept.kept
            }
            setup = dict(self.setup)
            with suppress(ValueError, PlaybackOnly):
                setup |= {"run": run_text(self.history)}
            state = {"setup": setup, "time": self.time, "speed": self.speed}
            shown = self._without_scripts()[1]
            text = page(MODULE, STYLE, state, reports, watched.id, kept, shown)
        Path(path).write_text(text, encoding="utf-8", newline="\n")

    def __repr__(self) -> str:
        """A summary in words, which is the same each time, unlike a default `repr`."""
        return self._without_scripts()[0]

    def _without_scripts(self) -> tuple[str, str]:
        """What is shown where no script runs: words, and HTML with a picture, or all of a story."""
        if self._told is not None:
            return self._told.text, self._told.to_html(self.history)
        picture = self.snapshot()
        return picture.alt, picture.to_html()

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """The widget, and a picture with words for places that cannot show widgets."""
        bundle = super()._repr_mimebundle_(**options)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        words, html = self._without_scripts()
        shown = dict(data or {}) | {"text/plain": words, "text/html": FOLLOW_JUPYTER + html}
        return shown, metadata


def _action(form: Json) -> Any:
    """The action in a message. Raises ValueError if there is none."""
    action = check_form(from_json(form))
    if not isinstance(action, Action):
        raise ValueError(f"{json.dumps(form)[:80]} is nothing to do to a cluster")
    return action
