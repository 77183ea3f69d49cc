/* The game in the page: the model of game-model.js, trained while you watch, and drawn. */
(function () {
"use strict";

const { createRandom, labToRgb, intoGamut } = window.sicganColor;
const { createGame, drawBatch, step, forward, seenByD, equilibrium, sigmoid, ...rest } = window.pixelGame;
const { mean, readPhoto, paintAt, colorTable, pullOn, meanDeltaE, BATCH, LEVELS, SCALE } = rest;
const { INK, FAINT, PAPER, REAL, FAKE, D_COLOR, G_COLOR, ...draws } = window.sicganDrawing;
const { clear, resize, path, write, drawSeries } = draws;

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

/* A cross in the colour that it paints; a stroke shows the pull, longer for a stronger one, up to a limit. */
function drawCross(pen, x, y, color, pull) {
  const length = Math.hypot(...pull), reach = Math.min(24, 12 * Math.log1p(length)) / (length || 1);
  path(pen, [[x, y], [x + reach * pull[0], y - reach * pull[1]]], INK, 1.2);
  for (const [ink, width] of [[INK, 3.6], [color, 2]]) {
    path(pen, [[x - 3.5, y - 3.5], [x + 3.5, y + 3.5]], ink, width);
    path(pen, [[x - 3.5, y + 3.5], [x + 3.5, y - 3.5]], ink, width);
  }
}

/* Some pixels of the photograph; where D sees lightness, those near the lightness of the ground. */
function somePixels({ photo, settings }) {
  const count = photo.lab.length, stride = Math.ceil(count / DOTS);
  return Array.from({ length: Math.floor(count / stride) }, (_, i) => i * stride).filter((i) =>
    !settings.conditional || Math.abs(photo.lab[i][0] - settings.field) <= 15);
}

/* G's colours for these pixels: one for each lightness, or, with a die, one for each pixel's own roll. */
function generated(game, pixels) {
  const { photo, settings } = game, { normal } = createRandom(settings.seed);
  const levels = pixels.map((i) => photo.levels[i]), all = settings.die ? levels : [...new Set(levels)];
  const whole = all.concat(new Array((4 - (all.length % 4)) % 4).fill(all[0] || 0)); // rows go by fours
  const lightness = Float64Array.from(whole, (level) => (2 * level) / (LEVELS - 1) - 1);
  return paintAt(game, lightness, lightness.map(() => normal()));
}

function drawPlane(canvas, game) {
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
  const pixels = somePixels(game);
  if (!pixels.length) return;
  pen.fillStyle = REAL;
  for (const i of pixels) {
    const [, a, b] = photo.lab[i];
    pen.beginPath();
    pen.arc(x(a), y(b), 2.2, 0, 7);
    pen.fill();
  }
  const made = generated(game, pixels), pulls = pullOn(game, made);
  made.shown.forEach((lab, i) => drawCross(pen, x(made.ab[2 * i]), y(made.ab[2 * i + 1]),
    `rgb(${labToRgb(lab)})`, [pulls[2 * i], pulls[2 * i + 1]]));
}

// -------------------------------------------------------------------- page

const STARTS_ANEW = ["photo", "seed", "conditional", "die", "leaky", "head"];
const SWITCHES = ["conditional", "die", "leaky", "minimax", "sgd"];
const MEASURES = ["lossD", "lossG", "realScore", "fakeScore", "pull"];
const DEFAULTS = {
  photo: "coffee", seed: "1", conditional: "", die: "", leaky: "", minimax: "", sgd: "", noise: "0.03",
  real: "0.9", fake: "0", rateD: "0.004", rateG: "0.002", head: "0", field: "50", roll: "0",
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
      roll: number("roll"),
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
      head: `${settings.head} steps`, field: `L = ${settings.field}`, roll: `z = ${settings.roll}`,
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
    const table = colorTable(game, game.settings.roll), settled = equilibrium(game.settings);
    const dash = [5, 3];
    const line = (name, color, predicted, dash) => ({ values: history[name], color, predicted, dash });
    drawPicture(find("picture"), game.photo, table.shown);
    drawPlane(find("plane"), game);
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
    const error = meanDeltaE(photo, colorTable(game, settings.roll).shown, stride).toFixed(1);
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

  /* The result in a line, with the address that sets up the same game. */
  async function copy() {
    const text = (id) => document.getElementById(id).textContent, now = (name) => text(`now-${name}`);
    const result = `Step ${steps}: ΔE ${now("deltaE")} (${text("predicted-deltaE")}),`
      + ` L_D ${now("lossD")}, L_G ${now("lossG")}, pull ${now("pull")}. ${location.href}`;
    try {
      await navigator.clipboard.writeText(result);
      say("Copied.");
    } catch (_) {
      say(result);
    }
  }

  playButton.addEventListener("click", () => play(!playing));
  find("step-d").addEventListener("click", () => stepOnce({ d: true, g: false }));
  find("step-g").addEventListener("click", () => stepOnce({ d: false, g: true }));
  find("reset").addEventListener("click", reset);
  find("copy").addEventListener("click", copy);
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

  const isSet = readAddress();
  reset();
  if (isSet) board.scrollIntoView();
}

const board = document.getElementById("game");
// WebKit runs this script before it has decoded the photographs, which wait in the markup.
if (board) window.addEventListener("load", () => startPage(board));
})();
