/* z on the picture: rolled for all of it, or painted with a brush. Lightness does not say which colour;
 * the reader does.
 */
(function () {
"use strict";

const { find } = window.sicganViews;
const { createRandom } = window.sicganColor;

const BRUSH = 0.06; // its radius, as a share of the picture's width
const STRIDE = 0.03; // of a press of an arrow key
const KEYS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/* z of every pixel, one map a channel. `changed` is called when the picture has to be painted anew. */
function createDice(changed) {
  const canvas = find("picture"), sliders = [find("z1"), find("z2")];
  const random = createRandom(Math.floor(4294967296 * Math.random()));
  let maps = [], width = 0, height = 0, cursor = [0.5, 0.5], isDown = false;

  function begin(size, channels) {
    ({ width, height } = size);
    maps = Array.from({ length: channels }, () => new Float64Array(width * height));
    find("dice").hidden = channels === 0;
    sliders.forEach((slider, k) => {
      slider.value = 0;
      slider.parentElement.hidden = k >= channels;
    });
    canvas.tabIndex = channels ? 0 : -1;
    tell();
  }

  function tell() {
    sliders.forEach((slider) => {
      const text = Number(slider.value).toFixed(1);
      slider.parentElement.querySelector("output").value = text;
      slider.setAttribute("aria-valuetext", text);
    });
  }

  function fill() {
    maps.forEach((map, k) => map.fill(Number(sliders[k].value)));
    changed();
  }

  function roll() {
    sliders.forEach((slider) => { slider.value = random.normal(); });
    tell();
    fill();
  }

  function brush([row, column]) {
    const radius = BRUSH * width, y = row * height, x = column * width;
    for (let i = 0; i < width * height; i++) {
      if (Math.hypot(Math.floor(i / width) - y, (i % width) - x) > radius) continue;
      maps.forEach((map, k) => { map[i] = Number(sliders[k].value); });
    }
    changed();
  }

  const place = ({ clientX, clientY }) => {
    const box = canvas.getBoundingClientRect();
    return [(clientY - box.top) / box.height, (clientX - box.left) / box.width];
  };

  find("roll").addEventListener("click", roll);
  find("fill").addEventListener("click", fill);
  sliders.forEach((slider) => slider.addEventListener("input", tell));
  canvas.addEventListener("pointerdown", (event) => {
    if (!maps.length) return;
    isDown = true;
    canvas.setPointerCapture(event.pointerId);
    brush(place(event));
  });
  canvas.addEventListener("pointermove", (event) => isDown && brush(place(event)));
  canvas.addEventListener("pointerup", () => { isDown = false; });
  canvas.addEventListener("keydown", (event) => {
    if (!maps.length || !(event.key in KEYS || event.key === "Enter")) return;
    event.preventDefault();
    if (event.key === "Enter") return brush(cursor);
    cursor = cursor.map((at, i) => Math.min(1, Math.max(0, at + STRIDE * KEYS[event.key][i])));
    const [down, right] = cursor.map((at) => Math.round(100 * at));
    find("brush").textContent = `Brush: ${right} % from the left, ${down} % from the top. Enter paints.`;
    return undefined;
  });

  return { begin, maps: () => maps };
}

window.sicganDice = { createDice };
})();
