// What anywidget calls. All views of one player share its clock, found by the model's key.

const clocks = new Map();

function clockOf(model) {
  const key = model.get("key");
  if (!clocks.has(key)) clocks.set(key, new Clock(model));
  return clocks.get(key);
}

function render({ model, el }) {
  const clock = clockOf(model);
  const view = new View(clock, el);
  // A view out of sight need not be drawn; the last one gone stops the clock.
  if (clock.playing) {
    clock.playing = false;
    clock.play(true);
  }
  return () => {
    view.remove();
    if (!clock.views.size) clock.play(false);
  };
}

export default { render };
