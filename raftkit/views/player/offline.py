"""Writes one HTML page that plays a recording without Python, network or installation.

The code of the notebook's widget runs in it with another model. Every window is in the page,
compressed, and is decompressed only when the player needs it. So half an hour fits into a few
megabytes and takes as little memory as in the notebook. One can switch between the futures that
are in it. It does not know what is in a window.
"""

import base64
import json
from html import escape
from pathlib import Path
from typing import Any

from raftkit.views.player.saved_futures import SavedFutures
from raftkit.views.player.timeline import WINDOW

Json = dict[str, Any]

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{style}
:root {{ color-scheme: light dark; }}
body {{ margin: 1em auto; max-width: 1200px; background: #fff; color: #1b1b1b; }}
@media (prefers-color-scheme: dark) {{
  body {{ background: #111; color: #eee; --jp-layout-color0: #111; --jp-ui-font-color0: #eee;
          --jp-ui-font-color2: #bbb; --jp-border-color1: #555; }}
}}
</style>
</head>
<body>
<div id="player"><noscript>{picture}</noscript></div>
<script type="application/json" id="recording">{recording}</script>
<script type="text/plain" id="windows">{windows}</script>
<script type="text/plain" id="code">{code}</script>
<script type="module">
{script}</script>
</body>
</html>
"""


_SCRIPT = (Path(__file__).parent / "static" / "recording.js").read_text(encoding="utf-8")


def page(
    module: str,
    style: str,
    state: Json,
    reports: dict[int, Json],
    watched: int,
    saved: SavedFutures,
    without_scripts: str,
) -> str:
    """The text of the page; `state` has the widget's traits, `reports` are by the futures' ids.

    A browser without scripts shows the HTML in `without_scripts`.
    """
    state = state | {"key": "recording", "playing": False, "selected": ""}
    recording = {
        "state": state,
        "reports": reports,
        "watched": watched,
        "window": WINDOW,
        "places": saved.places,
        "note": saved.note,
    }
    return _PAGE.format(
        title=escape(state["setup"]["title"]),
        style=style,
        picture=without_scripts,
        # Only "</" can end a script element early.
        recording=json.dumps(recording, separators=(",", ":")).replace("</", "<\\/"),
        windows="\n".join(saved.windows),
        script=_SCRIPT,
        code=base64.b64encode(module.encode("utf-8")).decode("ascii"),
    )
