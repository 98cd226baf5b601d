// What JupyterLab's page is given: a bar that says what is being loaded, until Python is ready, and
// on a phone as much room for the notebook as there is. Of the loading it hears from the kernel's
// worker (python.js), over a channel.

const WORDS = {
  lab: "Opening JupyterLab",
  python: "Loading Python",
  kernel: "Starting Python",
  kit: "Starting raftkit",
  ready: "Ready: run the first cell with Shift + Enter",
  failed: "Python could not be loaded. Reload the page to try again.",
};
// How much of the wait is over when a stage begins.
const BEGINS = { lab: 0.05, python: 0.2, kernel: 0.75, kit: 0.85, ready: 1, failed: 1 };

const box = document.createElement("div");
box.id = "raftkit-loading";
// Spoken is only which stage has begun; the numbers would never stop.
box.innerHTML = `<span role="status"></span><span aria-hidden="true"></span>
  <progress max="1" aria-hidden="true"></progress>`;
const [words, percent, bar] = box.children;
const style = document.createElement("style");
style.textContent = `
#raftkit-loading { position: fixed; z-index: 10000; left: 50%; bottom: 2.5rem; width: 22rem;
  max-width: calc(100vw - 2rem); box-sizing: border-box; transform: translateX(-50%);
  padding: .7rem 1rem; border-radius: .6rem; background: #0b3c5d; color: #fff;
  font: 15px/1.4 system-ui, sans-serif; box-shadow: 0 2px 12px #0006; pointer-events: none;
  transition: opacity .6s; }
#raftkit-loading progress { display: block; width: 100%; height: .5rem; margin-top: .45rem;
  appearance: none; border: 0; border-radius: .25rem; background: #fff3; }
#raftkit-loading progress::-webkit-progress-bar { background: #fff3; border-radius: .25rem; }
#raftkit-loading progress::-webkit-progress-value { background: #f0e442; border-radius: .25rem;
  transition: width .3s; }
#raftkit-loading progress::-moz-progress-bar { background: #f0e442; border-radius: .25rem; }
#raftkit-loading.gone { opacity: 0; }
@media (max-width: 48rem) { :root { --jp-cell-prompt-width: 2.2rem; --jp-notebook-padding: 2px;
  --jp-cell-padding: 2px; } .jp-InputPrompt, .jp-OutputPrompt { font-size: 9px; } }
@media (prefers-reduced-motion: reduce) { #raftkit-loading * { transition: none !important; } }`;

let told = "";
function show(stage, part = 0) {
  // What still arrives does not help; a new beginning does.
  if (told === "failed" && part > 0) return;
  const end = stage === "python" ? BEGINS.kernel : BEGINS[stage];
  bar.value = BEGINS[stage] + part * (end - BEGINS[stage]);
  percent.textContent = stage === "python" ? ` ${Math.round(part * 100)} %` : "";
  if (stage === told) return;
  words.textContent = WORDS[stage];
  told = stage;
  box.dataset.stage = stage;
  // A kernel that is started again loads again, so the box comes back.
  box.classList.remove("gone");
  if (stage === "ready") leave(2500, "ready");
}

// Let the box go after a while, unless something else has been told meanwhile.
function leave(ms, stage) {
  setTimeout(() => told === stage && box.classList.add("gone"), ms);
}

async function onceOpen() {
  while (!window.jupyterapp) await new Promise((later) => setTimeout(later, 200));
  const { commands, restored, shell } = window.jupyterapp;
  await restored;
  // Where no notebook is opened, no kernel starts.
  leave(5000, "lab");
  if (!window.matchMedia("(max-width: 48rem)").matches) return;
  shell.mode = "single-document";
  for (const side of ["left", "right"]) commands.execute("application:toggle-side-tabbar", { side });
  // The list of files comes up with the notebook; it stays closed until somebody wants it.
  let touched = false;
  document.addEventListener("pointerdown", () => (touched = true), { capture: true, once: true });
  const fold = () => touched || shell.leftCollapsed || shell.collapseLeft();
  shell.layoutModified.connect(fold);
  shell.currentChanged.connect(fold);
  shell.collapseRight();
  fold();
}

document.head.append(style);
document.body.append(box);
show("lab");
onceOpen();
new BroadcastChannel("raftkit-loading").addEventListener("message", ({ data }) => {
  // A kernel of another window of this site is none of ours.
  const waiting = !box.classList.contains("gone");
  if (waiting || document.visibilityState === "visible") show(data.stage, data.part);
});
