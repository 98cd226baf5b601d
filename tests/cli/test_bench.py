"""`raftkit bench`: its tables, and what is said where the browser's cannot be measured."""

import json

import pytest

from raftkit.extras import how_to_install

FIGURES = [
    {"name": "frames", "value": 58.5, "unit": "frames/s", "ratio": 0.975,
     "ratio_to": "the aim of 60 frames/s"},
]  # fmt: skip


@pytest.fixture
def measured(monkeypatch):
    """A machine that has everything, and measures what stands above."""
    monkeypatch.setattr("raftkit.bench.browser.missing", lambda *packages: None)
    monkeypatch.setattr("raftkit.site.missing", lambda: None)
    monkeypatch.setattr("raftkit.bench.browser.run_site_bench", lambda progress: FIGURES)
    monkeypatch.setattr("raftkit.bench.browser.run_browser_bench", lambda progress: FIGURES)
    monkeypatch.setattr("raftkit.bench.run_bench", lambda only, progress: FIGURES)


@pytest.mark.parametrize("options", [[], ["--browser"], ["--site"]])
def test_a_table_has_a_line_for_each_figure(raftkit, measured, options):
    done = raftkit("bench", *options)

    assert done.exit_code == 0
    assert done.output.split() == [
        "frames",
        "58.5",
        "frames/s",
        "0.975",
        "x",
        "the",
        "aim",
        "of",
        "60",
        "frames/s",
    ]


@pytest.mark.parametrize("options", [[], ["--browser"], ["--site"]])
def test_a_program_gets_the_figures_as_they_are(raftkit, measured, options):
    done = raftkit("bench", "--json", *options)

    assert json.loads(done.output) == {"figures": FIGURES}


@pytest.mark.parametrize("option", ["--browser", "--site"])
def test_no_playwright_is_one_line_and_exit_status_2(option, raftkit, monkeypatch):
    monkeypatch.setattr("raftkit.bench.browser.find_spec", lambda name: None)

    done = raftkit("bench", option)

    assert (done.exit_code, done.stdout) == (2, "")
    advice = f"playwright is not installed: {how_to_install('test')}"
    assert done.stderr == f"raftkit: {advice}\n"


def test_no_chromium_is_one_line_and_exit_status_2(raftkit, monkeypatch):
    monkeypatch.setattr("raftkit.bench.browser.find_spec", lambda name: object())
    monkeypatch.setattr("shutil.which", lambda name: None)

    done = raftkit("bench", "--browser")

    assert (done.exit_code, done.stdout) == (2, "")
    assert "apt-get install chromium" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("options", "advice"),
    [
        (["--only", "warp"], 'no figure has "warp" in its name'),
        (["--only", "floor", "--browser"], "--only is for the figures without a browser"),
        (["--only", "floor", "--site"], "--only is for the figures without a browser"),
    ],
)
def test_an_unknown_figure_is_one_line_and_exit_status_2(raftkit, options, advice):
    done = raftkit("bench", *options)

    assert (done.exit_code, done.stdout) == (2, "")
    assert advice in done.stderr
    assert done.stderr.count("\n") == 1


def test_what_does_not_start_is_one_line_without_its_log(raftkit, measured, monkeypatch):
    def fails(progress):
        raise RuntimeError("JupyterLab did not start:\nline\nand line")

    monkeypatch.setattr("raftkit.bench.browser.run_browser_bench", fails)

    done = raftkit("bench", "--browser")

    assert (done.exit_code, done.stderr) == (2, "raftkit: JupyterLab did not start\n")
