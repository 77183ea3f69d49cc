/* The game's model: a SICGAN with patches of one pixel.
 *
 * It is the twin of sicgan_lite/teaching/pixel_game.py: same networks, same losses, same Adam, same
 * order of steps; a test holds both to one trajectory.
 */
(function () {
"use strict";

const { createRandom, rgbToLab, labToRgb, intoGamut, deltaE } = window.sicganColor;

// ---------------------------------------------------------------- networks

const HIDDEN = 24;
const SCALE = 37; // the networks see ab / 37
const BATCH = 256;
const GENERATOR_TARGET = 1;
const LEAK = 0.2; // what D's units let through of what is negative, if they leak
const BETA1 = 0.5, BETA2 = 0.999, EPSILON = 1e-8;
const LEVELS = 256; // G sees lightness, and z if it has a die: for one z, a table of its colours is all of G
const LADDER = Float64Array.from({ length: LEVELS }, (_, i) => (2 * i) / (LEVELS - 1) - 1);

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
    generator: createNetwork(settings.die ? 2 : 1, 2, random),
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
    z: game.settings.die ? Float64Array.from({ length: rows }, random.normal) : null,
  };
}

/* What G looks at: lightness, and z beside it if G has a die. */
function seenByG({ settings }, lightness, z) {
  if (!settings.die) return lightness;
  return Float64Array.from({ length: 2 * lightness.length }, (_, i) => (i % 2 ? z : lightness)[i >> 1]);
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
  const fake = forward(generator, seenByG(game, lightness, batch.z), rows);

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

/* G's colour for scaled lightnesses, a multiple of four, each with its z: ab in CIE units, and the Lab
 * that sRGB can show. */
function paintAt(game, lightness, z) {
  const seen = seenByG(game, lightness, z);
  const ab = forward(game.generator, seen, lightness.length).map((value) => value * SCALE);
  const shown = Array.from(lightness, (l, i) => intoGamut([50 * l + 50, ab[2 * i], ab[2 * i + 1]]));
  return { lightness, ab, shown };
}

/* G's colour for 256 lightnesses from 0 to 100, with one z for all. */
const colorTable = (game, z = 0) => paintAt(game, LADDER, new Float64Array(LEVELS).fill(z));

/* Where D pulls each of G's colours, in the networks' units: down the slope of G's loss. */
function pullOn(game, { lightness, ab }) {
  const { sign, target } = aim(game.settings), rows = lightness.length;
  const seen = seenByD(game, lightness, ab.map((value) => value / SCALE), null);
  const { slope } = judge(game.discriminator, seen, rows, target, false);
  return slopeByAb(slope, rows).map((value) => -sign * value * rows);
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
  createGame, drawBatch, step, forward, seenByD, equilibrium, sigmoid, mean, readPhoto, paintAt, colorTable,
  pullOn, meanDeltaE, rgbToLab, labToRgb, intoGamut, deltaE, BATCH, LEVELS, SCALE,
};
})();
