/* The smallest game: a number theta for G, a weight psi for D, and what people try against their circle. */
sicganTouch.mount("circle", function (kit) {
"use strict";
const { path, write, FAKE, D_COLOR, INK } = sicganDrawing, { label } = sicganTouch;
const EDGE = 2, STEPS = 500, RATE = 0.1, R1 = 0.3, DECAY = 0.99, FASTER = 4;
const sigmoid = (z) => 1 / (1 + Math.exp(-z));
const PUSHES = { // by a fake's logit: D down, and G up
  linear: [() => 1, () => 1],
  minimax: [sigmoid, sigmoid],
  ours: [sigmoid, (z) => sigmoid(-z)],
};
const state = { start: [1, 0], loss: "ours", turn: true, r1: false, fast: false, mean: false };

/* Every step of both players, and of the running mean of G's number. */
function play({ start, loss, turn, r1, fast }, steps = STEPS) {
  const [down, up] = PUSHES[loss], orbit = [], penalty = r1 ? R1 : 0, rateD = fast ? FASTER * RATE : RATE;
  let [theta, psi] = start, mean = theta;
  for (let step = 0; step <= steps; step++) {
    orbit.push([theta, psi, mean]);
    const learned = psi - rateD * (down(psi * theta) * theta + penalty * psi);
    const judge = turn ? learned : psi;
    theta += RATE * up(judge * theta) * judge;
    psi = learned;
    const decay = Math.min(DECAY, (step + 1) / (step + 10)); // a short memory at first
    mean = decay * mean + (1 - decay) * theta;
  }
  return orbit;
}

let orbit = [];
function verdict(first, last) {
  if (last < 0.05) return "At rest: the fake is where the photograph is.";
  if (last > 1.05 * first) return "Outwards: they drive each other apart.";
  return last > 0.95 * first ? "Round and round." : "Inwards, but not yet there.";
}

function show() {
  orbit = play(state);
  const [theta, psi, mean] = orbit[STEPS], radius = Math.hypot(theta, psi);
  const limit = (v) => (v > 99 ? "over 99" : v.toFixed(2));
  kit.write("radius", limit(radius));
  kit.write("theta", limit(Math.abs(theta)));
  kit.write("mean", limit(Math.abs(mean)));
  const told = verdict(Math.hypot(...state.start), radius);
  kit.write("verdict", told);
  const [x, y] = state.start.map((v) => v.toFixed(2).replace("-", "−"));
  kit.tell(plane, `θ ${x}, ψ ${y}`, state.start[0].toFixed(2));
  kit.say(`Distance after 500 steps ${limit(radius)}. ${told}`);
  kit.refresh();
}

function draw(pen, width, height) {
  const place = ([theta, psi]) => [(0.5 + theta / (2 * EDGE)) * width, (0.5 - psi / (2 * EDGE)) * height];
  path(pen, [[0, height / 2], [width, height / 2]], "#b4b4b4");
  path(pen, [[width / 2, 0], [width / 2, height]], "#b4b4b4");
  label(pen, "G's number θ →", width - 6, height / 2 - 6, "right");
  label(pen, "D's weight ψ ↑", width / 2 + 6, 14);
  for (let from = 0; from < STEPS; from += 25) { // later steps in stronger ink
    pen.globalAlpha = 0.3 + (0.7 * from) / STEPS;
    path(pen, orbit.slice(from, from + 26).map(place), D_COLOR, 1.8);
  }
  pen.globalAlpha = 1;
  if (state.mean) {
    path(pen, orbit.map(([, , mean], i) => place([mean, -EDGE * 0.9 * (i / STEPS)])), FAKE, 2, [5, 3]);
    write(pen, "running mean of θ, step by step downwards", 8, height - 8);
  }
  disc(pen, place(orbit[STEPS]), 5, D_COLOR);
  const [x, y] = place(state.start);
  disc(pen, [x, y], 12, "#fff");
  disc(pen, [x, y], 10.5, INK);
  disc(pen, [x, y], 8.5, FAKE);
}

function disc(pen, [x, y], radius, color) {
  if (!Number.isFinite(x + y)) return;
  pen.fillStyle = color;
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fill();
}

function moveTo(theta, psi) {
  const inside = (v) => Math.round(20 * Math.min(EDGE, Math.max(-EDGE, v))) / 20;
  state.start = [inside(theta), inside(psi)];
  show();
}

const plane = kit.view("plane", 1, draw);
kit.drag(plane, {
  move: (x, y) => moveTo((2 * x - 1) * EDGE, (1 - 2 * y) * EDGE),
  nudge: (dx, dy) => moveTo(state.start[0] + dx / 20, state.start[1] - dy / 20),
});
for (const name of ["r1", "fast", "mean"]) kit.toggle(name, (on) => { state[name] = on; show(); });
kit.toggle("turn", (on) => { state.turn = !on; show(); });
kit.set("loss", (value) => { state.loss = value; show(); });
return { state, play };
});
