/* What the reader has set: in the form, in the address, and as a Config of the library. */
(function () {
"use strict";

const { PAPER } = window.sicganModel;
const { stepsOf } = window.sicganCrew;
const { find } = window.sicganViews;

const EDGES = ["top", "left", "bottom", "right"];
const NUMBERS = ["seed", "steps"];
// Fields of the Config behind the sliders, which act at once. A rate's slider moves along a list.
const SLIDERS = {
  noise: "noise_std", real: "real_target", fake: "fake_target",
  rateD: "lr_discriminator", rateG: "lr_generator",
};
const SWITCHES = ["leaky", "context"];
const STARTS_ANEW = ["judge", ...NUMBERS, ...SWITCHES, "z", ...EDGES];
const LEAKY_SLOPE = 0.2;
const RATES = [-4, -3, -2, -1].flatMap((power) => [1, 2, 3, 5].map((digit) => Number(`${digit}e${power}`)));

const isRate = (name) => name.startsWith("rate");
const nearestRate = (value) => RATES.reduce((best, rate, i) =>
  (Math.abs(Math.log(rate / value)) < Math.abs(Math.log(RATES[best] / value)) ? i : best), 0);

/* `judges` are the Configs that each judge begins with, `context` the names of the context features. */
function createSettings({ judges, context }) {
  const { elements: controls } = find("settings");
  const read = (name) => (isRate(name) ? RATES[controls[name].value] : Number(controls[name].value));
  const number = (name) => Number(controls[name].value);

  function holdout() {
    const box = EDGES.map((name) => Math.min(1, Math.max(0, number(name) / 100)));
    return box[0] < box[2] && box[1] < box[3] ? box : null;
  }

  function hold(percents) {
    EDGES.forEach((name, i) => { controls[name].value = percents ? percents[i] : ""; });
  }

  /* A Config of the library, as to_dict() writes it. */
  function config() {
    const judge = judges[controls.judge.value], paper = judge.features.filter((name) => PAPER.includes(name));
    return {
      ...judge,
      ...Object.fromEntries(Object.entries(SLIDERS).map(([name, field]) => [field, read(name)])),
      leaky_slope: controls.leaky.checked ? LEAKY_SLOPE : 0,
      features: [...paper, ...(controls.context.checked ? context : [])],
      noise_channels: number("z"), seed: number("seed"), holdout: holdout(),
      num_patches: number("steps") * judge.batch_size, epochs: 1,
    };
  }

  /* The settings as text. */
  function values() {
    return {
      photo: controls.photo.value, judge: controls.judge.value,
      ...Object.fromEntries(NUMBERS.map((name) => [name, controls[name].value])),
      ...Object.fromEntries(Object.keys(SLIDERS).map((name) => [name, String(read(name))])),
      ...Object.fromEntries(SWITCHES.map((name) => [name, controls[name].checked ? "1" : "0"])),
      z: controls.z.value, hold: holdout() ? EDGES.map((name) => controls[name].value).join("-") : "",
    };
  }

  /* The settings that a judge begins with, as text. */
  function usual(judge) {
    const config = judges[judge], isOn = (on) => (on ? "1" : "0");
    return {
      photo: "coffee", judge: "paper", seed: "1", steps: String(stepsOf(config)),
      ...Object.fromEntries(Object.entries(SLIDERS).map(([name, field]) => [name, String(config[field])])),
      leaky: isOn(config.leaky_slope), context: isOn(config.features.length > PAPER.length),
      z: String(config.noise_channels), hold: "",
    };
  }

  function fill(given) {
    const normal = usual(given.judge);
    controls.judge.value = given.judge;
    controls.photo.value = given.photo;
    for (const name of NUMBERS) {
      controls[name].value = given[name];
      if (!controls[name].checkValidity()) controls[name].value = normal[name];
    }
    for (const name of Object.keys(SLIDERS)) {
      const value = given[name] >= 0 ? given[name] : normal[name];
      controls[name].value = isRate(name) ? nearestRate(value) : value;
    }
    for (const name of SWITCHES) controls[name].checked = given[name] === "1";
    controls.z.value = given.z;
    if (!controls.z.value) controls.z.value = normal.z;
    const percents = given.hold.split("-");
    hold(percents.length === EDGES.length ? percents : null);
    show();
  }

  /* Another judge begins with its own settings; photograph, seed and held-out part stay. */
  function callJudge() {
    const { photo, judge, seed, hold: held } = values();
    fill({ ...usual(judge), photo, judge, seed, hold: held });
  }

  /* Take over what the address says; whether it says anything. */
  function readAddress() {
    const asked = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
    const judge = judges[asked.judge] ? asked.judge : "paper", begun = usual(judge);
    const known = Object.keys(begun).filter((name) => name in asked);
    if (!known.length && controls.judge.value) return false;
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
    for (const name of Object.keys(SLIDERS)) {
      const text = isRate(name) ? `${read(name)} a step` : read(name).toFixed(2);
      find("settings").querySelector(`output[for="set-${name}"]`).value = text;
      controls[name].setAttribute("aria-valuetext", text);
    }
  }

  /* The judge, and what differs from its own settings. */
  function name() {
    const now = values(), normal = usual(now.judge);
    const judge = document.querySelector(`input[name="judge"][value="${now.judge}"]`);
    const changed = ["steps", ...Object.keys(SLIDERS), "z"].filter((field) => now[field] !== normal[field]);
    const switched = SWITCHES.filter((field) => now[field] !== normal[field]);
    return [judge.parentElement.textContent.trim(), ...changed.map((field) => `${field} ${now[field]}`),
      ...switched.map((field) => (now[field] === "1" ? field : `no ${field}`)),
      now.hold && "a part held out"].filter(Boolean).join(", ");
  }

  return { controls, config, hold, callJudge, readAddress, writeAddress, show, name };
}

window.sicganSettings = { STARTS_ANEW, createSettings };
})();
