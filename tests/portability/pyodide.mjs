// Runs a Python file in pyodide, offline. Usage: node run.mjs PYODIDE SCRIPT PACKAGE_FOLDER...
// Each package folder can be imported by its own name; nothing else can but the standard library.

import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";

const [pyodide, script, ...packages] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(join(pyodide, "pyodide.mjs")));
const python = await loadPyodide({ env: { HOME: "/", PYTHONDONTWRITEBYTECODE: "1" } });
for (const folder of packages) {
  const target = `/site/${basename(folder)}`;
  python.FS.mkdirTree(target);
  python.mountNodeFS(target, folder);
}
python.runPython("import sys; sys.path.insert(0, '/site')");
python.runPython(readFileSync(script, "utf-8"));
