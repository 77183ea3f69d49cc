/* Two densities to drag: what the best D answers to them, what the losses are, and how hard it pulls. */
sicganTouch.mount("densities", function (kit) {
"use strict";
const { path, write, REAL, FAKE, D_COLOR, G_COLOR } = sicganDrawing, { label } = sicganTouch;
const COUNT = 1801, STEP = 0.01, LIVE = 1e-9, ALPHA = 0.9, SHOWN = 4, DEEPEST = -12;
const axis = Float64Array.from({ length: COUNT }, (_, i) => (i - 900) / 100);
const state = { real: -1, fake: 1, sigma: 0.5, beta: 0, held: "fake" };

/* The complementary error function for x >= 0: a series, and far out a continued fraction. */
function erfc(x) {
  const bell = Math.exp(-x * x) / Math.sqrt(Math.PI);
  if (x >= 2) {
    let rest = 0;
    for (let k = 60; k > 0; k--) rest = k / 2 / (x + rest);
    return bell / (x + rest);
  }
  let term = x, sum = x;
  for (let k = 1; k < 60; k++) sum += term *= (2 * x * x) / (2 * k + 1);
  return 1 - 2 * bell * sum;
}
const ndtr = (z) => (z < 0 ? erfc(-z / Math.SQRT2) / 2 : 1 - erfc(z / Math.SQRT2) / 2);

/* The density of a box of width 1 around a place, blurred by a normal sigma. */
function blurredBox(center, sigma) {
  const soft = Math.max(sigma, 1e-9);
  return axis.map((x) => {
    const far = Math.abs(x - center);
    return ndtr((0.5 - far) / soft) - ndtr((-0.5 - far) / soft);
  });
}

const xlogy = (x, y) => (x === 0 && !Number.isNaN(y) ? 0 : x * Math.log(y));

/* The best D for the two densities, both losses, and G's mean slope. */
function answer(real, fake, beta) {
  const score = new Float64Array(COUNT), climb = new Float64Array(COUNT);
  let lossD = 0, lossG = 0, pull = 0;
  for (let i = 0; i < COUNT; i++) {
    const r = real[i], f = fake[i];
    score[i] = (ALPHA * r + beta * f) / (r + f);
    climb[i] = Math.log(score[i]);
    const other = ((1 - ALPHA) * r + (1 - beta) * f) / (r + f);
    const cost = -r * (xlogy(ALPHA, score[i]) + xlogy(1 - ALPHA, other))
      - f * (xlogy(beta, score[i]) + xlogy(1 - beta, other));
    if (!Number.isNaN(cost)) lossD += cost * STEP;
  }
  for (let i = 0; i < COUNT; i++) {
    if (fake[i] <= LIVE) continue;
    const a = Math.max(i - 1, 0), b = Math.min(i + 1, COUNT - 1);
    lossG -= fake[i] * climb[i] * STEP;
    pull += fake[i] * Math.abs((climb[b] - climb[a]) / ((b - a) * STEP)) * STEP;
  }
  return { score, climb, lossD, lossG, pull };
}

function chance(beta) {
  const score = (ALPHA + beta) / 2, other = 1 - score;
  return -(ALPHA + beta) * Math.log(score) - (2 - ALPHA - beta) * Math.log(other);
}

let now = null;
function play() {
  const real = blurredBox(state.real, state.sigma), fake = blurredBox(state.fake, state.sigma);
  now = { real, fake, ...answer(real, fake, state.beta), chance: chance(state.beta) };
  const tell = (value) => (Number.isFinite(value) ? value.toFixed(2) : value === Infinity ? "∞" : "none");
  for (const name of ["lossD", "lossG", "pull", "chance"]) kit.write(name, tell(now[name]));
  for (const name of ["real", "fake", "sigma"]) kit.write(name, state[name].toFixed(2).replace("-", "−"));
  kit.write("verdict", verdict());
  kit.say(`L D ${tell(now.lossD)}, L G ${tell(now.lossG)}, pull ${tell(now.pull)}. ${verdict()}`);
  kit.refresh();
}

function verdict() {
  if (state.real === state.fake) return "The game is drawn: nothing pulls.";
  if (!(now.pull >= 0.05)) return "D is sure of every fake, and its answer is flat: G hears nothing.";
  if (now.pull > 3) return "D is sure, and still shows the way.";
  return state.fake > state.real ? "G is pulled to the left." : "G is pulled to the right.";
}

const place = (x, width) => ((x + SHOWN) / (2 * SHOWN)) * width;

function draw(pen, width, height) {
  const low = height * 0.62, top = 22, bottom = height - 22;
  const tallest = Math.max(...now.real, ...now.fake, 1);
  const line = (values, y) => Array.from(axis, (x, i) => [place(x, width), y(values[i])])
    .filter(([x, y], i) => x >= 0 && x <= width && Number.isFinite(y) && now.real[i] + now.fake[i] > 1e-12);
  hump(pen, line(now.real, (v) => low - ((low - top) * v) / tallest), low, REAL);
  hump(pen, line(now.fake, (v) => low - ((low - top) * v) / tallest), low, FAKE);
  path(pen, line(now.score, (v) => low - (low - top) * v), D_COLOR, 2, [7, 4]);
  path(pen, [[0, low], [width, low]], "#8c8c8c");
  const deep = (v) => low + 34 + ((bottom - low - 34) * v) / DEEPEST;
  path(pen, line(now.climb, (v) => (v < DEEPEST ? NaN : deep(v))), G_COLOR, 2);
  label(pen, "D*, from 0 to 1", 8, 16);
  write(pen, "ln D*: what G climbs", 8, bottom + 14);
  arrow(pen, width, deep);
  handle(pen, place(state.real, width), low, REAL, "real");
  handle(pen, place(state.fake, width), low, FAKE, "fakes");
}

function hump(pen, points, low, color) {
  if (!points.length) return;
  path(pen, points, color, 2);
  pen.globalAlpha = 0.18;
  pen.fillStyle = color;
  pen.lineTo(points[points.length - 1][0], low);
  pen.lineTo(points[0][0], low);
  pen.fill();
  pen.globalAlpha = 1;
}

function arrow(pen, width, deep) {
  const i = Math.round((state.fake + 9) / STEP), slope = (now.climb[i + 1] - now.climb[i - 1]) / (2 * STEP);
  if (!Number.isFinite(slope) || Math.abs(slope) < 0.02) return;
  const x = place(state.fake, width), y = deep(Math.max(now.climb[i], DEEPEST)), way = Math.sign(slope);
  const end = x + way * Math.min(70, 14 + 14 * Math.abs(slope));
  path(pen, [[x, y], [end, y]], G_COLOR, 3);
  path(pen, [[end - 7 * way, y - 6], [end, y], [end - 7 * way, y + 6]], G_COLOR, 3);
}

function handle(pen, x, y, color, name) {
  pen.fillStyle = color;
  pen.beginPath();
  pen.arc(x, y, 9, 0, 2 * Math.PI);
  pen.fill();
  path(pen, [[x - 3, y - 4], [x - 3, y + 4]], "#fff", 1.5);
  path(pen, [[x + 3, y - 4], [x + 3, y + 4]], "#fff", 1.5);
  label(pen, name, x, y + 24, "center");
}

const plane = kit.view("plane", 0.62, draw);
plane.addEventListener("pointerdown", (event) => {
  const box = plane.getBoundingClientRect(), x = event.clientX - box.left;
  const far = (name) => Math.abs(place(state[name], box.width) - x);
  state.held = far("real") < far("fake") ? "real" : "fake";
}, { capture: true });
kit.drag(plane, {
  move(x) {
    const slider = kit.find("set", state.held);
    slider.value = (2 * x - 1) * SHOWN;
    slider.dispatchEvent(new Event("input"));
  },
});
for (const name of ["real", "fake", "sigma"]) {
  kit.set(name, (value) => { state[name] = value; if (now) play(); });
}
kit.toggle("two", (on) => { state.beta = on ? 0.1 : 0; play(); });
play();
return {
  state,
  answer(real, fake, sigma, beta) {
    const { lossD, lossG, pull } = answer(blurredBox(real, sigma), blurredBox(fake, sigma), beta);
    return [lossD, lossG, pull, chance(beta)];
  },
};
});
