/* The game in the page: a SICGAN with patches of one pixel, trained while you watch.
 *
 * The model is the twin of sicgan_lite/teaching/pixel_game.py: same networks, same losses, same Adam, same
 * order of steps; a test holds both to one trajectory.
 */
(function () {
"use strict";

const { createRandom, rgbToLab, labToRgb, intoGamut, deltaE } = window.sicganColor;
const { INK, FAINT, PAPER, REAL, FAKE, D_COLOR, G_COLOR, ...draws } = window.sicganDrawing;
const { clear, resize, path, write, drawSeries } = draws;

// ---------------------------------------------------------------- networks

const HIDDEN = 24;
const SCALE = 37; // the networks see ab / 37
const BATCH = 256;
const GENERATOR_TARGET = 1;
const LEAK = 0.2; // what D's units let through of what is negative, if they leak
const BETA1 = 0.5, BETA2 = 0.999, EPSILON = 1e-8;
const LEVELS = 256; // G sees lightness alone, so a table of its colours is all of G

/* Three linear layers with ReLU between, leaky if there is a leak. All parameters lie in one array:
 * weights, then biases, layer by layer, as PyTorch lists them. */
function createNetwork(inputs, outputs, random, leak = 0) {
  const sizes = [inputs, HIDDEN, HIDDEN, outputs];
  const layers = [];
  let length = 0;
  for (let i = 0; i < 3; i++) {
    const layer = { inputs: sizes[i], outputs: sizes[i + 1], weights: length };
    layer.biases = length + layer.inputs * layer.outputs;
    length = layer.biases + layer.outputs;
    layers.push(layer);
  }
  const parameters = new Float64Array(length);
  for (const layer of layers) {
    const bound = 1 / Math.sqrt(layer.inputs);
    const end = layer.biases + layer.outputs;
    for (let i = layer.weights; i < end; i++) parameters[i] = bound * (2 * random.uniform() - 1);
  }
  return {
    layers, parameters, leak, updates: 0, kept: new Map(),
    gradient: new Float64Array(length),
    mean: new Float64Array(length),
    square: new Float64Array(length),
  };
}

/* The arrays of a pass over so many rows. They are used again by the next pass over as many. */
function buffers(network, rows) {
  if (!network.kept.has(rows)) {
    const sizes = [network.layers[0].inputs, ...network.layers.map((layer) => layer.outputs)];
    const make = () => sizes.map((size) => new Float64Array(rows * size));
    network.kept.set(rows, { values: make(), slopes: make() });
  }
  return network.kept.get(rows);
}

/* The network's output for so many rows, a multiple of four: four sums that do not wait for each
 * other take half the time of one. */
function forward(network, input, rows) {
  const { values } = buffers(network, rows);
  values[0].set(input);
  network.layers.forEach((layer, depth) => {
    linear(network.parameters, layer, values[depth], values[depth + 1], rows);
    if (depth < 2) rectify(values[depth + 1], network.leak);
  });
  return values[3];
}

function linear(p, { inputs, outputs, weights, biases }, from, to, rows) {
  for (let row = 0; row < rows; row += 4) {
    const x0 = row * inputs, x1 = x0 + inputs, x2 = x1 + inputs, x3 = x2 + inputs;
    for (let out = 0; out < outputs; out++) {
      const w = weights + out * inputs, y = row * outputs + out;
      let s0 = p[biases + out], s1 = s0, s2 = s0, s3 = s0;
      for (let i = 0; i < inputs; i++) {
        const weight = p[w + i];
        s0 += weight * from[x0 + i];
        s1 += weight * from[x1 + i];
        s2 += weight * from[x2 + i];
        s3 += weight * from[x3 + i];
      }
      to[y] = s0;
      to[y + outputs] = s1;
      to[y + 2 * outputs] = s2;
      to[y + 3 * outputs] = s3;
    }
  }
}

function rectify(values, leak) {
  for (let i = 0; i < values.length; i++) if (values[i] < 0) values[i] *= leak;
}

/* From the slope of a loss by the output of the last forward pass to its slope by the input.
 * The slopes by the parameters are added to network.gradient when the network `learns`. */
function backward(network, slope, rows, learns) {
  const { values, slopes } = buffers(network, rows);
  slopes[3].set(slope);
  for (let depth = 2; depth >= 0; depth--) {
    const layer = network.layers[depth], from = values[depth], below = slopes[depth];
    if (learns) addGradient(network.gradient, layer, from, slopes[depth + 1], rows);
    linear(...transpose(network.parameters, layer), slopes[depth + 1], below, rows);
    if (depth > 0) for (let i = 0; i < below.length; i++) if (!(from[i] > 0)) below[i] *= network.leak;
  }
  return slopes[0];
}

function addGradient(gradient, { inputs, outputs, weights, biases }, from, slopes, rows) {
  for (let row = 0; row < rows; row += 4) {
    const x0 = row * inputs, x1 = x0 + inputs, x2 = x1 + inputs, x3 = x2 + inputs;
    for (let out = 0; out < outputs; out++) {
      const w = weights + out * inputs, y = row * outputs + out;
      const g0 = slopes[y], g1 = slopes[y + outputs];
      const g2 = slopes[y + 2 * outputs], g3 = slopes[y + 3 * outputs];
      gradient[biases + out] += g0 + g1 + g2 + g3;
      for (let i = 0; i < inputs; i++) {
        gradient[w + i] += g0 * from[x0 + i] + g1 * from[x1 + i] + g2 * from[x2 + i] + g3 * from[x3 + i];
      }
    }
  }
}

/* The layer that carries slopes back: the transposed weights, and no bias. */
function transpose(p, { inputs, outputs, weights }) {
  const turned = new Float64Array(inputs * outputs + inputs);
  for (let out = 0; out < outputs; out++) {
    for (let i = 0; i < inputs; i++) turned[i * outputs + out] = p[weights + out * inputs + i];
  }
  return [turned, { inputs: outputs, outputs: inputs, weights: 0, biases: inputs * outputs }];
}

function adam(network, rate) {
  const { parameters, gradient, mean, square } = network;
  network.updates += 1;
  const length = rate / (1 - Math.pow(BETA1, network.updates));
  const correction = Math.sqrt(1 - Math.pow(BETA2, network.updates));
  for (let i = 0; i < parameters.length; i++) {
    mean[i] += (1 - BETA1) * (gradient[i] - mean[i]);
    square[i] = BETA2 * square[i] + (1 - BETA2) * gradient[i] * gradient[i];
    parameters[i] -= (length * mean[i]) / (Math.sqrt(square[i]) / correction + EPSILON);
  }
}

/* Plain gradient descent: the step is as long as the slope is steep. */
function descend({ parameters, gradient }, rate) {
  for (let i = 0; i < parameters.length; i++) parameters[i] -= rate * gradient[i];
}

// -------------------------------------------------------------------- game

const sigmoid = (logit) => 1 / (1 + Math.exp(-logit));

const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

/* A game before its first step. `photo` has lightness (scaled to -1..1) and ab (CIE units / 37). */
function createGame(photo, settings) {
  const random = createRandom(settings.seed);
  return {
    photo, settings, random,
    generator: createNetwork(1, 2, random),
    discriminator: createNetwork(settings.conditional ? 3 : 2, 1, random, settings.leaky ? LEAK : 0),
  };
}

/* All that is random in a step. */
function drawBatch(game, rows) {
  const { random, photo } = game;
  const count = photo.lightness.length;
  const noise = () => Float64Array.from({ length: 2 * rows }, random.normal);
  return {
    pixels: Int32Array.from({ length: rows }, () => Math.floor(random.uniform() * count)),
    realNoise: noise(), fakeNoise: noise(), generatorNoise: noise(),
  };
}

/* What D looks at: ab with noise, after the lightness if D sees it. */
function seenByD(game, lightness, ab, noise) {
  const rows = lightness.length, std = game.settings.noise;
  const width = game.discriminator.layers[0].inputs, skip = width - 2;
  const seen = new Float64Array(rows * width);
  for (let row = 0; row < rows; row++) {
    if (skip) seen[row * width] = lightness[row];
    for (let i = 0; i < 2; i++) {
      seen[row * width + skip + i] = ab[2 * row + i] + (noise ? std * noise[2 * row + i] : 0);
    }
  }
  return seen;
}

/* Binary cross-entropy of D's judgement with a target; also D's mean score, and the slope of the
 * loss by what D saw. */
function judge(network, seen, rows, target, learns) {
  const logits = forward(network, seen, rows);
  const slope = new Float64Array(rows);
  let loss = 0, score = 0;
  for (let row = 0; row < rows; row++) {
    const logit = logits[row], guess = sigmoid(logit);
    loss += Math.max(logit, 0) - logit * target + Math.log1p(Math.exp(-Math.abs(logit)));
    score += guess;
    slope[row] = (guess - target) / rows;
  }
  return { loss: loss / rows, score: score / rows, slope: backward(network, slope, rows, learns) };
}

/* One step of D, then one of G against the new D. `learns` says who may learn in it. */
function step(game, batch, learns = { d: true, g: true }) {
  const { settings, photo, generator, discriminator } = game;
  const rows = batch.pixels.length;
  const lightness = Float64Array.from(batch.pixels, (pixel) => photo.lightness[pixel]);
  const real = new Float64Array(2 * rows);
  batch.pixels.forEach((pixel, row) => real.set(photo.ab.subarray(2 * pixel, 2 * pixel + 2), 2 * row));
  const fake = forward(generator, lightness, rows);

  discriminator.gradient.fill(0);
  const onReal = judge(discriminator, seenByD(game, lightness, real, batch.realNoise),
    rows, settings.real, true);
  const onFake = judge(discriminator, seenByD(game, lightness, fake, batch.fakeNoise),
    rows, settings.fake, true);
  if (learns.d) adam(discriminator, settings.rateD);

  const { sign, target } = aim(settings);
  const verdict = judge(discriminator, seenByD(game, lightness, fake, batch.generatorNoise),
    rows, target, false);
  const pull = slopeByAb(verdict.slope, rows).map((slope) => sign * slope);
  generator.gradient.fill(0);
  backward(generator, pull, rows, true);
  if (learns.g) (settings.sgd ? descend : adam)(generator, settings.rateG);
  return {
    lossD: onReal.loss + onFake.loss, lossG: sign * verdict.loss,
    realScore: onReal.score, fakeScore: onFake.score,
    pull: pull.reduce((sum, _, i) => sum + (i % 2 ? Math.hypot(pull[i - 1], pull[i]) : 0), 0),
  };
}

/* What G does with D's judgement: lower its distance from "real", or, in the minimax game, raise
 * D's own loss on generated pixels. */
function aim({ minimax, fake }) {
  return minimax ? { sign: -1, target: fake } : { sign: 1, target: GENERATOR_TARGET };
}

function slopeByAb(slope, rows) {
  const width = slope.length / rows;
  if (width === 2) return slope;
  return Float64Array.from({ length: 2 * rows }, (_, i) => slope[(i >> 1) * width + 1 + (i & 1)]);
}

/* The value of the game: the best D's score and both losses when it can only guess. */
function equilibrium(settings) {
  const entropy = (target, score) =>
    -(target && target * Math.log(score)) - (1 - target && (1 - target) * Math.log(1 - score));
  const score = (settings.real + settings.fake) / 2, { sign, target } = aim(settings);
  return {
    score,
    lossD: entropy(settings.real, score) + entropy(settings.fake, score),
    lossG: sign * entropy(target, score),
  };
}

// ------------------------------------------------------------------ colour

/* A photograph ready to play with: RGBA bytes in, scaled lightness and ab out. */
function readPhoto(bytes, width) {
  const count = bytes.length / 4;
  const photo = {
    bytes, width, height: count / width, lab: [],
    lightness: new Float64Array(count), ab: new Float64Array(2 * count),
    levels: new Uint8Array(count),
  };
  for (let i = 0; i < count; i++) {
    const lab = rgbToLab([bytes[4 * i], bytes[4 * i + 1], bytes[4 * i + 2]]);
    photo.lab.push(lab);
    photo.lightness[i] = lab[0] / 50 - 1;
    photo.ab.set([lab[1] / SCALE, lab[2] / SCALE], 2 * i);
    photo.levels[i] = Math.round((Math.min(100, Math.max(0, lab[0])) / 100) * (LEVELS - 1));
  }
  return photo;
}

/* G's colour for 256 lightnesses from 0 to 100: ab in CIE units, and the Lab that sRGB can show. */
function colorTable(game) {
  const lightness = Float64Array.from({ length: LEVELS }, (_, i) => (2 * i) / (LEVELS - 1) - 1);
  const ab = forward(game.generator, lightness, LEVELS).map((value) => value * SCALE);
  const shown = Array.from(lightness, (l, i) => intoGamut([50 * l + 50, ab[2 * i], ab[2 * i + 1]]));
  return { ab, shown };
}

/* Mean CIEDE2000 of the photograph in G's colours; `stride` 7 looks at every seventh pixel. */
function meanDeltaE(photo, shown, stride = 1) {
  let sum = 0, count = 0;
  for (let i = 0; i < photo.lab.length; i += stride, count++) {
    const [, a, b] = shown[photo.levels[i]];
    sum += deltaE([photo.lab[i][0], a, b], photo.lab[i]);
  }
  return sum / count;
}

window.pixelGame = {
  createGame, drawBatch, step, equilibrium, rgbToLab, labToRgb, intoGamut, deltaE, readPhoto,
  colorTable, meanDeltaE,
};

// ----------------------------------------------------------------- drawing

const GRID = 32, DOTS = 260, HISTORY = 1000, RECENT = 50;

function drawPicture(canvas, photo, shown) {
  const { bytes, width, height, levels } = photo;
  const gap = 4, painted = new Uint8ClampedArray(bytes);
  const colors = shown.map(labToRgb);
  levels.forEach((level, i) => painted.set(colors[level], 4 * i));
  resize(canvas, 2 * width + gap, height);
  const pen = canvas.getContext("2d");
  pen.putImageData(new ImageData(new Uint8ClampedArray(bytes), width), 0, 0);
  pen.putImageData(new ImageData(painted, width), width + gap, 0);
}

/* D's scores on a grid over the ab plane, b downwards from its largest value. */
function scoreField(game, limit) {
  const at = (i) => ((2 * i) / (GRID - 1) - 1) * (limit / SCALE);
  const ab = new Float64Array(2 * GRID * GRID);
  for (let i = 0; i < GRID * GRID; i++) ab.set([at(i % GRID), -at(Math.floor(i / GRID))], 2 * i);
  const lightness = new Float64Array(GRID * GRID).fill(game.settings.field / 50 - 1);
  const seen = seenByD(game, lightness, ab, null);
  return Array.from(forward(game.discriminator, seen, GRID * GRID), sigmoid);
}

/* Blue where D's score is above a guess, orange below, paper at the guess itself. */
function paintField(pen, field, guess, size) {
  const hue = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
  const paper = hue(PAPER), real = hue(REAL), fake = hue(FAKE);
  const image = new ImageData(GRID, GRID);
  field.forEach((score, i) => {
    const k = score > guess ? (score - guess) / (1 - guess) : (guess - score) / guess;
    const to = score > guess ? real : fake;
    image.data.set([...paper.map((c, j) => c + 0.55 * k * (to[j] - c)), 255], 4 * i);
  });
  const small = document.createElement("canvas");
  small.width = small.height = GRID;
  small.getContext("2d").putImageData(image, 0, 0);
  pen.drawImage(small, 0, 0, size, size);
}

/* The line where the field crosses a value, cell by cell. */
function drawContour(pen, field, value, size) {
  const unit = size / GRID, f = (x, y) => field[y * GRID + x] - value;
  for (let y = 0; y < GRID - 1; y++) {
    for (let x = 0; x < GRID - 1; x++) {
      const corners = [[x, y], [x + 1, y], [x + 1, y + 1], [x, y + 1], [x, y]];
      const crossings = [];
      for (let i = 0; i < 4; i++) {
        const [x0, y0] = corners[i], [x1, y1] = corners[i + 1];
        const from = f(x0, y0), to = f(x1, y1);
        if (from > 0 === to > 0) continue;
        const t = from / (from - to);
        crossings.push([(x0 + t * (x1 - x0) + 0.5) * unit, (y0 + t * (y1 - y0) + 0.5) * unit]);
      }
      for (let i = 0; i < crossings.length; i += 2) path(pen, crossings.slice(i, i + 2), INK);
    }
  }
}

function drawPlane(canvas, game, table) {
  const { photo, settings } = game;
  const { pen, width: size } = clear(canvas, 1);
  const { limit } = photo, field = scoreField(game, limit);
  const x = (a) => (size * (a / limit + 1)) / 2, y = (b) => x(-b);
  paintField(pen, field, equilibrium(settings).score, size);
  drawContour(pen, field, equilibrium(settings).score, size);
  path(pen, [[0, y(0)], [size, y(0)]], FAINT);
  path(pen, [[x(0), 0], [x(0), size]], FAINT);
  write(pen, `a = ${limit}`, size - 4, y(0) - 4, "right");
  write(pen, `b = ${limit}`, x(0) + 4, 14);
  const count = photo.lab.length, stride = Math.ceil(count / DOTS);
  for (let i = 0; i < count; i += stride) {
    const [lightness, a, b] = photo.lab[i], level = photo.levels[i];
    if (settings.conditional && Math.abs(lightness - settings.field) > 15) continue;
    pen.fillStyle = REAL;
    pen.beginPath();
    pen.arc(x(a), y(b), 2.2, 0, 7);
    pen.fill();
    const cx = x(table.ab[2 * level]), cy = y(table.ab[2 * level + 1]);
    path(pen, [[cx - 3, cy - 3], [cx + 3, cy + 3]], FAKE, 1.5);
    path(pen, [[cx - 3, cy + 3], [cx + 3, cy - 3]], FAKE, 1.5);
  }
}

// -------------------------------------------------------------------- page

const STARTS_ANEW = ["photo", "seed", "conditional", "leaky", "head"];
const SWITCHES = ["conditional", "leaky", "minimax", "sgd"];
const MEASURES = ["lossD", "lossG", "realScore", "fakeScore", "pull"];
const DEFAULTS = {
  photo: "coffee", seed: "1", conditional: "", leaky: "", minimax: "", sgd: "", noise: "0.03",
  real: "0.9", fake: "0", rateD: "0.004", rateG: "0.002", head: "0", field: "50",
};

/* Everything that moves: the board in the page, its form, its game. */
function startPage(board) {
  const find = (id) => document.getElementById(`game-${id}`);
  const form = find("settings"), controls = form.elements, playButton = find("play");
  const photos = {};
  let game, history, steps, playing = false, onScreen = true, owed = 0, last = 0, numbersAt = 0;

  function photoOf(name) {
    if (!photos[name]) {
      const image = form.querySelector(`input[value="${name}"] ~ img`);
      const pen = document.createElement("canvas").getContext("2d");
      pen.canvas.width = image.naturalWidth;
      pen.canvas.height = image.naturalHeight;
      pen.drawImage(image, 0, 0);
      const pixels = pen.getImageData(0, 0, image.naturalWidth, image.naturalHeight);
      photos[name] = readPhoto(pixels.data, pixels.width);
      const ab = photos[name].lab.flatMap(([, a, b]) => [Math.abs(a), Math.abs(b)]);
      photos[name].limit = 20 * Math.ceil(Math.max(...ab) / 20);
    }
    return photos[name];
  }

  const say = (text) => { find("status").textContent = text; };

  // The form holds the settings; the address holds those that are not the default.
  function readSettings() {
    const number = (name) => Number(controls[name].value);
    const rate = (name) => Number(Math.pow(10, number(name)).toPrecision(2));
    return {
      ...Object.fromEntries(SWITCHES.map((name) => [name, controls[name].checked])),
      photo: controls.photo.value, seed: number("seed"),
      noise: number("noise"), real: number("real"), fake: number("fake"),
      rateD: rate("rateD"), rateG: rate("rateG"), head: number("head"), field: number("field"),
    };
  }

  function fillForm(settings) {
    for (const [name, value] of Object.entries(settings)) {
      if (SWITCHES.includes(name)) controls[name].checked = value === "1";
      else controls[name].value = name.startsWith("rate") ? Math.log10(Number(value)) : value;
    }
    if (!controls.photo.value) controls.photo.value = DEFAULTS.photo;
    if (!controls.seed.checkValidity()) controls.seed.value = DEFAULTS.seed;
  }

  // A slider that is handed no number would take its middle, and a rate has a logarithm above 0 only.
  function isMeant(name, text) {
    if (name === "photo" || SWITCHES.includes(name)) return true;
    return text.trim() !== "" && isFinite(text) && (!name.startsWith("rate") || Number(text) > 0);
  }

  function readAddress() {
    const asked = new URLSearchParams(location.hash.slice(1));
    const known = Object.keys(DEFAULTS).filter((name) => asked.has(name) && isMeant(name, asked.get(name)));
    fillForm({ ...DEFAULTS, ...Object.fromEntries(known.map((name) => [name, asked.get(name)])) });
    return known.length > 0;
  }

  function writeAddress() {
    const texts = Object.entries(readSettings()).map(([name, value]) =>
      [name, SWITCHES.includes(name) ? (value ? "1" : "") : String(value)]);
    const changed = texts.filter(([name, text]) => text !== DEFAULTS[name]);
    const fragment = new URLSearchParams(changed).toString();
    window.history.replaceState(null, "", fragment ? `#${fragment}` : location.pathname);
  }

  function showSettings(settings) {
    const said = {
      noise: `${settings.noise.toFixed(2)} (${(SCALE * settings.noise).toFixed(1)} in CIE ab)`,
      real: settings.real.toFixed(2), fake: settings.fake.toFixed(2),
      rateD: `${settings.rateD} a step`, rateG: `${settings.rateG} a step`,
      head: `${settings.head} steps`, field: `L = ${settings.field}`,
    };
    for (const [name, text] of Object.entries(said)) {
      form.querySelector(`output[for="set-${name}"]`).value = text;
      controls[name].setAttribute("aria-valuetext", text);
    }
  }

  function reset() {
    const settings = readSettings();
    game = createGame(photoOf(settings.photo), settings);
    history = Object.fromEntries(MEASURES.map((name) => [name, []]));
    steps = 0;
    if (!playing) say("");
    showSettings(settings);
    draw();
    showNumbers(1);
  }

  function take(learns) {
    const record = step(game, drawBatch(game, BATCH), learns);
    for (const name of MEASURES) {
      history[name].push(record[name]);
      if (history[name].length > HISTORY) history[name].shift();
    }
    steps += 1;
  }

  function draw() {
    const table = colorTable(game), settled = equilibrium(game.settings);
    const dash = [5, 3];
    const line = (name, color, predicted, dash) => ({ values: history[name], color, predicted, dash });
    drawPicture(find("picture"), game.photo, table.shown);
    drawPlane(find("plane"), game, table);
    const even = (value) => 2 * Math.ceil(value / 2);
    drawSeries(find("losses"), [
      line("lossD", D_COLOR, settled.lossD), line("lossG", G_COLOR, settled.lossG, dash),
    ], Math.min(6, Math.max(2, even(Math.max(...history.lossG)))), HISTORY,
    -Math.min(6, even(Math.max(0, -settled.lossG, ...history.lossG.map((loss) => -loss)))));
    drawSeries(find("scores"), [
      line("realScore", REAL, settled.score), line("fakeScore", FAKE, settled.score, dash),
    ], 1, HISTORY);
  }

  function showNumbers(stride) {
    const { photo, settings } = game;
    const show = (id, text) => { document.getElementById(id).textContent = text; };
    const recent = (name) => (steps ? mean(history[name].slice(-RECENT)).toFixed(3) : "–");
    const { score, lossD, lossG } = equilibrium(settings);
    const predicted = { lossD, lossG, realScore: score, fakeScore: score };
    for (const name of MEASURES) show(`now-${name}`, recent(name));
    for (const name of Object.keys(predicted)) show(`predicted-${name}`, predicted[name].toFixed(3));
    const error = meanDeltaE(photo, colorTable(game).shown, stride).toFixed(1);
    photo.plain = photo.plain || oneColor(photo).toFixed(1);
    show("now-step", String(steps));
    show("now-deltaE", error);
    show("predicted-deltaE", `in one colour: ${photo.plain}`);
    const tell = (id, text) => find(id).setAttribute("aria-label", text);
    tell("picture", `The photograph, and its lightness in G's colours: mean ΔE ${error} at step ${steps}`);
    tell("losses", `Losses: of D ${recent("lossD")}, of G ${recent("lossG")} at step ${steps}`);
    tell("scores", `D's scores: ${recent("realScore")} on real pixels, ${recent("fakeScore")} on generated`
      + ` ones at step ${steps}`);
  }

  /* ΔE of the photograph painted in its mean ab. */
  function oneColor(photo) {
    const [a, b] = [1, 2].map((i) => mean(photo.lab.map((lab) => lab[i])));
    return meanDeltaE(photo, Array.from({ length: LEVELS }, (_, i) =>
      intoGamut([(100 * i) / (LEVELS - 1), a, b])));
  }

  // Learn for some milliseconds, draw, and give the page its turn.
  function frame(now) {
    if (!playing) return;
    const speed = Number(find("speed").value), end = performance.now() + 14;
    owed = Math.min(owed + ((now - last) / 1000) * speed, Math.max(1, speed / 10));
    last = now;
    const before = steps;
    while (onScreen && owed >= 1 && performance.now() < end) {
      take({ d: true, g: steps >= game.settings.head });
      owed -= 1;
    }
    if (steps > before) draw();
    if (now - numbersAt > 250) {
      numbersAt = now;
      showNumbers(7);
    }
    requestAnimationFrame(frame);
  }

  function play(wanted) {
    if (wanted === playing) return;
    playing = wanted;
    playButton.textContent = playing ? "Pause" : "Play";
    say(playing ? "Playing." : `Paused at step ${steps}.`);
    owed = 1;
    last = performance.now();
    if (playing) requestAnimationFrame(frame);
    else showNumbers(1);
  }

  function stepOnce(learns) {
    play(false);
    take(learns);
    draw();
    showNumbers(1);
    say(`Step ${steps}: ${learns.d ? "D" : "G"} learned.`);
  }

  playButton.addEventListener("click", () => play(!playing));
  find("step-d").addEventListener("click", () => stepOnce({ d: true, g: false }));
  find("step-g").addEventListener("click", () => stepOnce({ d: false, g: true }));
  find("reset").addEventListener("click", reset);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", (event) => {
    if (!event.target.checkValidity()) return say(event.target.validationMessage);
    if (STARTS_ANEW.includes(event.target.name)) reset();
    game.settings = readSettings();
    showSettings(game.settings);
    if (!playing) {
      draw();
      showNumbers(1);
    }
  });
  form.addEventListener("change", (event) => event.target.checkValidity() && writeAddress());
  window.addEventListener("hashchange", () => {
    if (!readAddress()) return;
    play(false);
    reset();
    board.scrollIntoView();
  });
  window.addEventListener("resize", draw);
  document.addEventListener("visibilitychange", () => document.hidden && play(false));
  new IntersectionObserver(([entry]) => { onScreen = entry.isIntersecting; }).observe(board);

  board.hidden = false;
  const isSet = readAddress();
  reset();
  if (isSet) board.scrollIntoView();
  else if (!matchMedia("(prefers-reduced-motion: reduce)").matches) play(true);
}

const board = document.getElementById("game");
if (board) startPage(board);
})();
