/* The view of one pixel: what it knows with more and more context, and which pixels it cannot tell from itself. */
sicganTouch.mount("view", async function (kit) {
"use strict";
const { path } = sicganDrawing, { deltaE, labToRgb } = sicganColor;
const SCALES = [0, 1, 2, 4, 8, 16], REACH = 3, NEAR_L = 3, NEAR = 4; // in units of lightness
const photo = await sicganTouch.readPhoto("astronaut"), { width, height } = photo;
const lightness = Float64Array.from(photo.lab, ([l]) => l - 50);
const state = { row: Math.round(0.8 * height), column: Math.round(0.25 * width), level: 0, twins: [] };
const layer = sicganTouch.createLayer(width, height);

const mirror = (i, length) => {
  const period = 2 * (length - 1), j = Math.abs(i) % period;
  return Math.min(j, period - j);
};

/* A Gaussian blur along rows, then columns; mirrored at the border, which is not repeated. */
function blur(image, sigma) {
  const weights = Array.from({ length: 2 * REACH * sigma + 1 }, (_, i) =>
    Math.exp(-((i - REACH * sigma) ** 2) / (2 * sigma * sigma)));
  const total = weights.reduce((a, b) => a + b);
  const along = (source, at, sideways) => {
    const result = new Float64Array(source.length);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        let sum = 0;
        for (let k = 0; k < weights.length; k++) {
          const to = (sideways ? x : y) + k - REACH * sigma;
          sum += weights[k] * source[at(y, x, mirror(to, sideways ? width : height))];
        }
        result[y * width + x] = sum / total;
      }
    }
    return result;
  };
  return along(along(image, (y, x, k) => y * width + k, true), (y, x, k) => k * width + x, false);
}

/* Blur and spread of the lightness, as in the chapter: B/50 and S/20, made when they are first asked for. */
const made = {};
function context(sigma) {
  if (!made[sigma]) {
    const mean = blur(lightness, sigma), square = blur(lightness.map((l) => l * l), sigma);
    made[sigma] = { blur: mean.map((m) => m / 50), spread: mean.map((m, i) =>
      Math.sqrt(Math.max(square[i] - m * m, 0)) / 20) };
  }
  return made[sigma];
}

/* The pixels that look the same to who knows the lightness, and the context up to a level. */
function findTwins(row, column, level) {
  const here = row * width + column, maps = SCALES.slice(1, level + 1).map(context), found = [];
  for (let i = 0; i < lightness.length; i++) {
    const alike = Math.abs(lightness[i] - lightness[here]) <= NEAR_L && maps.every((map) =>
      50 * Math.abs(map.blur[i] - map.blur[here]) <= NEAR && 20 * Math.abs(map.spread[i] - map.spread[here]) <= NEAR);
    if (alike) found.push(i);
  }
  return found;
}

function colorsApart(twins, here) {
  return twins.reduce((sum, i) => sum + deltaE(photo.lab[i], photo.lab[here]), 0) / twins.length;
}

const side = () => 2 * REACH * SCALES[state.level] + 1;

function verdict(apart) {
  if (state.twins.length < 20) return "Hardly another pixel looks like this one.";
  return apart > 10 ? "It cannot know its colour: too many others look the same." : apart > 5
    ? "It could guess." : "Those that look the same have the same colour.";
}

function show() {
  const here = state.row * width + state.column;
  state.twins = findTwins(state.row, state.column, state.level);
  const alike = new Set(state.twins), apart = colorsApart(state.twins, here);
  layer.paint((i) => (alike.has(i) ? photo.rgba.slice(4 * i, 4 * i + 3) : labToRgb([60 + 0.4 * photo.lab[i][0], 0, 0])));
  kit.write("side", side() === 1 ? "1 pixel" : `${side()} × ${side()} pixels`);
  kit.write("twins", state.twins.length);
  kit.write("apart", apart.toFixed(1));
  kit.write("verdict", verdict(apart));
  kit.find("part", "color").style.background = `rgb(${photo.rgba.slice(4 * here, 4 * here + 3)})`;
  kit.tell(picture, `row ${state.row}, column ${state.column}`, state.column);
  kit.say(`${state.twins.length} pixels look like this one. Their colours are ${apart.toFixed(1)} apart. ${verdict(apart)}`);
  kit.refresh();
}

function draw(pen, wide) {
  const unit = wide / width, half = (side() * unit) / 2;
  pen.drawImage(layer.canvas, 0, 0, wide, unit * height);
  const x = (state.column + 0.5) * unit, y = (state.row + 0.5) * unit, r = Math.max(half, 5);
  for (const [color, line] of [["#fff", 4], ["#26282b", 2]]) {
    path(pen, [[x - r, y - r], [x + r, y - r], [x + r, y + r], [x - r, y + r], [x - r, y - r]], color, line);
  }
}

/* What the pixel sees, large: the lightness within its reach. */
function drawView(pen, wide) {
  const n = side(), unit = wide / n, from = (n - 1) / 2;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const y = mirror(state.row + i - from, height), x = mirror(state.column + j - from, width);
      pen.fillStyle = `rgb(${labToRgb([lightness[y * width + x] + 50, 0, 0])})`;
      pen.fillRect(j * unit, i * unit, unit + 1, unit + 1);
    }
  }
}

function lookAt(row, column) {
  const inside = (v, length) => Math.min(length - 1, Math.max(0, v));
  state.row = inside(row, height);
  state.column = inside(column, width);
  show();
}

const picture = kit.view("picture", height / width, draw);
kit.view("eye", 1, drawView);
kit.drag(picture, {
  move: (x, y) => lookAt(Math.floor(y * height), Math.floor(x * width)),
  nudge: (dx, dy) => lookAt(state.row + dy, state.column + dx),
});
kit.set("level", (value) => { state.level = value; show(); });
return {
  state, twins: (row, column, level) => findTwins(row, column, level).length,
  apart: (row, column, level) => colorsApart(findTwins(row, column, level), row * width + column),
  context: (sigma, i) => [context(sigma).blur[i], context(sigma).spread[i]],
};
});
