// Stands in for pyodide's module: it loads the real one, and tells the page how far the loading is.
// It runs in the kernel's worker, so it speaks to the page (lab.js) over a channel.

import { loadPyodide as load } from "./pyodide.js";

// The bytes of each file beside this one; written in when the site is built.
const SIZES = {};
const WEBASSEMBLY = "pyodide.asm.wasm";
// Completion works without it, and it would be a quarter of what is loaded. The kernel asks for it.
const LEFT_OUT = "jedi";
const STARTING = `
import raftkit.course, raftkit.views.player
from pyodide_kernel import kernel_instance
kernel_instance.interpreter.Completer.use_${LEFT_OUT} = False`;

const channel = new BroadcastChannel("raftkit-loading");
const tell = (stage, part) => channel.postMessage({ stage, part });
const nameOf = (url) => String(url).split(/[?#]/)[0].split("/").pop();

// JavaScript's own part is imported, before anything can be counted.
const counted = Object.keys(SIZES).filter((name) => !name.endsWith(".js"));
const total = counted.reduce((sum, name) => sum + SIZES[name], 0);
let loaded = 0;

function arrived(bytes) {
  loaded += bytes;
  tell("python", Math.min(1, loaded / total));
}

// `fetch`, but it counts what arrives of our own files. WebAssembly is handed on untouched, or the
// browser would not keep what it has made of it for the next visit: it is counted when it is done.
function counting(fetch) {
  return async (resource, options) => {
    const response = await orTellFailed(fetch(resource, options));
    const name = nameOf(resource?.url ?? resource);
    if (!counted.includes(name)) return response;
    if (!response.ok) tell("failed", 0);
    if (name === WEBASSEMBLY || !response.body) return response;
    const counter = new TransformStream({
      transform(chunk, controller) {
        arrived(chunk.byteLength);
        controller.enqueue(chunk);
      },
    });
    const { status, statusText, headers } = response;
    return new Response(response.body.pipeThrough(counter), { status, statusText, headers });
  };
}

function countingStream(instantiate) {
  return async (...given) => {
    const made = await instantiate(...given);
    // Pyodide also tries a few bytes of its own, to learn what this browser can do.
    if ((await given[0])?.url?.endsWith(WEBASSEMBLY)) arrived(SIZES[WEBASSEMBLY]);
    return made;
  };
}

export async function loadPyodide(options) {
  const { fetch } = self;
  const { instantiateStreaming } = WebAssembly;
  self.fetch = counting(fetch.bind(self));
  WebAssembly.instantiateStreaming = countingStream(instantiateStreaming.bind(WebAssembly));
  loaded = 0;
  tell("python", 0);
  try {
    const packages = options.packages.filter((name) => name !== LEFT_OUT);
    return started(await orTellFailed(load({ ...options, packages })));
  } finally {
    self.fetch = fetch;
    WebAssembly.instantiateStreaming = instantiateStreaming;
  }
}

function orTellFailed(promise) {
  promise.catch(() => tell("failed", 0));
  return promise;
}

// The kernel starts when JupyterLab imports it. The kit is imported with it, while the student
// reads the first lines, so that the first cell answers at once.
function started(pyodide) {
  const run = pyodide.runPythonAsync.bind(pyodide);
  tell("kernel", 1);
  pyodide.runPythonAsync = async (code, ...more) => {
    const result = await orTellFailed(run(code, ...more));
    if (!/^import pyodide_kernel$/m.test(code)) return result;
    tell("kit", 1);
    await orTellFailed(run(STARTING));
    tell("ready", 1);
    pyodide.runPythonAsync = run;
    return result;
  };
  return pyodide;
}
