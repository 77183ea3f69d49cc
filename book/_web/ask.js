/* A question in the page takes an answer, and then says how it was.
 *
 * A *Predict* hides what its cells show, and the sentence that answers it, until the reader has answered or
 * asks to see it. A number exercise is checked by the same table as in Python. Both come as data in the
 * page; without scripts it is all there to read. Answers stay on this device.
 */
(function () {
  "use strict";
  const KEY = "sicgan-answers";
  const ALL = "show-all";
  const CAN_FIND = "onbeforematch" in document;
  const boxes = [];

  function stored() {
    try { return JSON.parse(localStorage.getItem(KEY)) || {}; } catch (_) { return {}; }
  }

  function store(name, answer) {
    const answers = stored();
    if (answer === undefined) delete answers[name]; else answers[name] = answer;
    try { localStorage.setItem(KEY, JSON.stringify(answers)); } catch (_) { /* it holds until the page is left */ }
  }

  function add(parent, tag, text, attributes) {
    const element = document.createElement(tag);
    element.textContent = text;
    Object.entries(attributes || {}).forEach(([name, value]) => element.setAttribute(name, value));
    parent.append(element);
    return element;
  }

  function button(parent, text, act, attributes) {
    const made = add(parent, "button", text, { type: "button", ...attributes });
    made.addEventListener("click", act);
    return made;
  }

  /* A number as people write it: 1,5 and 1 500 and 15 % and −2. */
  function read(text) {
    const bare = text.replace(/[\s%°]|ΔE/g, "").replace("−", "-");
    const one = /^[^.]*,\d{1,2}$|^[^.]*,\d{4,}$/.test(bare) ? bare.replace(",", ".") : bare.replace(/,/g, "");
    return one === "" ? NaN : Number(one);
  }

  const short = (value) => String(Number(value.toPrecision(6)));

  /* As NumberTask in sicgan_lite/teaching/exercises/number_task.py, in the same order. */
  function check(task, value) {
    if (!Number.isFinite(value)) return "a number is asked for.";
    const close = (goal, share) =>
      Math.abs(value - goal) <= Math.max(share * Math.max(Math.abs(value), Math.abs(goal)), 1e-9);
    const slip = task.slips.find(([wrong]) => close(wrong, task.whole ? 0 : task.slip));
    if (slip) return "{value}: " + slip[1];
    if (task.between && task.between[0] <= value && value <= task.between[1]) return task.between[2];
    if (task.whole && !Number.isInteger(value)) return task.whole;
    if (close(task.exact, task.near)) return null;
    return value > task.exact ? task.too_large : task.too_small;
  }

  function said(task, text) {
    const value = read(text);
    const fault = check(task, value);
    return fault === null ? "Correct: " + task.right : "Not yet: " + fault.replace("{value}", short(value));
  }

  /* What is said of a prediction, and what of one that others make too. */
  function verdict(ask, text) {
    const others = Object.entries(ask.others || {});
    if (ask.choices) {
      const known = others.find(([choice]) => choice === text);
      if (!ask.right) return `You said: ${text}. Keep it in mind.`;
      if (text === ask.right) return `You said: ${text}. So it is.`;
      return [`You said: ${text}. It is: ${ask.right}.`, known ? known[1] : ""].join(" ").trim();
    }
    const value = read(text);
    if (ask.answer === undefined || !Number.isFinite(value)) return `You said: ${text}. Compare it with what follows.`;
    const unit = ask.unit ? " " + ask.unit : "";
    const start = `You said ${short(value)}${unit}; it is ${short(ask.answer)}${unit}.`;
    if (Math.abs(value - ask.answer) <= ask.near) return start + " Close.";
    const known = others.find(([wrong]) => Math.abs(value - Number(wrong)) <= ask.near);
    return known ? `${start} ${known[1]}` : start;
  }

  function unveil(veiled) {
    veiled.forEach((part) => part.removeAttribute("hidden"));
  }

  /* The outputs of the next cells, and the paragraph after them: what the question is about. */
  function answerOf(start) {
    const veiled = [];
    let shown = false;
    for (let part = start.nextElementSibling; part; part = part.nextElementSibling) {
      const isCell = part.classList.contains("cell");
      if (part.matches("section, h2, h3, details, .predict, .touch") || part.querySelector(".sicgan-explorer, .touch, [data-still]")) break;
      const output = isCell && part.querySelector(":scope > .cell_output");
      if (output) veiled.push(output);
      shown = shown || Boolean(output);
      if (shown && !isCell) {
        if (part.matches("p")) { veiled.push(part); break; }
        veiled.push(part);
      }
    }
    return shown ? veiled : [];
  }

  function hide(veiled, onFound) {
    veiled.forEach(function (part) {
      part.classList.add("veiled");
      part.setAttribute("hidden", CAN_FIND ? "until-found" : "");
      part.addEventListener("beforematch", onFound, { once: true });
    });
  }

  function fields(form, ask, answer) {
    if (ask.choices) {
      const row = add(form, "div", "", { class: "ask-choices", role: "group", "aria-label": "Your answer" });
      return ask.choices.map((choice) => button(row, choice, () => answer(choice), { "aria-pressed": "false" }));
    }
    const label = add(form, "label", ask.label || "Your guess ");
    const input = add(label, "input", "", { type: "text", autocomplete: "off", size: ask.numeric ? 8 : 24 });
    if (ask.numeric) input.setAttribute("inputmode", "decimal");
    if (ask.unit) label.append(" " + ask.unit);
    const send = () => { if (input.value.trim()) answer(input.value.trim()); else input.focus(); };
    input.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); send(); } });
    button(form, ask.exercise ? "Check" : "Answer", send);
    return [input];
  }

  function build(box) {
    const ask = JSON.parse(box.dataset.ask);
    const form = add(box, "div", "", { class: "ask" });
    const veiled = ask.exercise || ask.open ? [] : answerOf(box);
    const status = document.createElement("p");
    status.className = "ask-said";
    status.setAttribute("role", "status");

    function show(text) {
      status.textContent = ask.exercise ? said(ask.exercise, text) : verdict(ask, text);
      parts.forEach(function (part) {
        if (part.tagName === "INPUT") { part.value = text; return; }
        part.setAttribute("aria-pressed", String(part.textContent === text));
        part.classList.toggle("is-right", part.textContent === ask.right);
      });
      unveil(veiled);
      quiet();
    }

    function answer(text) {
      store(ask.id, text);
      show(text);
    }

    /* The small buttons: to see without an answer, to be asked no more, and to be asked again. */
    function quiet() {
      row.textContent = "";
      const answers = stored();
      if (ask.exercise) return;
      if (answers[ask.id] !== undefined) {
        button(row, "Ask me again", () => { store(ask.id); reset(); parts[0].focus(); });
      } else if (veiled.some((part) => part.hasAttribute("hidden"))) {
        button(row, "Just show me", () => { unveil(veiled); quiet(); });
        button(row, "Show all, in every chapter", () => { store(ALL, true); boxes.forEach((other) => other.refresh()); parts[0].focus(); });
      } else if (answers[ALL]) {
        button(row, "Let me guess first again", () => { store(ALL); boxes.forEach((other) => other.refresh()); parts[0].focus(); });
      }
    }

    function reset() {
      status.textContent = "";
      parts.forEach(function (part) {
        if (part.tagName === "INPUT") part.value = "";
        else { part.setAttribute("aria-pressed", "false"); part.classList.remove("is-right"); }
      });
      refresh();
    }

    function refresh() {
      const answers = stored();
      if (answers[ask.id] !== undefined) { show(answers[ask.id]); return; }
      if (answers[ALL]) unveil(veiled); else hide(veiled, () => { unveil(veiled); quiet(); });
      quiet();
    }

    const parts = fields(form, ask, answer);
    const row = document.createElement("span");
    row.className = "ask-quiet";
    form.append(row);
    box.append(status);
    boxes.push({ refresh });
    refresh();
  }

  window.sicganAsk = { build };
  document.querySelectorAll("[data-ask]").forEach(build);
})();
