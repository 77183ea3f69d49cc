/* The front page's slider: both trainings, moved together through the steps that were recorded.
 *
 * Without this script the page shows the last step, and no slider. The frames are fetched when a
 * reader reaches for the slider, so that nobody else waits for them.
 */
(function () {
  "use strict";
  const PAUSE = 350; // milliseconds between two frames of Play
  const root = document.getElementById("front");
  if (!root) return;
  const folder = new URL("front/", document.currentScript.src).href;
  const runs = JSON.parse(document.getElementById("front-data").textContent);
  const [play, slider, now] = ["play", "step", "now"].map((name) => document.getElementById("front-" + name));
  const steps = Object.values(runs)[0].steps;
  const last = steps.length - 1;
  const views = Object.entries(runs).map(function ([name, run], i) {
    const figure = root.querySelectorAll(".front-large")[i];
    const picture = figure.querySelector("img");
    const mark = root.querySelectorAll(".front-at")[i];
    return { name, errors: run.errors, picture, told: picture.alt, error: figure.querySelector("output"), mark };
  });
  let fetched = false;
  let timer = null;

  const address = (name, i) => folder + name + "-" + steps[i] + ".webp";

  function fetchAll() {
    if (fetched) return;
    fetched = true;
    for (let i = last; i >= 0; i--) {
      views.forEach((view) => { new Image().src = address(view.name, i); });
    }
  }

  function show(i) {
    fetchAll();
    slider.value = i;
    slider.setAttribute("aria-valuetext", "step " + steps[i]);
    now.textContent = steps[i];
    views.forEach(function (view) {
      const error = "error\u00a0" + view.errors[i].toFixed(1);
      view.picture.src = address(view.name, i);
      view.picture.alt = i === last ? view.told : "The colouring at step " + steps[i] + ": " + error + ".";
      view.error.textContent = error;
      view.mark.setAttribute("d", view.mark.getAttribute("d").replace(/^M\d+/, "M" + steps[i]));
    });
  }

  function stop() {
    clearInterval(timer);
    timer = null;
    play.textContent = "Play";
  }

  function start() {
    show(Number(slider.value) === last ? 0 : Number(slider.value));
    play.textContent = "Pause";
    timer = setInterval(function () {
      show(Number(slider.value) + 1);
      if (Number(slider.value) === last) stop();
    }, PAUSE);
  }

  play.addEventListener("click", () => (timer ? stop() : start()));
  slider.addEventListener("input", function () {
    stop();
    show(Number(slider.value));
  });
  ["pointerenter", "focusin", "touchstart"].forEach((kind) => {
    root.querySelector(".front-controls").addEventListener(kind, fetchAll, { passive: true });
  });
  slider.setAttribute("aria-valuetext", "step " + steps[last]);
  root.querySelectorAll("[hidden]").forEach((part) => { part.hidden = false; });
})();
