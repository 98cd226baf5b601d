// The sliders for what the network does to messages: losing, repeating and delaying them.

class WeatherSliders {
  constructor(change) {
    const slider = ([name, label]) => {
      const input = element("input", { type: "range", min: 0, max: 50, value: 0, step: 1 });
      const shown = element("output", {}, "0 %");
      input.addEventListener("input", () => say(shown, `${input.value} %`));
      input.addEventListener("change", () => change(name, input.value / 100));
      return { name, input, shown, root: element("label", {}, label, input, shown) };
    };
    this.sliders = [["loss", "Loss"], ["duplicate", "Duplicates"], ["slow", "Delays"]].map(slider);
    this.root = element("div", { class: "rk-weather" }, ...this.sliders.map(({ root }) => root));
  }

  // They stand as the network is at the instant that is shown, whoever has changed it.
  draw(weather) {
    if (weather === this.drawn) return;
    this.drawn = weather;
    for (const { name, input, shown } of this.sliders) {
      input.value = Math.round(100 * (weather[name] ?? 0));
      say(shown, `${input.value} %`);
    }
  }
}
