/* A pixel as chapter 4's generator sees it; and the colours, dragged over the lightness, before its two judges. */
sicganTouch.mount("judges", async function (kit) {
"use strict";
const { labToRgb, intoGamut } = sicganColor, { judges } = sicganTouch.given.judges;
const TILE = 32, CELLS = 8, REACH = 4, SLICE = 12; // pixels, cells a side, pixels, milliseconds at a time
const photo = await sicganTouch.readPhoto("judges"), { width, height, lab } = photo, count = width * height;
const networks = judges.map(readNetwork);
const state = { shift: [0, 0], hue: 0, turn: 0, scores: [0, 0], pixel: [160, 118] };
const light = Float64Array.from(lab, ([l]) => l), features = makeFeatures();
const grey = sicganTouch.createLayer(width, height), hues = sicganTouch.createLayer(width, height);
const exact = sicganTouch.createLayer(width, height);
grey.paint((i) => labToRgb([light[i], 0, 0]));
hues.paint((i) => labToRgb(intoGamut([60, lab[i][1], lab[i][2]])));

/* Base64 of little-endian float32: weights and bias of two convolutions, then of the last layer. */
function readNetwork({ inputs, weights }) {
  const bytes = Uint8Array.from(atob(weights), (c) => c.charCodeAt(0)), view = new DataView(bytes.buffer);
  const all = Float64Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
  let at = 0;
  const take = (n) => all.subarray(at, (at += n));
  const layers = [[inputs, 8], [8, 16]].map(([from, to]) => ({ from, to, weights: take(9 * from * to), bias: take(to) }));
  return { inputs, layers, head: take(16 * CELLS * CELLS), bias: take(1)[0] };
}

/* Lightness, Sobel and Laplacian, scaled as in chapter 2. */
function makeFeatures() {
  const mirror = (i, n) => (i < 0 ? -i : i >= n ? 2 * n - 2 - i : i), maps = [0, 1, 2].map(() => new Float64Array(count));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const p = (dy, dx) => light[mirror(y + dy, height) * width + mirror(x + dx, width)], i = y * width + x;
      const across = p(-1, 1) + 2 * p(0, 1) + p(1, 1) - p(-1, -1) - 2 * p(0, -1) - p(1, -1);
      const down = p(1, -1) + 2 * p(1, 0) + p(1, 1) - p(-1, -1) - 2 * p(-1, 0) - p(-1, 1);
      maps[0][i] = light[i] / 50 - 1;
      maps[1][i] = Math.hypot(across, down) / (100 * Math.sqrt(20));
      maps[2][i] = (p(-1, 0) + p(1, 0) + p(0, -1) + p(0, 1) - 4 * p(0, 0)) / 400;
    }
  }
  return maps;
}

/* A 3×3 convolution with zeros around, and what is positive of it. */
function convolve(input, { from, to, weights, bias }) {
  const output = new Float64Array(to * TILE * TILE);
  for (let o = 0; o < to; o++) {
    const base = o * TILE * TILE;
    output.fill(bias[o], base, base + TILE * TILE);
    for (let c = 0; c < from; c++) {
      for (let k = 0; k < 9; k++) {
        const w = weights[(o * from + c) * 9 + k], dy = Math.floor(k / 3) - 1, dx = (k % 3) - 1;
        const first = Math.max(0, -dx), last = TILE - Math.max(0, dx);
        for (let y = Math.max(0, -dy); y < TILE - Math.max(0, dy); y++) {
          let a = base + y * TILE + first, b = c * TILE * TILE + (y + dy) * TILE + first + dx;
          for (const end = base + y * TILE + last; a < end; a++, b++) output[a] += w * input[b];
        }
      }
    }
  }
  for (let i = 0; i < output.length; i++) if (output[i] < 0) output[i] = 0;
  return output;
}

