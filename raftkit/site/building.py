"""The steps that build a site, in order; each is a function without arguments.

The order matters, because JupyterLite empties the folder that it builds into. What a step
does is in the modules that it calls.
"""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from raftkit.course_files import course_files
from raftkit.site import downloads
from raftkit.site.browser_python import put_python
from raftkit.site.lab import PYTHON, build_lab, use_python
from raftkit.site.pages import lessons_of, put_front_page, put_lesson
from raftkit.site.running import run_notebook
from raftkit.site.stories import STORIES

Step = Callable[[], object]

_MEGABYTE = 1_000_000


def steps_of(site: Path, threads: ThreadPoolExecutor) -> list[Step]:
    """The steps that build a site in the folder `site`, which does not exist yet.

    The notebooks start to run at once in `threads`, each in its own kernel.
    """
    files = {path: file for path, file in course_files().items() if path.endswith(".ipynb")}
    lessons = lessons_of(list(files))
    runs = [threads.submit(run_notebook, files[each.path]) for each in lessons]
    reading = [
        partial(put_lesson, site, run, each, lessons)
        for run, each in zip(runs, lessons, strict=True)
    ]
    return [
        downloads.wheels,
        downloads.runtime,
        partial(_put_lab, site, files),
        *reading,
        partial(_put_stories, site / "stories"),
        lambda: put_front_page(site, lessons, _megabytes(site / PYTHON)),
    ]


def _put_lab(site: Path, files: dict[str, Path]) -> None:
    """Build JupyterLab with the notebooks, and put Python beside it."""
    contents = site.parent / "contents"
    for name, file in files.items():
        (contents / name).parent.mkdir(parents=True, exist_ok=True)
        _put_notebook(file, contents / name)
    wheels = downloads.wheels()
    build_lab(site, contents, wheels)
    use_python(site, put_python(site / PYTHON, downloads.runtime(), wheels))


def _put_notebook(file: Path, target: Path) -> None:
    """Write a notebook with each text as one string; the browser's file store joins no lines."""
    import nbformat

    notebook = nbformat.read(file, as_version=4)
    target.write_text(json.dumps(notebook), encoding="utf-8", newline="\n")


def _put_stories(folder: Path) -> None:
    folder.mkdir(parents=True)
    for story in STORIES:
        story.save(folder)


def _megabytes(folder: Path) -> int:
    """The size of a folder's files in megabytes, rounded."""
    return round(sum(path.stat().st_size for path in folder.iterdir()) / _MEGABYTE)
