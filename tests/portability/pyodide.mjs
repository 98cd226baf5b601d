// Runs a Python file in pyodide, offline.
// Usage: node pyodide.mjs PYODIDE PACKAGES REPOSITORY SCRIPT [ARGUMENT...]
// SCRIPT is a path inside: REPOSITORY is /repository there. Only it and what lies in PACKAGES can be
// imported beside the standard library.

import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [pyodide, packages, repository, script, ...rest] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(join(pyodide, "pyodide.mjs")));
const python = await loadPyodide({ env: { HOME: "/", PYTHONDONTWRITEBYTECODE: "1" } });
for (const [name, folder] of [["/packages", packages], ["/repository", repository]]) {
  python.FS.mkdirTree(name);
  python.mountNodeFS(name, folder);
}
python.globals.set("given", python.toPy([script, ...rest]));
python.runPython(`
import os, site, sys
# As installed, so that the packages are known as libraries.
packages = site.getsitepackages()[0]
os.rmdir(packages) if os.path.isdir(packages) else os.makedirs(os.path.dirname(packages), exist_ok=True)
os.symlink("/packages", packages)
sys.path[:0] = ["/repository", packages]
sys.argv = list(given)
os.chdir("/repository")
`);
try {
  python.runPython(python.FS.readFile(script, { encoding: "utf8" }));
} catch (error) {
  // The error that node shows would come after the whole source of pyodide.
  console.error(String(error.message ?? error).slice(-3000));
  process.exitCode = 1;
}