function logit(network, input) {
  const maps = network.layers.reduce(convolve, input), cell = TILE / CELLS;
  let sum = network.bias;
  for (let i = 0; i < maps.length; i++) {
    const c = Math.floor(i / (TILE * TILE)), y = Math.floor((i % (TILE * TILE)) / TILE / cell);
    sum += (network.head[(c * CELLS + y) * CELLS + Math.floor((i % TILE) / cell)] * maps[i]) / (cell * cell);
  }
  return sum;
}

/* The ab that lies over pixel i: shifted round the picture, its hue turned. */
function abAt(i, [right, down], hue) {
  const x = ((i % width) - right + 10 * width) % width, y = (Math.floor(i / width) - down + 10 * height) % height;
  const [, a, b] = lab[y * width + x], angle = (hue * Math.PI) / 180, cos = Math.cos(angle), sin = Math.sin(angle);
  return [cos * a - sin * b, sin * a + cos * b];
}

/* The scores that both judges give one tile. */
function scoreTile(tile, shift, hue) {
  const wide = width / TILE, top = TILE * Math.floor(tile / wide), left = TILE * (tile % wide), n = TILE * TILE;
  const input = new Float64Array(5 * n);
  for (let j = 0; j < n; j++) {
    const i = (top + Math.floor(j / TILE)) * width + left + (j % TILE), [a, b] = abAt(i, shift, hue);
    for (let c = 0; c < 3; c++) input[c * n + j] = features[c][i];
    input[3 * n + j] = a / 110;
    input[4 * n + j] = b / 110;
  }
  // Who does not see lightness gets the last two planes alone.
  return networks.map((network) => 1 / (1 + Math.exp(-logit(network, input.subarray((5 - network.inputs) * n)))));
}

const tiles = count / (TILE * TILE);
function judge(shift, hue) {
  const scores = Array.from({ length: tiles }, (_, k) => scoreTile(k, shift, hue));
  return networks.map((_, j) => scores.reduce((sum, both) => sum + both[j], 0) / tiles);
}

/* The same in small slices, so that the page answers; given up when the colours have moved on. */
async function judgeSlowly(turn) {
  const sums = [0, 0], { shift, hue } = state;
  let since = performance.now();
  for (let k = 0; k < tiles; k++) {
    scoreTile(k, shift, hue).forEach((score, j) => { sums[j] += score; });
    if (performance.now() - since < SLICE) continue;
    await new Promise((go) => setTimeout(go));
    if (turn !== state.turn) return;
    since = performance.now();
  }
  exact.paint((i) => labToRgb(intoGamut([light[i], ...abAt(i, shift, hue)])));
  state.scores = sums.map((sum) => sum / tiles);
  state.settled = turn;
  tell();
}

function verdict([blind, sighted]) {
  if (!state.shift[0] && !state.shift[1] && !state.hue) return "In place: both believe.";
  if (blind - sighted < 0.1) return blind < 0.4 ? "Both object." : "Nothing that either of them minds.";
  return "The judge that sees lightness objects. The paper's does not.";
}

function tell() {
  state.scores.forEach((score, j) => {
    kit.write(["blind", "sighted"][j], score.toFixed(2));
    kit.find("bar", ["blind", "sighted"][j]).style.width = `${100 * score}%`;
  });
  kit.write("verdict", verdict(state.scores));
  kit.say(`The paper's D ${state.scores[0].toFixed(2)}, the conditional D ${state.scores[1].toFixed(2)}. ${verdict(state.scores)}`);
  kit.refresh();
}

/* The five numbers of a pixel, as they enter G. */
function see(x, y) {
  return [...features.map((map) => map[y * width + x]), (x % TILE) / TILE, (y % TILE) / TILE];
}

/* Choose the pixel whose field is shown. */
function look(x, y) {
  const inside = (v, n) => Math.min(n - 1 - REACH, Math.max(REACH, Math.floor(v)));
  state.pixel = [inside(x, width), inside(y, height)];
  const numbers = see(...state.pixel).map((value) => value.toFixed(2).replace("-", "−"));
  ["f0", "f1", "f2", "x", "y"].forEach((name, i) => kit.write(name, numbers[i]));
  const told = `column ${state.pixel[0]}, row ${state.pixel[1]}: lightness ${numbers[0]}, Sobel ${numbers[1]}, Laplacian ${numbers[2]}, x ${numbers[3]}, y ${numbers[4]}`;
  kit.tell(field, told, state.pixel[0]);
  kit.refresh();
  return told;
}

