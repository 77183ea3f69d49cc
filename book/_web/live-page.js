/* Your photograph: the board of the page that learns it. */
(function () {
"use strict";

const { createCrew, createGame, stepsOf } = window.sicganCrew;
const { freeOrigins } = window.sicganPhoto;
const { readPicture, reduced } = window.sicganPictures;
const { STARTS_ANEW, createSettings } = window.sicganSettings;
const { createDice } = window.sicganDice;
const { download, labelledPng, generatorFile, readGenerator } = window.sicganFiles;
const {
  MEASURES, find, showPhotograph, showPainted, showBaselines, showCurves, showLeague,
} = window.sicganViews;

const SEEDS = 10, MOST_WORKERS = 4;
const GREY_CHROMA = 2; // in CIE units: a photograph below this has no colours to learn
const PAINT_SHARE = 6; // painting takes a sixth of the time, and with the last picture a fifth at most
const HOW_OFTEN = 200; // milliseconds between two drawings of the curves
const SAVED_WIDTH = 1600; // pixels of a saved picture, at most

function startPage(board) {
  const about = JSON.parse(find("about").textContent), settings = createSettings(about);
  const { controls } = settings, playButton = find("play"), tenButton = find("ten"), league = new Map();
  let crew, picture, game, history, plain, playing = false, ten = false, wholeRun = true;
  const dice = createDice(repaint);
  let turn = Promise.resolve(), painting = false, paintedAt = 0, paintTook = 0, curvesAt = 0, again = false;

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

  /* Every worker reads the photograph, and a game begins, or the generator that is kept paints it. */
  async function choose(given) {
    crew = crew || createCrew(Math.min(MOST_WORKERS, navigator.hardwareConcurrency || 2));
    picture = given;
    league.clear();
    await reset(isKept());
  }

  async function chooseSample() {
    const image = board.querySelector(`input[name="photo"][value="${controls.photo.value}"] ~ img`);
    await image.decode();
    const bitmap = await createImageBitmap(image);
    await choose({ ...reduced(bitmap, about.width), bitmap, name: image.alt });
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

  const isKept = () => find("keep").checked;

  // ----------------------------------------------------------------- game

  /* A new game on the photograph; or, where the generator is kept, none: it only paints. */
  async function reset(keeps = false) {
    const kept = keeps && game, config = kept ? { ...kept.config, holdout: null } : settings.config();
    await read(config.features);
    const message = kept ? "Painted by the generator that you kept. Reset begins to learn."
      : refuseHoldout(config) || "Ready: press Play.";
    game = kept ? { ...kept, config } : await createGame(crew, config, picture);
    if (kept) await crew.painter.ask("borrow", { settings: config, measures: kept.standard });
    find("keep").checked = Boolean(kept);
    history = Object.fromEntries(MEASURES.map((name) => [name, []]));
    wholeRun = true;
    settings.show();
    dice.begin(picture, config.noise_channels);
    allow(!kept);
    await compare();
    await paint();
    drawCurves();
    const hasColors = kept || picture.chroma >= GREY_CHROMA;
    say(hasColors ? message : `${picture.name} has no colours to learn from. Learn a colour photograph `
      + "like it, keep its generator, and choose this one again.");
  }

  /* Let every worker read the photograph, unless they know it with these features. */
  async function read(features) {
    if (String(picture.features) === String(features)) return;
    const { bytes, width } = picture;
    Object.assign(picture, await crew.tell("photograph", { bytes, width, features }), { features });
  }

  /* Hold nothing out where no patch would be left; what to tell the reader then. */
  function refuseHoldout(config) {
    if (freeOrigins(picture.height, picture.width, config.size, config.holdout).count > 0) return "";
    settings.hold(null);
    config.holdout = null;
    return `That leaves no room for a patch of ${config.size} pixels, so nothing is held out.`;
  }

  /* What can be pressed now: some buttons want a game to go on with. */
  function allow(learning) {
    for (const name of ["play", "ten", "step-d", "step-g"]) find(name).disabled = !learning;
    for (const name of ["reset", "save-picture", "save-generator"]) find(name).disabled = false;
  }

  async function compare() {
    const held = String(game.config.holdout);
    if (picture.held !== held) Object.assign(picture, { held, found: await crew.painter.ask("compare") });
    const { found } = picture;
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
    const found = await crew.painter.ask("paint", { g: game.final, z: dice.maps() });
    painting = false;
    paintedAt = performance.now();
    paintTook = paintedAt - started;
    if (painted === game) showPainted(found, picture, steps);
    return found.error;
  }

  /* Paint soon: now, or once more when the painting under way is done. */
  async function repaint() {
    if (painting) { again = true; return; }
    do {
      again = false;
      await paint().catch(fail);
    } while (again);
  }

  /* Learn until so many steps are taken, or the reader pauses. */
  async function run(steps) {
    const begun = game;
    while (playing && game.steps < steps) await inTurn(() => take({ d: true, g: true }));
    await inTurn(async () => {
      if (game !== begun) return; // another was begun meanwhile, and has said so
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
      await inTurn(() => reset());
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

  // ---------------------------------------------------------------- files

  async function savePicture() {
    await paint();
    const { bytes, width } = reduced(picture.bitmap, SAVED_WIDTH);
    const found = await crew.painter.ask("save", { bytes, width });
    const png = await labelledPng(found.bytes, width, picture.file, about.packets);
    download(png, "image/png", "coloured.png");
    say("Saved coloured.png. It says, for eyes and for programs, that its colour is generated.");
  }

  function saveGenerator() {
    download(generatorFile(game, about), "application/octet-stream", "generator.safetensors");
    say("Saved generator.safetensors: sicgan-lite colorize takes it, and so does this page.");
  }

  async function loadGenerator(file) {
    pause();
    await inTurn(async () => {
      const found = await readGenerator(file, about);
      game = { ...found, g: found.final, steps: 0 };
      await reset(true);
      say(`Painted by ${file.name}. Reset begins to learn.`);
    });
  }

  // --------------------------------------------------------------- events

  async function anew(begin = () => reset()) {
    pause();
    say("Beginning anew …");
    await inTurn(begin);
    settings.writeAddress();
  }

  function changed(name) {
    if (name === "photo") return anew(chooseSample);
    if (name === "judge") settings.callJudge();
    if (STARTS_ANEW.includes(name)) return anew();
    if (playButton.disabled) return settings.writeAddress();
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
    onClick("save-picture", () => inTurn(savePicture));
    onClick("save-generator", () => inTurn(saveGenerator));
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
    find("load").addEventListener("change", ({ target: { files: [file] } }) => file && loadGenerator(file));
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
