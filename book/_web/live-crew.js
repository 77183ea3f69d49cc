/* Who does the work: workers that learn and paint, and the game that hands it out.
 *
 * Everything random in a step is drawn here, patch by patch, and sent along: so a run does not depend on
 * the number of workers.
 */
(function () {
"use strict";

const MEASURED = 64; // patches that say what a usual context is

const { createRandom } = window.sicganColor;
const { PAPER, createParameters, createAdam, rateFactor, follow } = window.sicganModel;
const { countTransforms, freeOrigins, drawOrigin } = window.sicganPhoto;

/* In a worker: it knows one photograph and its share of a batch, and answers one message at a time. */
function workerScript(root) {
  "use strict";
  const { createRandom } = root.sicganColor, { createShare, describe } = root.sicganModel;
  const {
    readPhoto, inputsOf, cutPatch, contextStatistics, predict, merge, enlarge, errorOf, baselines, holdoutBox,
    meanChroma,
  } = root.sicganPhoto;
  let photo, config, standard, share, ab, kept;

  /* The arrays of a patch are used again by the next step's, so that memory stays as it is. */
  function load(patch, index) {
    const { normal } = createRandom(patch.seed), { size } = config;
    const mine = kept[index] || { noises: [0, 1].map(() => new Float64Array(2 * size * size)) };
    for (const noise of mine.noises) for (let i = 0; i < noise.length; i++) noise[i] = normal();
    kept[index] = { noises: mine.noises, ...cutPatch(photo, size, patch, mine) };
    share.load(index, { ...patch, ...kept[index] });
  }

  function measured(bytes) {
    return { bytes, error: errorOf(photo, bytes, holdoutBox(config.holdout, photo.height, photo.width)) };
  }

  const answers = {
    photograph({ bytes, width, features }) {
      photo = readPhoto(bytes, width, features);
      return { inputs: inputsOf(photo), chroma: meanChroma(photo) };
    },
    /* `places` are those of the patches whose context is the measure for all others. */
    game({ settings, count, places }) {
      config = settings;
      kept = [];
      standard = contextStatistics(photo, config.size, places);
      if (count) share = createShare(config, inputsOf(photo), count, standard);
      return standard;
    },
    /* Paint for a generator that learned elsewhere. */
    borrow({ settings, measures }) {
      config = settings;
      standard = measures;
      return {};
    },
    change({ settings }) {
      Object.assign(config, settings);
      return {};
    },
    judge({ g, d, patches }) {
      patches.forEach(load);
      return share.judgeAndLearn(g, d);
    },
    fool: ({ d }) => share.learnToFool(d),
    paint({ g, z }) {
      ab = predict(describe(config, inputsOf(photo))[0], g, photo, config.size, standard, z);
      return measured(merge(photo.lightness, ab));
    },
    compare() {
      const box = holdoutBox(config.holdout, photo.height, photo.width), found = baselines(photo, box);
      return Object.fromEntries(Object.entries(found).map(([name, planes]) =>
        [name, measured(merge(photo.lightness, planes))]));
    },
    /* The last painting's colours under the lightness of a larger picture of the same. */
    save({ bytes, width }) {
      const large = readPhoto(bytes, width), { height } = large;
      return { bytes: merge(large.lightness, ab.map((map) =>
        enlarge(map, photo.width, photo.height, width, height))) };
    },
  };
  root.onmessage = ({ data: { kind, ...given } }) => root.postMessage(answers[kind](given));
}

/* A worker whose answers come as promises, in the order of the questions. */
function hire(url) {
  const worker = new Worker(url), waiting = [];
  worker.onmessage = ({ data }) => waiting.shift().done(data);
  worker.onerror = ({ message }) => waiting.splice(0).forEach(({ fail }) =>
    fail(new Error(`A worker failed: ${message || "this browser, or the page's host, forbids them"}.`)));
  const ask = (kind, given = {}) => new Promise((done, fail) => {
    waiting.push({ done, fail });
    worker.postMessage({ kind, ...given });
  });
  return { ask, dismiss: () => worker.terminate() };
}

/* `count` workers that learn, and one that paints. */
function createCrew(count) {
  const { colorScript, kernelsScript, networksScript, modelScript, photoScript } = window;
  const scripts = [colorScript, kernelsScript, networksScript, modelScript, photoScript, workerScript];
  // The scripts call themselves a window's; in a worker there is none.
  const text = scripts.map((script) => `(${script})(self);`).join("\n");
  const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  const learners = Array.from({ length: count }, () => hire(url)), painter = hire(url);
  const all = [...learners, painter];
  return {
    learners, painter,
    tell: async (kind, given) => (await Promise.all(all.map((worker) => worker.ask(kind, given))))[0],
    dismiss() {
      all.forEach((worker) => worker.dismiss());
      URL.revokeObjectURL(url);
    },
  };
}

/* Steps of a whole run. */
const stepsOf = (config) => config.epochs * Math.ceil(config.num_patches / config.batch_size);

const targetRange = (target, jitter) => [Math.max(0, target - jitter), Math.min(1, target + jitter)];

/* The mean targets: real, generated, and G's own. The losses at chance follow from them. */
function meanTargets(config) {
  return [config.real_target, config.fake_target, config.generator_target].map((target) => {
    const [low, high] = targetRange(target, config.target_jitter);
    return (low + high) / 2;
  });
}

/* The best D's score and both losses when it can only guess. */
function equilibrium(config) {
  const [real, fake, generator] = meanTargets(config), score = (real + fake) / 2;
  const entropy = (target) =>
    -(target && target * Math.log(score)) - (target < 1 && (1 - target) * Math.log(1 - score));
  return { score, lossD: entropy(real) + entropy(fake), lossG: entropy(generator) };
}

const contextOf = (config) => config.features.filter((name) => !PAPER.includes(name)).length;

/* All that is random in one patch of a batch. */
function drawPatch(config, origins, random) {
  const between = ([low, high]) => low + (high - low) * random.uniform();
  const { real_target: real, fake_target: fake, generator_target: own, target_jitter: jitter } = config;
  return {
    ...drawOrigin(origins, random),
    transform: Math.floor(countTransforms(config) * random.uniform()),
    seed: Math.floor(4294967296 * random.uniform()),
    targets: [real, fake, own].map((target) => between(targetRange(target, jitter))),
    shifts: Array.from({ length: contextOf(config) }, () => config.feature_noise * random.normal()),
    z: Array.from({ length: config.noise_channels }, random.normal),
  };
}

/* A game before its first step, on a crew that knows the photograph. */
async function createGame(crew, config, { width, height, inputs }) {
  const random = createRandom(config.seed), [g, d] = createParameters(config, inputs, random);
  const adamG = createAdam(g.length, config.betas), adamD = createAdam(d.length, config.betas);
  const origins = freeOrigins(height, width, config.size, config.holdout), { learners } = crew;
  const bounds = learners.map((_, i) => Math.round((i * config.batch_size) / learners.length));
  const share = (list, i) => list.slice(bounds[i], bounds[i + 1]);
  const places = Array.from({ length: MEASURED }, () => drawOrigin(origins, random));
  const begin = (worker, count) => worker.ask("game", { settings: config, places, count });
  const standard = await begin(crew.painter, 0);
  await Promise.all(learners.map((worker, i) =>
    begin(worker, share(Array.from({ length: config.batch_size }), i).length)));

  const together = async (kind, given) => add(await Promise.all(learners.map((worker, i) =>
    worker.ask(kind, given(i)))));

  /* One step of D, then one of G against the new D. `learns` says who may learn in it. */
  async function step(learns = { d: true, g: true }) {
    const patches = Array.from({ length: config.batch_size }, () => drawPatch(config, origins, random));
    const onD = await together("judge", (i) => ({ g, d, patches: share(patches, i) }));
    const factor = rateFactor(config.schedule, Math.min(1, game.steps / stepsOf(config)));
    if (learns.d) adamD(d, onD.gradient, factor * config.lr_discriminator);
    const onG = await together("fool", () => ({ d }));
    if (learns.g) adamG(g, onG.gradient, factor * config.lr_generator);
    game.steps += 1;
    if (config.average_decay) follow(final, g, config.average_decay, game.steps);
    return { lossD: onD.loss, lossG: onG.loss, realScore: onD.realScore, fakeScore: onD.fakeScore };
  }

  /* Other noise, targets, weights or rates from the next step on. */
  async function change(settings) {
    Object.assign(config, settings);
    await crew.tell("change", { settings });
  }

  const final = config.average_decay ? g.slice() : g; // the weights to paint with and to keep
  const game = { config, g, d, final, standard, steps: 0, step, change };
  return game;
}

/* The sum of what the workers found. */
function add(parts) {
  return parts.reduce((sum, part) => Object.fromEntries(Object.entries(part).map(([name, value]) =>
    [name, value.length ? value.map((x, i) => x + sum[name][i]) : value + sum[name]])));
}

window.sicganCrew = { createCrew, createGame, equilibrium, stepsOf };
})();
