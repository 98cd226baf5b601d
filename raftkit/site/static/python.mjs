// Stands in for pyodide.mjs: it loads the real one, and tells the page how far the loading is.
// It runs in the kernel's worker, so it speaks to the page (loading.js) over a channel.

import { loadPyodide as load } from "./pyodide.mjs";

// The bytes of each file beside this one; written in when the site is built.
const SIZES = {};

const channel = new BroadcastChannel("raftkit-loading");
const tell = (stage, part) => channel.postMessage({ stage, part });
const nameOf = (url) => String(url).split(/[?#]/)[0].split("/").pop();

// Counts what arrives of our own files, and hands everything on as it is.
function counting(fetch, arrived) {
  return async (resource, options) => {
    const response = await fetch(resource, options);
    if (!(nameOf(resource?.url ?? resource) in SIZES) || !response.body) return response;
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

export async function loadPyodide(options) {
  const plain = self.fetch;
  // JavaScript's own part is imported, not fetched, so it is not counted.
  const counted = Object.entries(SIZES).filter(([name]) => /\.(wasm|zip|whl)$/.test(name));
  const total = counted.reduce((sum, [, size]) => sum + size, 0);
  let loaded = 0;
  tell("python", 0);
  self.fetch = counting(plain.bind(self), (bytes) => {
    loaded += bytes;
    tell("python", Math.min(1, loaded / total));
  });
  try {
    return started(await load(options));
  } catch (error) {
    tell("failed", 0);
    throw error;
  } finally {
    self.fetch = plain;
  }
}

// The kernel starts when JupyterLab imports it. The kit is imported with it, while the student
// reads the first lines, so that the first cell answers at once.
function started(pyodide) {
  const run = pyodide.runPythonAsync.bind(pyodide);
  tell("kernel", 1);
  pyodide.runPythonAsync = async (code, ...more) => {
    if (!/^import pyodide_kernel$/m.test(code)) return run(code, ...more);
    const result = await run(code, ...more);
    tell("kit", 1);
    await run("import raftkit.course, raftkit.views.player");
    tell("ready", 1);
    pyodide.runPythonAsync = run;
    return result;
  };
  return pyodide;
}
