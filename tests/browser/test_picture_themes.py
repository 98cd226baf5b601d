"""A picture is dark where the page around it is: in JupyterLab, in a page of ours, by itself."""

import base64
import json

import pytest

from raftkit.views import draw_ballot

PICTURE = draw_ballot(2, 1, 2)
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
# The colour of the paper near the upper left corner, from a screenshot of the element.
PAPER = """async (address) => {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.width, image.height];
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    return [...context.getImageData(14, 8, 1, 1).data].slice(0, 3);
}"""
LIGHT, DARK = [255, 255, 255], [17, 17, 17]


def paper(page, element):
    shot = base64.b64encode(element.screenshot()).decode()
    return page.evaluate(PAPER, f"data:image/png;base64,{shot}")


def notebook(path):
    """A notebook with a picture in a text and one that a cell draws."""
    texts = {"markdown": PICTURE.to_html(), "code": "from raftkit import *\ndraw_roles()"}
    cells = [
        {"cell_type": kind, "id": kind, "metadata": {}, "source": source}
        | ({"outputs": [], "execution_count": None} if kind == "code" else {})
        for kind, source in texts.items()
    ]
    path.write_text(
        json.dumps({"cells": cells, "metadata": KERNEL, "nbformat": 4, "nbformat_minor": 5}),
        encoding="utf-8",
    )
    return path


def test_pictures_of_texts_and_of_cells_follow_the_theme_of_jupyterlab(tmp_path, open_notebook):
    opened = open_notebook(notebook(tmp_path / "pictures.ipynb"))
    opened.run_all()
    assert len(opened.pictures()) == 2

    for theme, colour in (("Dark", DARK), ("Light", LIGHT)):
        opened.use_theme(f"JupyterLab {theme}")
        images = opened.page.locator(".jp-Notebook img").all()
        assert [paper(opened.page, image) for image in images] == [colour, colour]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_that_follows_the_reader_takes_its_pictures_along(browser, scheme):
    page = browser.new_page(color_scheme=scheme)
    page.set_content(
        f"<style>:root {{ color-scheme: light dark }} img {{ color-scheme: inherit !important }}"
        f"</style>{PICTURE.to_html()}{PICTURE.svg}"
    )

    wanted = DARK if scheme == "dark" else LIGHT
    assert paper(page, page.locator("img")) == wanted
    assert paper(page, page.locator("svg")) == wanted
    page.close()


def test_an_image_in_a_page_that_says_nothing_stays_light(browser):
    page = browser.new_page(color_scheme="dark")
    page.set_content(PICTURE.to_html())

    assert paper(page, page.locator("img")) == LIGHT
    page.close()


def test_a_file_of_its_own_follows_the_reader(browser, tmp_path):
    PICTURE.save(tmp_path / "ballot.svg")
    page = browser.new_page(color_scheme="dark")
    page.goto((tmp_path / "ballot.svg").as_uri())

    fill = "getComputedStyle(document.querySelector('rect')).fill"
    assert page.evaluate(fill) == "rgb(17, 17, 17)"
    page.close()
