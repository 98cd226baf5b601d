"""The course with no install: built twice, and done in a browser that can reach nothing else.

Two notebooks are opened, once for all tests, because a Python that starts takes a while: so the
tests of one go on from each other. What may keep the kernel busy comes last.
"""

import json
import os
import re
import subprocess
import sys

import pytest

from raftkit.bench.browser.chromium import HEIGHT, WIDTH
from raftkit.bench.browser.site import once_loaded, open_in_site, served, visit
from raftkit.course import NOTEBOOKS, exercises_of

LESSON = "notebooks/00_start_here.ipynb"
EXERCISE = "exercises/02_voting.ipynb"
PAGES = ["", *(f"read/{notebook.name}.html" for notebook in NOTEBOOKS)]
ANSWER = """\
def has_majority(granted, refused, servers):
    return granted > servers // 2"""
ENDLESS = """\
def is_up_to_date(last_log_term, last_log_index, own_last_log_term, own_last_log_index):
    while True:
        pass"""


@pytest.fixture(scope="module")
def built(tool, missing, repository, tmp_path_factory):
    """Two sites of the same kit, built at the same time by processes that hash differently."""
    tool("npm", "install Node 20 or newer with npm, for example apt-get install npm")
    places = [tmp_path_factory.mktemp("sites") / name for name in ("one", "other")]
    command = [sys.executable, "-m", "raftkit", "site"]
    environment = os.environ | {"PYTHONPATH": str(repository)}
    # What both are made of is fetched by the first, should it not be there yet.
    code = "from raftkit.site import downloads; downloads.wheels(); downloads.runtime()"
    fetched = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True)
    if fetched.returncode:
        missing(fetched.stderr.decode(errors="replace").splitlines()[-1])
    running = [
        subprocess.Popen(
            [*command, place],
            env=environment | {"PYTHONHASHSEED": seed},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for place, seed in zip(places, "12", strict=True)
    ]
    for each in running:
        said, complaints = each.communicate(timeout=300)
        assert (each.returncode, complaints) == (0, ""), complaints
        assert "-m http.server" in said
    return places


@pytest.fixture(scope="module")
def site(built):
    """The first of them, served below a path."""
    with served(built[0]) as site:
        yield site


@pytest.fixture(scope="module")
def opened(browser, site):
    """The lesson and the exercise, for a visitor each; both are loaded at the same time."""
    visits = [visit(browser, site, viewport={"width": WIDTH, "height": HEIGHT}) for _ in range(2)]
    pages = [context.new_page() for context in visits]
    paths = (LESSON, EXERCISE)
    notebooks = [open_in_site(page, site, path) for page, path in zip(pages, paths, strict=True)]
    for notebook in notebooks:
        notebook.wait_for_python()
    yield notebooks
    for context in visits:
        context.close()


@pytest.fixture
def reader(opened):
    """Who reads the lesson."""
    return opened[0]


@pytest.fixture
def student(opened):
    """Who does the exercise."""
    return opened[1]


def contents(folder):
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def errors(notebook):
    cells = notebook.cells()
    return [
        output["ename"]
        for cell in cells
        for output in cell.get("outputs", [])
        if output["output_type"] == "error"
    ]


def test_the_same_kit_gives_the_same_bytes(built):
    one, other = map(contents, built)

    assert one.keys() == other.keys()
    assert [name for name in one if one[name] != other[name]] == []


def test_no_file_names_another_machine_to_load_from(built):
    pages = [*built[0].glob("*.html"), *built[0].glob("read/*.html"), *built[0].glob("*.css")]
    loads = re.compile(r"""(?:src|action)=["']https?://|url\(["']?https?://|<link[^>]+https?://""")

    assert len(pages) > len(NOTEBOOKS)
    assert [page.name for page in pages if loads.search(page.read_text("utf-8"))] == []


def test_the_lab_shows_stored_outputs_as_they_are(built):
    """JupyterLab in a browser puts a comma between the lines of a text that is kept as a list."""
    notebooks = sorted(built[0].glob("files/*/*.ipynb"))

    assert len(notebooks) == 8
    for path in notebooks:
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            shown = [cell, *cell.get("outputs", [])]
            texts = [text for each in shown for text in each.get("data", {}).values()]
            texts += [each[key] for each in shown for key in ("source", "text") if key in each]
            assert {*map(type, texts)} <= {str, dict}, path


@pytest.mark.parametrize("script", [True, False])
def test_the_pages_are_read_on_a_phone_with_and_without_scripts(script, browser, site):
    phone = visit(browser, site, viewport={"width": 390, "height": 844}, java_script_enabled=script)
    page = phone.new_page()
    for path in PAGES:
        page.goto(site.address(path))
        assert page.locator("h1").count() == 1
        pictures = page.locator("img")
        assert pictures.count() >= 2
        if script:
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            broken = "[...document.images].filter((image) => !image.naturalWidth).length"
            assert page.evaluate(broken) == 0
    phone.close()


def test_the_front_page_leads_to_the_whole_course(browser, site):
    visitor = visit(browser, site)
    page = visitor.new_page()
    page.goto(site.address())
    rows = page.locator("#course tbody tr")
    texts = rows.all_inner_texts()

    assert len(texts) == len(NOTEBOOKS) + 1
    for notebook, text in zip(NOTEBOOKS, texts[1:], strict=True):
        exercises = exercises_of(notebook.name)
        said = [notebook.title, notebook.sees, notebook.writes, notebook.section]
        numbers = (sum(each.minutes for each in exercises), sum(each.points for each in exercises))
        assert [part for part in (*said, *map(str, numbers)) if part not in text] == []
    links = [link.get_attribute("href") for link in page.locator("a[href]").all()]
    files = {link.split("?")[0].split("#")[0] for link in links if not link.startswith("http")}
    assert len(files) > 12
    assert [name for name in files if name and not (site.folder / name).is_file()] == []
    opened = {link.split("?path=")[1] for link in links if "?path=" in link}
    assert opened == {LESSON, *(f"exercises/{notebook.name}.ipynb" for notebook in NOTEBOOKS)}
    assert [path for path in opened if not (site.folder / "files" / path).is_file()] == []
    visitor.close()


def test_a_story_plays_by_itself(browser, site):
    visitor = visit(browser, site)
    page = visitor.new_page()
    page.goto(site.address("stories/figure_8.html"))
    player = page.locator(".rk-player")
    before = int(player.get_attribute("data-time"))

    page.get_by_role("button", name="Play").click()

    page.wait_for_function(
        "(before) => Number(document.querySelector('.rk-player').dataset.time) > before",
        arg=before,
    )
    visitor.close()


def test_the_lesson_runs_and_its_cluster_plays(reader):
    reader.run_all()

    assert errors(reader) == []
    assert "'S4'" in reader.shown("first-run")
    assert "2 of 6 points" in reader.shown("try-a-check")
    reader.show("play")
    player = reader.page.locator(".rk-player").first
    player.wait_for()
    reader.page.wait_for_function(
        "() => Number(document.querySelector('.rk-player').dataset.time) > 20000"
    )


def test_the_exercise_runs_before_anything_is_written(student):
    student.run_all()

    assert errors(student) == []
    assert "Not started yet" in student.shown("check-2-1")


def test_an_answer_is_written_and_checked(student):
    student.write("ex-2-1", ANSWER)
    student.run("ex-2-1")

    assert "6 of 6 points" in student.run("check-2-1")
    assert "6 of 47 points" in student.run("progress")


def test_what_was_written_is_handed_in_as_a_notebook(student, tmp_path, repository):
    handed_in = tmp_path / "submitted" / "alice" / "02_voting" / "02_voting.ipynb"
    with student.page.expect_download() as download:
        student.command("docmanager:download", {})
    download.value.save_as(handed_in)
    grading = [sys.executable, "-m", "raftkit", "grade", tmp_path / "submitted"]
    environment = os.environ | {"PYTHONPATH": str(repository)}

    subprocess.run([*grading, "--out", tmp_path / "grades"], env=environment, check=True)

    # The kernel is another one than the kit's own, and that does not matter.
    assert json.loads(handed_in.read_text("utf-8"))["metadata"]["kernelspec"]["name"] == "python"
    grades = (tmp_path / "grades" / "grades.csv").read_text("utf-8").splitlines()
    assert grades[1].startswith("alice,02_voting,6,47,")


def test_an_endless_loop_ends_with_a_sentence(student):
    student.write("ex-2-2", ENDLESS)
    student.run("ex-2-2")

    assert "is_up_to_date did not come to an end" in student.run("check-2-2")
    assert "6 of 6 points" in student.run("check-2-1")


def test_what_was_written_is_there_after_a_reload(student):
    page = student.page
    # It is saved by itself, a few seconds after the last key.
    page.wait_for_function("!window.jupyterapp.shell.currentWidget.context.model.dirty")
    # An output that comes while that is under way is saved with the next change only.
    page.evaluate("window.jupyterapp.shell.currentWidget.context.save()")
    page.reload()
    again = once_loaded(page)

    assert again.cell("ex-2-1")["source"] == ANSWER
    assert "6 of 6 points" in again.shown("check-2-1")


def test_nothing_was_asked_for_elsewhere_nor_in_vain(site):
    assert site.elsewhere == []
    assert site.failed == []
