// The sliders for the network conditions: loss, duplicates and delays of messages.

class NetworkSliders {
  constructor(change) {
    const slider = ([name, label]) => {
      const input = element("input", { type: "range", min: 0, max: 50, value: 0, step: 1 });
      const shown = element("output", {}, "0 %");
      input.addEventListener("input", () => setText(shown, `${input.value} %`));
      input.addEventListener("change", () => change(name, input.value / 100));
      return { name, input, shown, root: element("label", {}, label, input, shown) };
    };
    this.sliders = [["loss", "Loss"], ["duplicate", "Duplicates"], ["slow", "Delays"]].map(slider);
    this.root = element("div", { class: "rk-network" }, ...this.sliders.map(({ root }) => root));
  }

  // Sets the sliders to the conditions at the shown instant.
  draw(conditions) {
    if (conditions === this.drawn) return;
    this.drawn = conditions;
    for (const { name, input, shown } of this.sliders) {
      input.value = Math.round(100 * (conditions[name] ?? 0));
      setText(shown, `${input.value} %`);
    }
  }
}
