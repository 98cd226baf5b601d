"""Writes one HTML page that plays a recording without Python, network or installation.

The code of the notebook's widget runs in it with another model. Every window is in the page,
compressed, and is decompressed only when the player needs it. So half an hour fits into a few
megabytes and takes as little memory as in the notebook. It does not know what is in a window.
"""

import base64
import json
import zlib
from html import escape
from typing import Any

Json = dict[str, Any]

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{style}
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
<script type="module">
const recording = JSON.parse(document.getElementById("recording").textContent);
const state = {{ ...recording.state, opening: {{ ...recording.report, windows: [] }} }};
const windowTexts = document.getElementById("windows").textContent.split("\\n");
const bytesOf = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
function opened(text) {{
  const plain = new Blob([bytesOf(text)]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(plain).json();
}}
const listeners = {{}};
const model = {{
  get: (name) => state[name],
  set: (name, value) => {{ state[name] = value; }},
  save_changes: () => {{}},
  on: (name, listener) => {{ (listeners[name] ??= []).push(listener); }},
  send: (message) => answer(message),
}};
async function answer(message) {{
  const {{ report }} = recording;
  const asked = message.do === "window";
  const texts = asked ? windowTexts.slice(message.number, message.number + 1) : [];
  const windows = await Promise.all(texts.map(opened));
  const status = asked ? undefined : "This is a recording: it can be played, not changed.";
  const marks = {{ marksFrom: message.have.marks, marks: [] }};
  const answered = {{ ...report, fresh: false, ...marks, windows }};
  const reply = {{ re: message.id, report: answered, status }};
  for (const listener of listeners["msg:custom"] ?? []) listener(reply);
}}
const code = new TextDecoder().decode(bytesOf("{code}"));
const url = URL.createObjectURL(new Blob([code], {{ type: "text/javascript" }}));
const {{ default: widget, momentOf }} = await import(url);
const shared = location.hash ? sharedMoment(decodeURIComponent(location.hash.slice(1))) : "";
widget.render({{ model, el: document.getElementById("player") }});
for (const listener of listeners["msg:custom"] ?? []) if (shared) listener({{ status: shared }});

// Opens the page at the moment of its address; what is wrong with it in words.
function sharedMoment(text) {{
  const moment = momentOf(text);
  if (!moment) return "The address holds no moment of a run, or a part of it is missing.";
  if (moment.run !== state.setup.run)
    return "The address holds a moment of another run: open it in a notebook with play(...).";
  state.time = Math.min(moment.time, recording.report.end) / 1000;
  state.setup.still = true;
  return "";
}}
</script>
</body>
</html>
"""


def page(module: str, style: str, state: Json, report: Json, without_scripts: str) -> str:
    """The text of the page; `state` has the widget's traits, `report` all windows.

    A browser without scripts shows the HTML in `without_scripts`.
    """
    state = state | {"key": "recording", "playing": False, "selected": ""}
    recording = _compact({"state": state, "report": report | {"windows": []}})
    return _PAGE.format(
        title=escape(state["setup"]["title"]),
        style=style,
        picture=without_scripts,
        # Only "</" can end a script element early.
        recording=recording.replace("</", "<\\/"),
        windows="\n".join(_deflated(window) for window in report["windows"]),
        code=base64.b64encode(module.encode("utf-8")).decode("ascii"),
    )


def _compact(value: Json) -> str:
    """JSON without spaces."""
    return json.dumps(value, separators=(",", ":"))


def _deflated(window: Json) -> str:
    """A window as one line: JSON, compressed (RFC 1950), in base64."""
    return base64.b64encode(zlib.compress(_compact(window).encode("utf-8"), 9)).decode("ascii")
