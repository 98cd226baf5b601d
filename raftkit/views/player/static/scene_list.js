// The scenes by title, always in sight; the one that is told now is marked.

class SceneList {
  constructor(scenes, choose) {
    this.buttons = scenes.map(({ title }, place) => {
      const key = place < 9 ? String(place + 1) : "";
      const label = element("span", {}, title);
      return element("button", { type: "button", title: key ? `Key ${key}` : null, onclick: () => choose(place) }, element("kbd", {}, key), label);
    });
    const rows = this.buttons.map((button) => element("li", {}, button));
    this.root = element("ol", { class: "rk-scenes", "aria-label": "Scenes" }, ...rows);
    this.root.hidden = !scenes.length;
  }

  draw(shown) {
    this.buttons.forEach((button, place) => setAttribute(button, "aria-pressed", place === shown));
  }
}
