"""Windows on the wire: small, and in the browser again what they were."""

import json
import subprocess
from pathlib import Path

import pytest

from raftkit import Cluster
from raftkit.checkers import draw_long_trial, run_trial
from raftkit.views.player import packing
from raftkit.views.player.packing import packed
from raftkit.views.player.timeline import WINDOW, Timeline

STATIC = Path(packing.__file__).parent / "static"
OPEN = """
const { unpacked, inWords } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
const windows = JSON.parse(await new Response(process.stdin).text()).map(unpacked);
for (const { flights, events } of windows) {
  for (const flight of flights) flight[8] = inWords(flight[8]);
  for (const event of events) event[2] = inWords(event[2]);
}
console.log(JSON.stringify(windows));
"""


@pytest.fixture
def in_the_browser(tool):
    """What a browser makes of packed windows."""
    node = tool("node", "install Node 20 or newer, for example apt-get install nodejs")
    code = json.dumps((STATIC / "packing.js").read_text(encoding="utf-8"))
    script = f"const code = {code};{OPEN}"

    def opened(windows):
        done = subprocess.run(
            [node, "--input-type=module", "-e", script],
            input=json.dumps(windows),
            capture_output=True,
            text=True,
            check=True,
        )
        return json.loads(done.stdout)

    return opened


def windows_of(history):
    timeline = Timeline(history)
    return [timeline.window(number) for number in range(history.end // WINDOW + 1)]


def as_json(window):
    """A window as JSON has it: a tuple is a list; flights in the order in which they leave."""
    told = json.loads(json.dumps(window))
    told["flights"].sort(key=lambda flight: flight[3])
    return told


@pytest.mark.parametrize("seed", [5, 11])
def test_a_stormy_run_comes_out_as_it_went_in(in_the_browser, seed):
    windows = windows_of(run_trial(draw_long_trial(seed, ms=7_000)).history)

    opened = in_the_browser([packed(window) for window in windows])

    for came, went in zip(opened, map(as_json, windows), strict=True):
        assert {name: came[name] for name in went} == went


def test_commands_with_numbers_and_signs_come_out_as_they_went_in(in_the_browser):
    cluster = Cluster(servers=3, seed=7)
    cluster.run(ms=300)
    for command in ("x=#1", "y=007", "z=12345678901234", "w=-5", "π=3.14", "", 'q="\\'):
        cluster.propose(command)
        cluster.run(ms=20)
    (window,) = windows_of(cluster.history)

    (opened,) = in_the_browser([packed(window)])

    went = as_json(window)
    assert {name: opened[name] for name in went} == went


def test_what_repeats_is_told_once():
    cluster = Cluster(servers=5, seed=7)
    cluster.run(ms=6_000)
    window = windows_of(cluster.history)[1]

    plain, small = (len(json.dumps(form)) for form in (window, packed(window)))

    assert plain > 80_000
    assert small < 18_000
