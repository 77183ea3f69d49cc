/* Chance and colour, for the game and for the page that learns your photograph.
 *
 * All of it is one function, so that a worker can be given its text.
 */
function colorScript(root) {
"use strict";

/* Random numbers from a seed: mulberry32 for uniform, Box and Muller for normal ones. */
function createRandom(seed) {
  let state = seed >>> 0;
  function uniform() {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 4294967296;
  }
  function normal() {
    return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  }
  return { uniform, normal };
}

// ------------------------------------------------------------------ colour

const WHITE = [0.95047, 1, 1.08883]; // D65
const XYZ_FROM_RGB = [
  [0.412453, 0.35758, 0.180423], [0.212671, 0.71516, 0.072169], [0.019334, 0.119193, 0.950227],
];
const RGB_FROM_XYZ = [
  [3.24048134, -1.53715152, -0.49853633], [-0.96925495, 1.87599, 0.04155593],
  [0.05564664, -0.20404134, 1.05731107],
];
const multiply = ([p, q, r], [x, y, z]) => [
  p[0] * x + p[1] * y + p[2] * z, q[0] * x + q[1] * y + q[2] * z, r[0] * x + r[1] * y + r[2] * z,
];

function rgbToLab(rgb) {
  const linear = rgb.map((byte) => {
    const c = byte / 255;
    return c > 0.04045 ? Math.pow((c + 0.055) / 1.055, 2.4) : c / 12.92;
  });
  const [x, y, z] = multiply(XYZ_FROM_RGB, linear).map((value, i) => {
    const t = value / WHITE[i];
    return t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116;
  });
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function labToLinear([lightness, a, b]) {
  const y = (lightness + 16) / 116, cube = (t) => (t > 0.2068966 ? t * t * t : (t - 16 / 116) / 7.787);
  return multiply(RGB_FROM_XYZ, [
    WHITE[0] * cube(y + a / 500), WHITE[1] * cube(y), WHITE[2] * cube(y - b / 200),
  ]);
}

/* The colour of this lightness and hue, with chroma lowered until sRGB can show it. */
function intoGamut([lightness, a, b]) {
  const inside = (c) => c >= -1e-4 && c <= 1.0001;
  const shown = (k) => {
    const [red, green, blue] = labToLinear([lightness, k * a, k * b]);
    return inside(red) && inside(green) && inside(blue);
  };
  if (shown(1)) return [lightness, a, b];
  let low = 0, high = 1;
  for (let i = 0; i < 14; i++) {
    const middle = (low + high) / 2;
    if (shown(middle)) low = middle; else high = middle;
  }
  return [lightness, low * a, low * b];
}

function labToRgb(lab) {
  return labToLinear(lab).map((value) => {
    const c = Math.min(1, Math.max(0, value));
    return Math.round(255 * (c > 0.0031308 ? 1.055 * Math.pow(c, 1 / 2.4) - 0.055 : 12.92 * c));
  });
}

/* CIEDE2000, after Sharma, Wu and Dalal (2005). */
function deltaE([l1, a1, b1], [l2, a2, b2]) {
  const rad = Math.PI / 180, p7 = (c) => Math.sqrt(Math.pow(c, 7) / (Math.pow(c, 7) + 6103515625));
  const g = 1.5 - 0.5 * p7((Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2);
  const c1 = Math.hypot(g * a1, b1), c2 = Math.hypot(g * a2, b2);
  const hue = (a, b) => (Math.atan2(b, a) / rad + 360) % 360;
  const h1 = hue(g * a1, b1), h2 = hue(g * a2, b2);
  const gray = c1 * c2 === 0;
  let turn = h2 - h1, h = h1 + h2;
  if (Math.abs(turn) > 180) {
    turn -= 360 * Math.sign(turn);
    h += h < 360 ? 360 : -360;
  }
  if (gray) turn = 0; else h /= 2;
  const dh = 2 * Math.sqrt(c1 * c2) * Math.sin((turn / 2) * rad);
  const l = (l1 + l2) / 2 - 50, c = (c1 + c2) / 2;
  const cos = (k, shift) => Math.cos((k * h + shift) * rad);
  const t = 1 - 0.17 * cos(1, -30) + 0.24 * cos(2, 0) + 0.32 * cos(3, 6) - 0.2 * cos(4, -63);
  const x = (l2 - l1) / (1 + (0.015 * l * l) / Math.sqrt(20 + l * l));
  const y = (c2 - c1) / (1 + 0.045 * c), z = dh / (1 + 0.015 * c * t);
  const twist = -2 * p7(c) * Math.sin(60 * rad * Math.exp(-Math.pow((h - 275) / 25, 2)));
  return Math.sqrt(x * x + y * y + z * z + twist * y * z);
}

root.sicganColor = { createRandom, rgbToLab, labToRgb, intoGamut, deltaE };
}
colorScript(window);
