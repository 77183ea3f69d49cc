/* The whole SICGAN in the page: the training step of sicgan_lite.training.
 *
 * `config` is a Config of the library as to_dict() writes it: the same fields, the same names. A test
 * holds this script and train_step to one trajectory. All of it is one function, so that a worker
 * can be given its text.
 */
function modelScript(root) {
"use strict";

const { createFrame, planes, rectify } = root.sicganKernels;
const {
  createNetwork, createMaps, setParameters, clearGradient, takeGradient, forward, backward,
} = root.sicganNetworks;

const POOLED = 8; // D averages any patch down to 8×8
const EPSILON = 1e-8; // of Adam
const MOST_SPREADS = 4; // of a context feature from its mean
const LIGHTNESS_MAPS = 3; // what a conditional D sees beside ab
const PAPER = ["lightness", "sobel", "laplacian", "x", "y"];

const isUsed = (features, i) => i >= PAPER.length || features.includes(PAPER[i]);

/* Both networks of a config. G sees `inputs` feature maps and the z that follow them. */
function describe(config, inputs) {
  const { generator_widths: wide, discriminator_widths: narrow, conditional, features } = config;
  const { noise_channels: z, leaky_slope: slope, kernel_sizes: sizes } = config;
  const kernels = [...wide, 2].map((_, i) => sizes[Math.min(i, sizes.length - 1)]); // the last repeats
  const channels = [inputs + z, ...wide, 2], seen = [conditional ? LIGHTNESS_MAPS + 2 : 2, ...narrow];
  return [
    { channels, kernels, leaks: [...wide.map(() => 0), 1], keep: 0, head: 0,
      used: channels.slice(0, 1).flatMap((n) => Array.from({ length: n }, (_, i) => isUsed(features, i))) },
    { channels: seen, kernels: narrow.map(() => 3), leaks: narrow.map(() => slope), keep: 2,
      used: new Array(seen[0]).fill(true), head: narrow[narrow.length - 1] * POOLED * POOLED + 1 },
  ];
}

/* First weights as PyTorch draws them: uniform, as wide as one over the root of a unit's inputs. */
function initialize({ layers, parameters, head }, { uniform }) {
  const draw = (from, to, inputs) => {
    for (let i = from; i < to; i++) parameters[i] = (2 * uniform() - 1) / Math.sqrt(inputs);
  };
  for (const { weights, biases, outputs, inputs, taps } of layers) {
    draw(weights, biases + outputs, inputs * taps);
  }
  draw(head, parameters.length, parameters.length - head - 1);
}

/* The parameters of G and of D before their first step. */
function createParameters(config, inputs, random) {
  return describe(config, inputs).map((about) => {
    const net = createNetwork(about, createFrame(1, 0));
    initialize(net, random);
    return net.parameters;
  });
}

const sigmoid = (logit) => 1 / (1 + Math.exp(-logit));
const crossEntropy = (logit, target) =>
  Math.max(logit, 0) - logit * target + Math.log1p(Math.exp(-Math.abs(logit)));

/* A context feature as G sees it: less its mean, divided by its spread, within bounds. */
const standardize = (value, mean, std, shift = 0) =>
  Math.min(MOST_SPREADS, Math.max(-MOST_SPREADS, (value - mean) / std + shift));

/* One worker's part of a batch: `count` patches, both networks, and what passes through them. The
 * means and standard deviations of the context features are those of the photograph that is learned. */
function createShare(config, inputs, count, { means = [], stds = [] } = {}) {
  const { size, batch_size: batch } = config, [about, aboutD] = describe(config, inputs);
  const border = Math.max(...about.kernels, ...aboutD.kernels) >> 1, frame = createFrame(size, border);
  const G = createNetwork(about, frame), D = createNetwork(aboutD, frame), seen = createMaps(D);
  const last = D.layers[D.layers.length - 1].outputs, block = size / POOLED;
  const pooled = new Float64Array(last * POOLED * POOLED);
  const images = Array.from({ length: count }, () => ({ maps: createMaps(G), real: planes(2, frame) }));
  const pixels = Array.from(frame.inside.keys()).filter((at) => frame.inside[at]);
  const cellOf = pixels.map((_, i) => POOLED * Math.floor(i / size / block) + Math.floor((i % size) / block));

  function fill(to, plane, valueOf) {
    const at = plane * frame.plane;
    for (let i = 0; i < pixels.length; i++) to[at + pixels[i]] = valueOf(i);
  }

  /* A patch: features (planes, one after another), ab, shifts of the context, z, noises for real and
   * fake ab, targets. */
  function load(index, { features, ab, shifts = [], z = [], noises, targets }) {
    const image = images[index], n = size * size, seenByG = image.maps[0].values;
    for (let c = 0; c < PAPER.length; c++) fill(seenByG, c, (i) => features[c * n + i]);
    means.forEach((mean, k) => fill(seenByG, PAPER.length + k, (i) =>
      standardize(features[(PAPER.length + k) * n + i], mean, stds[k], shifts[k])));
    z.forEach((value, k) => fill(seenByG, inputs + k, () => value));
    for (let c = 0; c < 2; c++) fill(image.real, c, (i) => ab[c * n + i]);
    Object.assign(image, { noises, targets });
  }

  /* D's logit for two planes of ab, with noise if it is given. */
  function judge(ab, image, noise) {
    const skip = D.layers[0].inputs - 2, shown = seen[0].values;
    shown.set(image.maps[0].values.subarray(0, skip * frame.plane));
    shown.set(ab.subarray(0, 2 * frame.plane), skip * frame.plane);
    if (noise) for (let c = 0, n = 0; c < 2; c++) for (const at of pixels) {
      shown[(skip + c) * frame.plane + at] += config.noise_std * noise[n++];
    }
    const maps = forward(D, seen);
    pooled.fill(0);
    eachPooled((at, k) => { pooled[k] += maps[at] / (block * block); });
    return pooled.reduce((sum, value, k) => sum + value * D.parameters[D.head + k],
      D.parameters[D.parameters.length - 1]);
  }

  function eachPooled(visit) {
    for (let c = 0; c < last; c++) for (let i = 0; i < pixels.length; i++) {
      visit(c * frame.plane + pixels[i], c * POOLED * POOLED + cellOf[i]);
    }
  }

  /* From the slope of a loss by the last logit to the slopes by ab; D's gradient where it learns. */
  function unjudge(slope, learns) {
    const depth = D.layers.length, top = D.slopes[depth];
    if (learns) {
      pooled.forEach((value, k) => { D.gradient[D.head + k] += slope * value; });
      D.gradient[D.gradient.length - 1] += slope;
    }
    eachPooled((at, k) => { top[at] = (slope * D.parameters[D.head + k]) / (block * block); });
    rectify(top, seen[depth].values, D.layers[depth - 1].leak, frame);
    backward(D, seen, learns);
    return D.slopes[0];
  }

  /* D's part of a step: its gradient, and its loss and scores, divided by the size of the batch. */
  function judgeAndLearn(g, d) {
    setParameters(G, g);
    setParameters(D, d);
    clearGradient(D);
    const found = { loss: 0, realScore: 0, fakeScore: 0 };
    for (const image of images) {
      const fake = forward(G, image.maps);
      [[image.real, "realScore"], [fake, "fakeScore"]].forEach(([ab, score], i) => {
        const logit = judge(ab, image, image.noises[i]), target = image.targets[i];
        found.loss += crossEntropy(logit, target) / batch;
        found[score] += sigmoid(logit) / batch;
        unjudge((sigmoid(logit) - target) / batch, true);
      });
    }
    return { ...found, gradient: takeGradient(D) };
  }

  /* G's part, against the new D: its gradient, and the adversarial loss alone. */
  function learnToFool(d) {
    const { l1_weight: l1, adversarial_weight: weight } = config, top = G.slopes[G.layers.length];
    setParameters(D, d);
    clearGradient(G);
    let loss = 0;
    for (const image of images) {
      const fake = image.maps[G.layers.length].values, target = image.targets[2];
      const logit = judge(fake, image, null);
      loss += crossEntropy(logit, target) / batch;
      top.fill(0);
      if (weight) top.set(unjudge((weight * (sigmoid(logit) - target)) / batch, false));
      if (l1) for (let at = 0; at < 2 * frame.plane; at++) {
        top[at] += (l1 * Math.sign(fake[at] - image.real[at])) / (batch * 2 * size * size);
      }
      backward(G, image.maps, true);
    }
    return { loss, gradient: takeGradient(G) };
  }

  return { load, judgeAndLearn, learnToFool };
}

function createAdam(length, [beta1, beta2]) {
  const mean = new Float64Array(length), square = new Float64Array(length);
  let updates = 0;
  return (parameters, gradient, rate) => {
    updates += 1;
    const stride = rate / (1 - Math.pow(beta1, updates));
    const correction = Math.sqrt(1 - Math.pow(beta2, updates));
    for (let i = 0; i < length; i++) {
      mean[i] += (1 - beta1) * (gradient[i] - mean[i]);
      square[i] = beta2 * square[i] + (1 - beta2) * gradient[i] * gradient[i];
      parameters[i] -= (stride * mean[i]) / (Math.sqrt(square[i]) / correction + EPSILON);
    }
  };
}

/* What both rates are multiplied by when a share of the steps is done. */
function rateFactor(schedule, progress) {
  if (schedule === "constant") return 1;
  if (schedule === "falling") return 1 - progress;
  const rise = 0.3, least = 1 / 25;
  if (progress < rise) return 1 - ((1 - least) * (1 + Math.cos((Math.PI * progress) / rise))) / 2;
  return (1 + Math.cos((Math.PI * (progress - rise)) / (1 - rise))) / 2;
}

/* Move the running mean of G's weights after a step: a plain mean of all steps while they are few. */
function follow(average, parameters, decay, step) {
  const share = Math.max(1 - decay, 1 / step);
  parameters.forEach((value, i) => { average[i] += share * (value - average[i]); });
}

root.sicganModel = {
  PAPER, describe, createParameters, createShare, createAdam, standardize, rateFactor, follow,
};
}
modelScript(window);
