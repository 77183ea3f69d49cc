/* Patches dropped by hand, no two origins nearer than a distance: against the dice and the honeycomb. */
sicganTouch.mount("patches", async function (kit) {
"use strict";
const { path, REAL, FAKE } = sicganDrawing, { label } = sicganTouch;
const HEIGHT = 400, WIDTH = 600, SIZE = 128, DISTANCE = 64, NEAR = 14;
const ROWS = HEIGHT - SIZE + 1, COLUMNS = WIDTH - SIZE + 1, POSITIONS = ROWS * COLUMNS;
const photo = await sicganTouch.readPhoto("coffee"), { dice } = sicganTouch.given.darts;
const state = { origins: [], at: [60, 60], throws: 0, free: POSITIONS, told: "", toldAt: [0, 0] };
const grey = sicganTouch.createLayer(photo.width, photo.height);
grey.paint((i) => sicganColor.labToRgb([35 + 0.6 * photo.lab[i][0], 0, 0]));

/* How many positions one origin forbids in the open: the lattice points nearer than the distance. */
function forbidden() {
  let count = 0;
  for (let i = -DISTANCE; i <= DISTANCE; i++) {
    for (let j = -DISTANCE; j <= DISTANCE; j++) if (i * i + j * j < DISTANCE * DISTANCE) count++;
  }
  return count;
}
const sure = Math.floor((POSITIONS - 1) / forbidden()) + 1;
const most = Math.floor(((ROWS - 1 + DISTANCE) * (COLUMNS - 1 + DISTANCE)) / (Math.PI * (DISTANCE / 2) ** 2));

const squared = ([a, b], [c, d]) => (a - c) ** 2 + (b - d) ** 2;
const fits = (place, origins) => origins.every((other) => squared(place, other) >= DISTANCE * DISTANCE);

function countFree(origins) {
  let count = 0;
  for (let i = 0; i < POSITIONS; i++) count += fits([Math.floor(i / COLUMNS), i % COLUMNS], origins);
  return count;
}

/* All positions in a random order, each taken if it is still free: what throwing darts comes to. */
function fillByDice(origins, seed) {
  const { uniform } = sicganColor.createRandom(seed), order = Uint32Array.from({ length: POSITIONS }, (_, i) => i);
  const all = origins.slice();
  for (let left = POSITIONS; left > 0; left--) {
    const pick = Math.floor(uniform() * left), position = order[pick];
    order[pick] = order[left - 1];
    const place = [Math.floor(position / COLUMNS), position % COLUMNS];
    if (fits(place, all)) all.push(place);
  }
  return all;
}

function honeycomb() {
  const step = Math.ceil((DISTANCE * Math.sqrt(3)) / 2), found = [];
  for (let k = 0; k * step < COLUMNS; k++) {
    for (let row = (k % 2) * (DISTANCE / 2); row < ROWS; row += DISTANCE) found.push([row, k * step]);
  }
  return found;
}
const comb = honeycomb().length, usual = dice.slice().sort((a, b) => a - b)[Math.floor(dice.length / 2)];

function drop() {
  const near = state.origins.findIndex((other) => squared(state.at, other) < NEAR * NEAR);
  if (near >= 0) {
    state.origins.splice(near, 1);
    take(state.origins, "Taken away.");
  } else if (fits(state.at, state.origins)) {
    take([...state.origins, state.at.slice()], "");
  } else {
    const nearest = Math.sqrt(Math.min(...state.origins.map((other) => squared(state.at, other))));
    take(state.origins, `Too near: ${nearest.toFixed(0)} pixels to the next.`);
  }
}

function take(origins, told) {
  state.origins = origins;
  state.free = countFree(origins);
  state.told = told;
  state.toldAt = state.at;
  show();
}

function verdict() {
  const count = state.origins.length;
  if (state.told) return state.told;
  if (count === 0) return "Press anywhere in the frame.";
  if (state.free > 0) return count > usual ? "More than the dice place in the middle." : "";
  if (count >= comb) return "Full. A honeycomb has no more.";
  return count > usual ? "Full, and better than the dice." : "Jammed: nowhere is a place left.";
}

function show() {
  kit.write("count", state.origins.length);
  kit.write("free", `${((100 * state.free) / POSITIONS).toFixed(0)} %`);
  kit.write("verdict", verdict());
  const [row, column] = state.at;
  kit.tell(plane, `row ${row}, column ${column}, ${fits(state.at, state.origins) ? "free" : "taken"}`, column);
  kit.say(`${state.origins.length} patches. ${verdict()}`);
  kit.refresh();
}

function draw(pen, width, height) {
  const unit = width / WIDTH;
  pen.drawImage(grey.canvas, 0, 0, width, height);
  const square = ([row, column], tall, wide, color, line, dash = []) => path(pen, [[0, 0], [wide, 0],
    [wide, tall], [0, tall], [0, 0]].map(([x, y]) => [(column + x) * unit, (row + y) * unit]), color, line, dash);
  square([0, 0], ROWS - 1, COLUMNS - 1, "#26282b", 1.5, [5, 4]);
  for (const [row, column] of state.origins) {
    pen.fillStyle = "rgba(0, 114, 178, 0.3)";
    circle(pen, column * unit, row * unit, (DISTANCE / 2) * unit);
    pen.fillStyle = REAL;
    circle(pen, column * unit, row * unit, 3);
  }
  const color = fits(state.at, state.origins) ? REAL : FAKE, [row, column] = state.at;
  square(state.at, SIZE, SIZE, "#fff", 4);
  square(state.at, SIZE, SIZE, color, 2);
  path(pen, [[column * unit - 8, row * unit], [column * unit + 8, row * unit]], color, 2);
  path(pen, [[column * unit, row * unit - 8], [column * unit, row * unit + 8]], color, 2);
  label(pen, "origins lie in here", (COLUMNS - 6) * unit, (ROWS - 8) * unit, "right");
}

function circle(pen, x, y, radius) {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fill();
}

function moveTo(row, column) {
  const inside = (v, length) => Math.min(length - 1, Math.max(0, Math.round(v)));
  state.at = [inside(row, ROWS), inside(column, COLUMNS)];
  if (squared(state.at, state.toldAt) > NEAR * NEAR) state.told = ""; // long enough to be read
  show();
}

const plane = kit.view("plane", HEIGHT / WIDTH, draw);
kit.drag(plane, {
  hover: true,
  move: (x, y) => moveTo(y * HEIGHT, x * WIDTH),
  nudge: (dx, dy) => moveTo(state.at[0] + 4 * dy, state.at[1] + 4 * dx),
});
plane.addEventListener("pointerup", (event) => { if (!event.button) drop(); });
plane.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" && event.key !== " ") return;
  event.preventDefault();
  drop();
});
kit.on("dice", () => take(fillByDice(state.origins, ++state.throws), ""));
kit.on("comb", () => take(honeycomb(), ""));
kit.on("clear", () => take([], ""));
kit.write("dice", usual);
kit.write("comb", comb);
kit.write("sure", sure);
kit.write("most", most);
show();
return { state, sure, most, countFree, fillByDice, honeycomb };
});