function drawField(pen, wide) {
  const side = 2 * REACH + 1, unit = wide / side, [x, y] = state.pixel;
  for (let i = 0; i < side * side; i++) {
    const column = i % side, row = Math.floor(i / side), at = (y + row - REACH) * width + x + column - REACH;
    pen.fillStyle = `rgb(${labToRgb([light[at], 0, 0]).join()})`;
    pen.fillRect(column * unit, row * unit, unit + 0.5, unit + 0.5);
  }
  frame(pen, REACH * unit, REACH * unit, unit);
}

/* A square that is seen on any ground. */
function frame(pen, x, y, side) {
  pen.setLineDash([]);
  for (const [color, line] of [["#ffffff", 3], ["#26282b", 1.2]]) {
    pen.strokeStyle = color;
    pen.lineWidth = line;
    pen.strokeRect(x, y, side, side);
  }
}

function draw(pen, wide, tall) {
  drawColors(pen, wide, tall);
  const unit = wide / width, [x, y] = state.pixel;
  frame(pen, (x - REACH) * unit, (y - REACH) * unit, (2 * REACH + 1) * unit);
}

function drawColors(pen, wide, tall) {
  if (state.settled === state.turn) return void pen.drawImage(exact.canvas, 0, 0, wide, tall);
  const unit = wide / width, [right, down] = state.shift; // on the way: the browser's own blend
  pen.drawImage(grey.canvas, 0, 0, wide, tall);
  pen.globalCompositeOperation = "color";
  pen.filter = `hue-rotate(${state.hue}deg)`;
  for (const x of [right, right - width]) {
    for (const y of [down, down - height]) pen.drawImage(hues.canvas, x * unit, y * unit, wide, tall);
  }
  pen.filter = "none";
  pen.globalCompositeOperation = "source-over";
}

function moveTo(right, down, hue = state.hue) {
  const round = (v, n) => ((Math.round(v) % n) + n) % n;
  state.shift = [round(right, width), round(down, height)];
  state.hue = hue;
  state.turn += 1;
  kit.write("shift", `${state.shift[0]}, ${state.shift[1]}`);
  kit.write("hue", `${hue}°`);
  kit.tell(picture, `colours ${state.shift[0]} to the right, ${state.shift[1]} down`, state.shift[0]);
  kit.refresh();
  judgeSlowly(state.turn);
}

let grip = [0, 0], held = [0, 0];
const picture = kit.view("picture", height / width, draw), field = kit.view("field", 1, drawField);
const shares = (event) => {
  const box = picture.getBoundingClientRect();
  return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
};
picture.addEventListener("pointerdown", (event) => {
  grip = shares(event);
  held = state.shift.slice();
  look(grip[0] * width, grip[1] * height);
}, { capture: true });
picture.addEventListener("pointermove", (event) => {
  const [x, y] = shares(event);
  if (!picture.hasPointerCapture(event.pointerId)) look(x * width, y * height);
});
kit.drag(field, { move: () => {}, nudge: (dx, dy) => kit.say(look(state.pixel[0] + dx, state.pixel[1] + dy)) });
look(...state.pixel);
kit.drag(picture, {
  move: (x, y) => moveTo(held[0] + (x - grip[0]) * width, held[1] + (y - grip[1]) * height),
  nudge: (dx, dy) => moveTo(state.shift[0] + dx, state.shift[1] + dy),
});
kit.set("hue", (value) => moveTo(...state.shift, value));
kit.on("place", () => { kit.find("set", "hue").value = 0; moveTo(0, 0, 0); });
return { state, judge, see };
});
