/* Roll the die of a small G, and paint with it: z is what lightness does not say. */
sicganTouch.mount("die", async function (kit) {
"use strict";
const { path } = sicganDrawing, { rgbToLab, labToRgb, intoGamut, deltaE } = sicganColor;
const HIDDEN = 24, ENDS = 2.5, BRUSH = 7; // units a layer; the slider's reach; pixels around the brush
const photo = await sicganTouch.readPhoto("astronaut"), { width, height, lab } = photo, count = lab.length;
const { weights, scale } = sicganTouch.given.die, network = readNetwork();
const state = { z: 0, rolls: new Float64Array(count), at: [Math.round(0.6 * height), Math.round(0.2 * width)], painted: false };
const colors = new Array(count), errors = new Float64Array(count), layer = sicganTouch.createLayer(width, height);

/* Base64 of little-endian float32: weights, then bias, of three layers. */
function readNetwork() {
  const bytes = Uint8Array.from(atob(weights), (c) => c.charCodeAt(0)), view = new DataView(bytes.buffer);
  const all = Float64Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
  let at = 0;
  return [[2, HIDDEN], [HIDDEN, HIDDEN], [HIDDEN, 2]].map(([from, to]) =>
    ({ from, to, weights: all.subarray(at, (at += from * to)), bias: all.subarray(at, (at += to)) }));
}

/* G's a and b for a lightness and a roll. */
function predict(lightness, z) {
  let input = [lightness / 50 - 1, z];
  network.forEach((layer, depth) => {
    const output = new Array(layer.to);
    for (let o = 0; o < layer.to; o++) {
      let sum = layer.bias[o];
      for (let i = 0; i < layer.from; i++) sum += layer.weights[o * layer.from + i] * input[i];
      output[o] = depth < 2 && sum < 0 ? 0 : sum;
    }
    input = output;
  });
  return input.map((value) => value * scale);
}

function paintPixel(i, z) {
  state.rolls[i] = z;
  colors[i] = labToRgb(intoGamut([lab[i][0], ...predict(lab[i][0], z)]));
  errors[i] = deltaE(rgbToLab(colors[i]), lab[i]);
}

const error = () => errors.reduce((sum, value) => sum + value, 0) / count;

function fill(z) {
  for (let i = 0; i < count; i++) paintPixel(i, z);
  state.painted = false;
  show();
}

function dab() {
  const [row, column] = state.at;
  for (let y = Math.max(0, row - BRUSH); y <= Math.min(height - 1, row + BRUSH); y++) {
    for (let x = Math.max(0, column - BRUSH); x <= Math.min(width - 1, column + BRUSH); x++) {
      if (Math.hypot(y - row, x - column) <= BRUSH) paintPixel(y * width + x, state.z);
    }
  }
  state.painted = true;
  show();
}

const signed = (z) => z.toFixed(1).replace("-", "−");

function show() {
  layer.paint((i) => colors[i]);
  const now = error().toFixed(2);
  const told = state.painted ? "You say what lightness does not say." : "One roll for all of it.";
  kit.write("z", signed(state.z));
  kit.write("error", now);
  kit.write("verdict", told);
  tellPlace();
  kit.say(`z ${signed(state.z)}. Error ${now}. ${told}`);
  kit.refresh();
}

function tellPlace() {
  kit.tell(picture, `brush at row ${state.at[0]}, column ${state.at[1]}`, state.at[1]);
}

function draw(pen, wide, tall) {
  pen.drawImage(layer.canvas, 0, 0, wide, tall);
  const unit = wide / width, x = (state.at[1] + 0.5) * unit, y = (state.at[0] + 0.5) * unit;
  const ring = Array.from({ length: 33 }, (_, k) =>
    [x + BRUSH * unit * Math.cos((k * Math.PI) / 16), y + BRUSH * unit * Math.sin((k * Math.PI) / 16)]);
  path(pen, ring, "#fff", 3);
  path(pen, ring, "#26282b", 1.5);
}

/* The colour of each lightness, upwards, for each roll, to the right; a line at the roll that is held. */
const chart = sicganTouch.createLayer(51, 40);
chart.paint((i) => {
  const lightness = 97.5 - 2.5 * Math.floor(i / 51), z = ((i % 51) / 25 - 1) * ENDS;
  return labToRgb(intoGamut([lightness, ...predict(lightness, z)]));
});
function drawStrip(pen, wide, tall) {
  pen.drawImage(chart.canvas, 0, 0, wide, tall);
  const x = ((state.z / ENDS + 1) / 2) * wide;
  path(pen, [[x, 0], [x, tall]], "#fff", 4);
  path(pen, [[x, 0], [x, tall]], "#26282b", 2);
}

function choose(z) {
  const slider = kit.find("set", "z");
  slider.value = z;
  state.z = Number(slider.value);
  fill(state.z);
}

const normal = sicganColor.createRandom(Date.now()).normal;
const picture = kit.view("picture", height / width, draw);
const strip = kit.view("strip", 0.35, drawStrip);
kit.drag(strip, { move: (x) => choose((2 * x - 1) * ENDS) });
kit.drag(picture, {
  move(x, y) {
    state.at = [Math.min(height - 1, Math.floor(y * height)), Math.min(width - 1, Math.floor(x * width))];
    dab();
  },
  nudge(dx, dy) {
    const inside = (v, length) => Math.min(length - 1, Math.max(0, v));
    state.at = [inside(state.at[0] + dy, height), inside(state.at[1] + dx, width)];
    tellPlace();
    kit.refresh();
  },
});
picture.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" && event.key !== " ") return;
  event.preventDefault();
  dab();
});
fill(0);
kit.set("z", (value) => { state.z = value; kit.write("z", signed(value)); kit.refresh(); });
kit.on("roll", () => choose(Math.max(-ENDS, Math.min(ENDS, normal()))));
kit.on("fill", () => fill(state.z));
return { state, predict, error, colors: () => colors };
});
