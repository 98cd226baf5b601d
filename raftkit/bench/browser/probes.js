// What is measured inside the page: frames of a playing picture, and what a click brings about.

const PLAYER = ".rk-player";

// After the frame that is being made has been painted, call `then` with the time.
function afterPaint(then) {
  requestAnimationFrame(() => setTimeout(() => then(performance.now())));
}

window.probes = {
  // Move the slider of time to a share of the recording, from 0 to 1; the instant that is shown.
  go(share) {
    const player = document.querySelector(PLAYER);
    const slider = player.querySelector(".rk-slide input");
    slider.value = share * slider.max;
    slider.dispatchEvent(new Event("input"));
    return Number(player.dataset.time);
  },

  // The frames of the next `length` milliseconds, or until the picture's clock stops: when each
  // was made, and what the picture's clock showed.
  frames(length) {
    const player = document.querySelector(PLAYER);
    return new Promise((resolve) => {
      const seen = [];
      let still = 0;
      const frame = (now) => {
        const shown = Number(player.dataset.time);
        still = seen.length && shown === seen.at(-1)[1] ? still + 1 : 0;
        seen.push([now, shown]);
        if (now - seen[0][0] < length && still < 120) requestAnimationFrame(frame);
        else resolve(seen);
      };
      requestAnimationFrame(frame);
    });
  },

  inFlight() {
    return Number(document.querySelector(`${PLAYER} .rk-flights`).dataset.inFlight);
  },

  // From now on, of every click: how many milliseconds and frames until something is seen of it,
  // and how many milliseconds until Python has answered.
  watchClicks() {
    const player = document.querySelector(PLAYER);
    const acting = () => player.matches(".rk-acting");
    window.probes.clicks = [];
    player.addEventListener("click", (event) => {
      const click = { frames: 0 };
      window.probes.clicks.push(click);
      const frame = () => {
        click.frames += 1;
        if (click.started) afterFrame();
        else requestAnimationFrame(frame);
      };
      const afterFrame = () => setTimeout(() => (click.seen = performance.now() - event.timeStamp));
      requestAnimationFrame(frame);
      const observer = new MutationObserver(() => {
        if (acting()) click.started = true;
        else if (click.started) {
          click.answered = performance.now() - event.timeStamp;
          observer.disconnect();
        }
      });
      observer.observe(player, { attributes: true, attributeFilter: ["class"] });
    }, true);
  },

  // Run the selected cell and go on to the next: how many milliseconds until one more player than
  // before stands on the page, painted.
  nextPicture() {
    const count = () => document.querySelectorAll(`${PLAYER} .rk-badge:not(:empty)`).length;
    const before = count();
    const started = performance.now();
    window.jupyterapp.commands.execute("notebook:run-cell-and-select-next");
    return new Promise((resolve) => {
      const look = () => {
        if (count() > before) afterPaint((now) => resolve(now - started));
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    });
  },
};
