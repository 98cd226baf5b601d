// A sheet over the player, for the keys and for texts to copy; Escape closes it.

class Overlay {
  constructor(announce) {
    this.announce = announce;
    this.root = element("div", { class: "rk-overlay", role: "dialog", "aria-modal": "true" });
    this.root.hidden = true;
  }

  showText(title, text) {
    const lines = element("pre", { tabindex: 0 }, text);
    const copy = element("button", { type: "button", onclick: () => this.copy(lines) }, "Copy");
    this.open(title, [copy], lines);
  }

  showKeys(keys) {
    const rows = keys.map(([key, what]) => element("tr", {}, element("th", { scope: "row" }, key), element("td", {}, what)));
    this.open("Keys", [], element("table", {}, ...rows));
  }

  open(title, buttons, content) {
    const close = element("button", { type: "button", onclick: () => this.close() }, "Close");
    this.root.setAttribute("aria-label", title);
    this.root.replaceChildren(element("h4", {}, title, ...buttons, close), content);
    this.root.hidden = false;
    close.focus();
  }

  close() {
    if (this.root.hidden) return;
    this.root.hidden = true;
    this.root.closest(".rk-player").focus();
  }

  // Where a page may not write to the clipboard, what is to be copied is at least selected.
  async copy(lines) {
    getSelection().selectAllChildren(lines);
    const copied = await navigator.clipboard?.writeText(lines.textContent).then(() => true, () => false);
    this.announce(copied ? "Copied." : "Selected: copy it with the keyboard.");
  }
}
