"""A notebook in JupyterLab, as a student meets it: it runs, and its pictures show."""

from pathlib import Path

import pytest

# Every chapter, solved or as it is handed out: both have the same cells, and what an answer adds
# runs in the same way, without a browser, where notebooks are tested cell by cell.
NOTEBOOKS = [
    "notebooks/00_start_here.ipynb",
    "solutions/01_timers.ipynb",
    "solutions/02_voting.ipynb",
    "exercises/03_log_replication.ipynb",
    "solutions/04_commit_and_safety.ipynb",
    "exercises/05_crash_and_storage.ipynb",
    "solutions/06_nemesis.ipynb",
    "exercises/07_capstone.ipynb",
]


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_a_notebook_runs_and_its_pictures_show_in_both_themes(notebook, repository, open_notebook):
    opened = open_notebook(repository / notebook)
    opened.page.emulate_media(reduced_motion="reduce")  # Players that play take time from cells.

    opened.run_all()

    assert opened.errors() == []
    assert all(cell["execution_count"] for cell in opened.code_cells() if cell["source"])
    for theme in ("Light", "Dark"):
        opened.use_theme(f"JupyterLab {theme}")
        pictures = opened.pictures()
        assert pictures
        assert [picture for picture in pictures if not picture["alt"] or not picture["width"]] == []
        opened.keep_screenshot(f"{Path(notebook).parent}_{Path(notebook).stem}_{theme.lower()}")
