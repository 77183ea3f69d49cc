/* Your photograph: the board of the page that learns it. */
(function () {
"use strict";

const { createCrew, createGame, stepsOf } = window.sicganCrew;
const { freeOrigins } = window.sicganPhoto;
const { readPicture, drawn } = window.sicganPictures;
const {
  MEASURES, find, showPhotograph, showPainted, showBaselines, showCurves, showLeague,
} = window.sicganViews;

const SEEDS = 10, MOST_WORKERS = 4;
const GREY_CHROMA = 2; // in CIE units: a photograph below this has no colours to learn
const PAINT_SHARE = 5; // painting takes a fifth of the time at most
const HOW_OFTEN = 200; // milliseconds between two drawings of the curves
const EDGES = ["top", "left", "bottom", "right"];
const NUMBERS = ["seed", "steps"];
const STARTS_ANEW = [...NUMBERS, ...EDGES];
// Fields of the library's Config behind the sliders. A rate's slider moves along a list.
const FIELDS = {
  noise: "noise_std", real: "real_target", fake: "fake_target",
  rateD: "lr_discriminator", rateG: "lr_generator",
};

const RATES = [-4, -3, -2, -1].flatMap((power) => [1, 2, 3, 5].map((digit) => Number(`${digit}e${power}`)));

const isRate = (name) => name.startsWith("rate");

const nearestRate = (value) => RATES.reduce((best, rate, i) =>
  (Math.abs(Math.log(rate / value)) < Math.abs(Math.log(RATES[best] / value)) ? i : best), 0);

// ---------------------------------------------------------------- settings

/* The form and the address: what the reader has set. */
function createSettings(judges) {
  const controls = find("settings").elements;
  const read = (name) => (isRate(name) ? RATES[controls[name].value] : Number(controls[name].value));
  const write = (name, value) => { controls[name].value = isRate(name) ? nearestRate(value) : value; };

  function holdout() {
    const box = EDGES.map((name) => Math.min(1, Math.max(0, controls[name].value / 100)));
    return box[0] < box[2] && box[1] < box[3] ? box : null;
  }

  function hold(percents) {
    EDGES.forEach((name, i) => { controls[name].value = percents ? percents[i] : ""; });
  }

  /* A Config of the library, as to_dict() writes it. */
  function config() {
    const changed = Object.entries(FIELDS).map(([name, field]) => [field, read(name)]);
    const judge = judges[controls.judge.value];
    const [seed, steps] = NUMBERS.map((name) => Number(controls[name].value));
    return {
      ...judge, ...Object.fromEntries(changed), seed, holdout: holdout(),
      num_patches: steps * judge.batch_size, epochs: 1,
    };
  }

  /* The settings as text, and those that a judge begins with. */
  function values() {
    return {
      photo: controls.photo.value, judge: controls.judge.value,
      ...Object.fromEntries(NUMBERS.map((name) => [name, controls[name].value])),
      ...Object.fromEntries(Object.keys(FIELDS).map((name) => [name, String(read(name))])),
      hold: holdout() ? EDGES.map((name) => controls[name].value).join("-") : "",
    };
  }

  function usual(judge) {
    const fields = Object.entries(FIELDS).map(([name, field]) => [name, String(judges[judge][field])]);
    const steps = String(stepsOf(judges[judge]));
    return { photo: "coffee", judge: "paper", seed: "1", steps, hold: "", ...Object.fromEntries(fields) };
  }

  function fill(given) {
    controls.judge.value = given.judge;
    controls.photo.value = given.photo;
    const normal = usual(given.judge);
    for (const name of NUMBERS) {
      controls[name].value = given[name];
      if (!controls[name].checkValidity()) controls[name].value = normal[name];
    }
    for (const name of Object.keys(FIELDS)) write(name, given[name] >= 0 ? given[name] : normal[name]);
    const percents = given.hold.split("-");
    hold(percents.length === EDGES.length ? percents : null);
    show();
  }

  /* Another judge begins with its own settings; photograph, seed and held-out part stay. */
  function callJudge() {
    const { photo, judge, seed, hold: held } = values();
    fill({ ...usual(judge), photo, judge, seed, hold: held });
  }

  function readAddress() {
    const asked = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
    const judge = judges[asked.judge] ? asked.judge : "paper", begun = usual(judge);
    const known = Object.keys(begun).filter((name) => name in asked);
    if (!known.length && controls.photo.value) return false;
    fill({ ...begun, ...Object.fromEntries(known.map((name) => [name, asked[name]])), judge });
    if (!controls.photo.value) controls.photo.value = "coffee";
    return known.length > 0;
  }

  function writeAddress() {
    const now = values(), normal = usual(now.judge);
    const changed = Object.entries(now).filter(([name, value]) => value && value !== normal[name]);
    const fragment = new URLSearchParams(changed).toString();
    window.history.replaceState(null, "", fragment ? `#${fragment}` : location.pathname);
  }

  function show() {
    for (const name of Object.keys(FIELDS)) {
      const text = isRate(name) ? `${read(name)} a step` : read(name).toFixed(2);
      find("settings").querySelector(`output[for="set-${name}"]`).value = text;
      controls[name].setAttribute("aria-valuetext", text);
    }
  }

  /* The judge, and what differs from its own settings. */
  function name() {
    const now = values(), normal = usual(now.judge);
    const judge = document.querySelector(`input[name="judge"][value="${now.judge}"]`);
    const changed = ["steps", ...Object.keys(FIELDS)].filter((field) => now[field] !== normal[field]);
    return [judge.parentElement.textContent.trim(), ...changed.map((field) => `${field} ${now[field]}`),
      now.hold && "a part held out"].filter(Boolean).join(", ");
  }

  return { controls, config, hold, callJudge, readAddress, writeAddress, show, name };
}

// -------------------------------------------------------------------- page

function startPage(board) {
  const about = JSON.parse(find("about").textContent), settings = createSettings(about.judges);
  const { controls } = settings, playButton = find("play"), tenButton = find("ten"), league = new Map();
  let crew, picture, game, history, plain, playing = false, ten = false, wholeRun = true;
  let turn = Promise.resolve(), painting = false, paintedAt = 0, paintTook = 0, curvesAt = 0;

  const say = (text) => { find("status").textContent = text; };
  const fail = (error) => { show(false); say(error.message); };

  /* One thing at a time: what is asked while a step is under way waits for its end. */
  function inTurn(work) {
    turn = turn.then(work).catch(fail);
    return turn;
  }

  function show(isPlaying) {
    playing = isPlaying;
    ten = ten && playing;
    playButton.textContent = playing ? "Pause" : "Play";
    tenButton.textContent = ten ? "Stop" : "Ten seeds";
  }

  // ----------------------------------------------------------- photograph

  /* Every worker reads the photograph, and a game begins. */
  async function choose(given) {
    crew = crew || createCrew(Math.min(MOST_WORKERS, navigator.hardwareConcurrency || 2));
    const { bytes, width } = given;
    picture = { ...given, ...await crew.tell("photograph", { bytes, width, settings: settings.config() }) };
    league.clear();
    await reset();
    if (picture.chroma < GREY_CHROMA) {
      say(`${picture.name} has no colours to learn from. Train on a colour photograph like it instead.`);
    }
  }

  async function chooseSample() {
    const image = board.querySelector(`input[name="photo"][value="${controls.photo.value}"] ~ img`);
    await image.decode();
    const { naturalWidth: width, naturalHeight: height } = image;
    await choose({ bytes: drawn(image, width, height), width, height, name: image.alt });
  }

  async function chooseFile(file) {
    pause();
    await inTurn(async () => {
      say(`Reading ${file.name || "the picture"} …`);
      const given = await readPicture(file, about.width);
      board.querySelectorAll('input[name="photo"]').forEach((input) => { input.checked = false; });
      await choose(given);
    });
    settings.writeAddress();
  }

  // ----------------------------------------------------------------- game

  async function reset() {
    const config = settings.config(), { width, height } = picture;
    let message = "Ready: press Play.";
    if (freeOrigins(height, width, config.size, config.holdout).count === 0) {
      settings.hold(null);
      config.holdout = null;
      message = `That leaves no room for a patch of ${config.size} pixels, so nothing is held out.`;
    }
    game = await createGame(crew, config, picture);
    history = Object.fromEntries(MEASURES.map((name) => [name, []]));
    wholeRun = true;
    settings.show();
    await compare();
    await paint();
    drawCurves();
    say(message);
  }

  async function compare() {
    const found = await crew.painter.ask("compare");
    plain = Object.fromEntries(Object.entries(found).map(([name, { error }]) => [name, error]));
    showPhotograph(picture, game.config.holdout);
    showBaselines(found, picture);
    showLeague(plain, league);
  }

  async function take(learns) {
    const record = await game.step(learns);
    for (const name of MEASURES) history[name].push(record[name]);
    wholeRun = wholeRun && learns.d && learns.g;
    const now = performance.now();
    if (now - curvesAt > HOW_OFTEN) drawCurves();
    if (!painting && now - paintedAt > (PAINT_SHARE - 1) * paintTook) paint().catch(fail);
  }

  function drawCurves() {
    curvesAt = performance.now();
    showCurves(game, history);
  }

  async function paint() {
    const painted = game, { steps } = game, started = performance.now();
    painting = true;
    const found = await crew.painter.ask("paint", { g: game.g, z: [] });
    painting = false;
    paintedAt = performance.now();
    paintTook = paintedAt - started;
    if (painted === game) showPainted(found, picture, steps);
    return found.error;
  }

  /* Learn until so many steps are taken, or the reader pauses. */
  async function run(steps) {
    while (playing && game.steps < steps) await inTurn(() => take({ d: true, g: true }));
    await inTurn(async () => {
      drawCurves();
      const error = await paint();
      if (game.steps === stepsOf(game.config)) finish(error);
      else say(`Paused at step ${game.steps}.`);
    });
  }

  /* A whole run with unchanged settings goes into the league table. */
  function finish(error) {
    const name = settings.name(), own = error.seen, one = plain.one.seen;
    if (wholeRun) league.set(name, (league.get(name) || new Map()).set(game.config.seed, error));
    showLeague(plain, league);
    const verdict = one < own ? "One colour is nearer" : "One colour is further off";
    say(`${game.steps} steps: ΔE ${own.toFixed(1)}. ${verdict}: ${one.toFixed(1)}.`);
  }

  async function play() {
    if (playing) return pause();
    show(true);
    say("Learning.");
    const whole = stepsOf(game.config);
    await run(game.steps < whole ? whole : Infinity);
    return show(false);
  }

  const pause = () => show(false);

  async function playTen() {
    if (playing) return pause();
    ten = true;
    show(true);
    for (let seed = 1; seed <= SEEDS && ten; seed++) {
      controls.seed.value = String(seed);
      await inTurn(reset);
      say(`Ten seeds: run ${seed}.`);
      await run(stepsOf(game.config));
    }
    if (ten) say("Ten seeds: the league table has their median.");
    return show(false);
  }

  async function stepOnce(learns) {
    pause();
    await inTurn(async () => {
      await take(learns);
      drawCurves();
      await paint();
      say(`Step ${game.steps}: ${learns.d ? "D" : "G"} learned.`);
    });
  }

  // --------------------------------------------------------------- events

  async function anew(begin = reset) {
    pause();
    say("Beginning anew …");
    await inTurn(begin);
    settings.writeAddress();
  }

  function changed(name) {
    if (name === "photo") return anew(chooseSample);
    if (name === "judge") settings.callJudge();
    if (name === "judge" || STARTS_ANEW.includes(name)) return anew();
    wholeRun = wholeRun && game.steps === 0;
    settings.writeAddress();
    return inTurn(async () => {
      await game.change(settings.config());
      drawCurves();
    });
  }

  function hold(percents) {
    settings.hold(percents);
    anew();
  }

  function listenToForm() {
    find("settings").addEventListener("submit", (event) => event.preventDefault());
    board.addEventListener("input", settings.show);
    board.addEventListener("change", ({ target }) => {
      if (target.form === find("settings") && target.checkValidity()) changed(target.name);
    });
    find("hold-nothing").addEventListener("click", () => hold(null));
    window.addEventListener("hashchange", () => {
      if (!settings.readAddress()) return;
      anew(chooseSample);
      board.scrollIntoView();
    });
  }

  function listenToButtons() {
    const onClick = (name, act) => find(name).addEventListener("click", act);
    onClick("play", play);
    onClick("ten", playTen);
    onClick("step-d", () => stepOnce({ d: true, g: false }));
    onClick("step-g", () => stepOnce({ d: false, g: true }));
    onClick("reset", () => anew());
    window.addEventListener("resize", () => game && drawCurves());
    document.addEventListener("visibilitychange", () => document.hidden && pause());
  }

  /* A photograph may be chosen, dropped or pasted. */
  function listenToFiles() {
    const take = (event, { files: [file] }) => {
      if (!file) return;
      event.preventDefault();
      chooseFile(file);
    };
    find("file").addEventListener("change", (event) => take(event, event.target));
    document.addEventListener("dragover", (event) => event.preventDefault());
    document.addEventListener("drop", (event) => take(event, event.dataTransfer));
    document.addEventListener("paste", (event) => take(event, event.clipboardData));
  }

  /* Dragging on the photograph marks the held-out rectangle. */
  function listenToDrags() {
    const canvas = find("photo");
    let from = null;
    const percent = (part, whole) => Math.round(100 * Math.min(1, Math.max(0, part / whole)));
    const place = ({ clientX, clientY }) => {
      const { top, left, width, height } = canvas.getBoundingClientRect();
      return [percent(clientY - top, height), percent(clientX - left, width)];
    };
    const rectangle = (event) => {
      const [[top, bottom], [left, right]] = place(event).map((to, i) => [from[i], to].sort((a, b) => a - b));
      return [top, left, bottom, right];
    };
    canvas.addEventListener("pointerdown", (event) => {
      from = place(event);
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (from) showPhotograph(picture, rectangle(event).map((edge) => edge / 100));
    });
    canvas.addEventListener("pointerup", (event) => {
      const edges = rectangle(event);
      from = null;
      hold(edges);
    });
  }

  [listenToForm, listenToButtons, listenToFiles, listenToDrags].forEach((listen) => listen());
  board.hidden = false;
  if (settings.readAddress()) board.scrollIntoView();
  inTurn(chooseSample);
}

const board = document.getElementById("live");
if (board) startPage(board);
})();
