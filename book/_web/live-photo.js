/* A photograph in the page: the maps that G sees, the patches that are cut out of them, the picture
 * that G paints, and how wrong it is. The twin of features, origins, patches, colorizing and metrics
 * in sicgan_lite; tests hold them together. All of it is one function, so that a worker can be given
 * its text.
 */
function photoScript(root) {
"use strict";

const { rgbToLab, labToRgb, intoGamut, deltaE } = root.sicganColor;
const { createFrame } = root.sicganKernels;
const { createNetwork, createMaps, setParameters, forward } = root.sicganNetworks;
const { PAPER, standardize } = root.sicganModel;

const AB_SCALE = 110;
const SOBEL_SCALE = 100 * Math.sqrt(20), LAPLACIAN_SCALE = 400, SPREAD_SCALE = 20;
const REACH = 3; // standard deviations at which a Gaussian is cut off
const LEAST_SPREAD = 1e-3; // a context feature that hardly varies is not stretched further
const BINS = 32; // of the table that gives each lightness one colour

// ---------------------------------------------------------------- features

/* The index mirrored into [0, length), without repeating the border. */
function mirror(index, length) {
  if (length === 1) return 0;
  const period = 2 * (length - 1), found = ((index % period) + period) % period;
  return Math.min(found, period - found);
}

/* Scaled lightness, edge magnitude and edge density of a lightness from 0 to 100. */
function lightnessFeatures(lightness, width, height) {
  const maps = Array.from({ length: 3 }, () => new Float64Array(width * height));
  for (let y = 0; y < height; y++) {
    const rows = [-1, 0, 1].map((dy) => mirror(y + dy, height) * width);
    for (let x = 0; x < width; x++) {
      const left = mirror(x - 1, width), right = mirror(x + 1, width), at = y * width + x;
      const [a, b, c, d, e, f, g, h, i] = rows.flatMap((row) =>
        [lightness[row + left], lightness[row + x], lightness[row + right]]);
      maps[0][at] = e / 50 - 1;
      maps[1][at] = Math.hypot(c + 2 * f + i - a - 2 * d - g, g + 2 * h + i - a - 2 * b - c) / SOBEL_SCALE;
      maps[2][at] = (b + d + f + h - 4 * e) / LAPLACIAN_SCALE;
    }
  }
  return maps;
}

/* A Gaussian blur along rows, then columns; the borders are mirrored. */
function blur(map, width, height, sigma) {
  const reach = REACH * sigma, weights = Float64Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-((i - reach) ** 2) / (2 * sigma * sigma)));
  const sum = weights.reduce((a, b) => a + b);
  const along = (from, length, stride, lines, apart) => {
    const to = new Float64Array(from.length), places = new Int32Array(length + 2 * reach);
    places.forEach((_, i) => { places[i] = stride * mirror(i - reach, length); });
    for (let line = 0; line < lines; line++) for (let i = 0; i < length; i++) {
      let total = 0;
      for (let k = 0; k < weights.length; k++) total += weights[k] * from[line * apart + places[i + k]];
      to[line * apart + i * stride] = total / sum;
    }
    return to;
  };
  return along(along(map, width, 1, height, width), height, width, width, 1);
}

/* Blurs and local spreads of lightness, by the names that the library gives them. */
function contextFeatures(lightness, width, height, names) {
  const centered = lightness.map((value) => value - 50), squares = centered.map((value) => value * value);
  return names.map((name) => {
    const [kind, sigma] = name.split("_"), mean = blur(centered, width, height, Number(sigma));
    if (kind === "blur") return mean.map((value) => value / 50);
    return blur(squares, width, height, Number(sigma)).map((value, i) =>
      Math.sqrt(Math.max(0, value - mean[i] * mean[i])) / SPREAD_SCALE);
  });
}

const labAt = (bytes, i) => rgbToLab([bytes[4 * i], bytes[4 * i + 1], bytes[4 * i + 2]]);

/* A photograph ready to learn: RGBA bytes in; Lab, scaled ab, and the maps of G's features without
 * coordinates: lightness, Sobel, Laplacian, then the context features among `features`. */
function readPhoto(bytes, width, features = []) {
  const count = bytes.length / 4, height = count / width, lab = new Float64Array(3 * count);
  for (let i = 0; i < count; i++) lab.set(labAt(bytes, i), 3 * i);
  const channel = (c, scale) => Float64Array.from({ length: count }, (_, i) => lab[3 * i + c] / scale);
  const lightness = channel(0, 1).map((value) => Math.min(100, Math.max(0, value)));
  return {
    bytes, width, height, lab, lightness, ab: [channel(1, AB_SCALE), channel(2, AB_SCALE)],
    maps: [...lightnessFeatures(lightness, width, height),
      ...contextFeatures(lightness, width, height, features.filter((name) => !PAPER.includes(name)))],
  };
}

const inputsOf = (photo) => photo.maps.length + 2;

// ----------------------------------------------------------------- patches

/* Row and column of a patch's pixel before the transformation, in the library's order; `e` is the last. */
const TRANSFORMS = [
  (y, x) => [y, x], (y, x, e) => [y, e - x], (y, x, e) => [e - y, x], (y, x, e) => [x, e - y],
  (y, x, e) => [e - y, e - x], (y, x, e) => [e - x, y], (y, x) => [x, y], (y, x, e) => [e - x, e - y],
];
const countTransforms = (config) => (config.transforms === "paper" ? 6 : 8);

/* Features and ab of a patch, plane after plane; in the arrays of an earlier one if it is given. The
 * coordinates never turn. */
function cutPatch(photo, size, { top, left, transform }, earlier = {}) {
  const { maps, ab, width } = photo, n = size * size, read = [...maps, ...ab];
  const features = earlier.features || new Float64Array((maps.length + 2) * n);
  const targets = earlier.ab || new Float64Array(2 * n);
  const order = maps.map((_, i) => (i < 3 ? i : i + 2)); // the paper's five come first, context after them
  for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) {
    const [row, column] = TRANSFORMS[transform](y, x, size - 1), k = y * size + x;
    const at = (top + row) * width + left + column;
    order.forEach((to, i) => { features[to * n + k] = read[i][at]; });
    features[3 * n + k] = x / size;
    features[4 * n + k] = y / size;
    for (let c = 0; c < 2; c++) targets[c * n + k] = ab[c][at];
  }
  return { features, ab: targets };
}

/* Means and standard deviations of the context features over some patches. */
function contextStatistics(photo, size, places) {
  const found = photo.maps.slice(3).map((map) => {
    const values = new Float64Array(places.length * size * size);
    places.forEach(({ top, left }, i) => {
      for (let y = 0; y < size; y++) {
        const from = (top + y) * photo.width + left;
        values.set(map.subarray(from, from + size), (i * size + y) * size);
      }
    });
    const mean = values.reduce((a, b) => a + b) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    return [mean, Math.max(LEAST_SPREAD, Math.sqrt(variance))];
  });
  return { means: found.map(([mean]) => mean), stds: found.map(([, std]) => std) };
}

/* The held-out rectangle in whole pixels: top, left, bottom, right, the last two excluded. */
function holdoutBox(holdout, height, width) {
  if (!holdout) return [0, 0, 0, 0];
  const [top, left, bottom, right] = holdout;
  return [
    Math.floor(top * height), Math.floor(left * width), Math.ceil(bottom * height), Math.ceil(right * width),
  ];
}

/* Where a patch may begin: rows, columns, and the origins that would touch what is held out. */
function freeOrigins(height, width, size, holdout) {
  const rows = height - size + 1, columns = width - size + 1;
  const [top, left, bottom, right] = holdoutBox(holdout, height, width);
  const first = (edge) => Math.max(edge - size + 1, 0);
  const end = (edge, free) => Math.max(0, Math.min(edge, free));
  const closed = holdout ? [first(top), first(left), end(bottom, rows), end(right, columns)] : [0, 0, 0, 0];
  const area = Math.max(closed[2] - closed[0], 0) * Math.max(closed[3] - closed[1], 0);
  return { rows, columns, closed, count: Math.max(rows, 0) * Math.max(columns, 0) - area };
}

function drawOrigin({ rows, columns, closed: [top, left, bottom, right] }, { uniform }) {
  for (;;) {
    const row = Math.floor(rows * uniform()), column = Math.floor(columns * uniform());
    if (row < top || row >= bottom || column < left || column >= right) return { top: row, left: column };
  }
}

// ---------------------------------------------------------------- painting

/* G's scaled ab of the whole photograph, two planes: tiles that overlap by half, under windows that
 * add up to 1. `z` has a map for each channel. */
function predict(about, parameters, photo, size, { means = [], stds = [] } = {}, z = []) {
  const { width, height, maps } = photo, half = size / 2;
  const net = createNetwork(about, createFrame(size, Math.max(...about.kernels) >> 1));
  setParameters(net, parameters);
  const tile = createMaps(net), inner = tile[0].values, { row, plane, start } = net.frame;
  const ab = [0, 1].map(() => new Float64Array(width * height));
  const bell = Array.from({ length: size }, (_, i) => Math.sin((Math.PI * (i + 0.5)) / size) ** 2);
  for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) {
    inner[3 * plane + start + y * row + x] = x / size;
    inner[4 * plane + start + y * row + x] = y / size;
  }
  const context = means.map((mean, k) => maps[3 + k].map((value) => standardize(value, mean, stds[k])));
  const inputs = [...maps.slice(0, 3).map((map, c) => [c, map]),
    ...[...context, ...z].map((map, k) => [PAPER.length + k, map])];
  for (let top = -half; top < height; top += half) for (let left = -half; left < width; left += half) {
    for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) {
      const to = start + y * row + x, at = mirror(top + y, height) * width + mirror(left + x, width);
      for (const [c, map] of inputs) inner[c * plane + to] = map[at];
    }
    const made = forward(net, tile);
    for (let y = Math.max(0, -top); y < size && top + y < height; y++) {
      for (let x = Math.max(0, -left); x < size && left + x < width; x++) {
        const weight = bell[y] * bell[x], from = start + y * row + x, at = (top + y) * width + left + x;
        for (let c = 0; c < 2; c++) ab[c][at] += weight * made[c * plane + from];
      }
    }
  }
  return ab;
}

/* RGBA bytes of a lightness under scaled ab, brought into gamut by lowering chroma. */
function merge(lightness, [a, b]) {
  const bytes = new Uint8ClampedArray(4 * lightness.length);
  for (let i = 0; i < lightness.length; i++) {
    bytes.set(labToRgb(intoGamut([lightness[i], AB_SCALE * a[i], AB_SCALE * b[i]])), 4 * i);
    bytes[4 * i + 3] = 255;
  }
  return bytes;
}

/* Scaled ab of a smaller picture, spread linearly to another size: the middles of pixels meet. */
function enlarge(map, width, height, wide, high) {
  const at = (i, from, to) => Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / to - 0.5));
  return Float64Array.from({ length: wide * high }, (_, i) => {
    const x = at(i % wide, width, wide), y = at(Math.floor(i / wide), height, high);
    const x0 = Math.floor(x), y0 = Math.floor(y);
    const x1 = Math.min(width - 1, x0 + 1), y1 = Math.min(height - 1, y0 + 1);
    const mix = (p, q, t) => p + (q - p) * t;
    const row = (r) => mix(map[r * width + x0], map[r * width + x1], x - x0);
    return mix(row(y0), row(y1), y - y0);
  });
}

// ------------------------------------------------------------- measurement

/* Mean CIEDE2000 of a picture against the photograph: everywhere, and inside and outside a box. */
function errorOf(photo, bytes, box) {
  const [top, left, bottom, right] = box, sums = [0, 0], counts = [0, 0];
  for (let i = 0; i < photo.lightness.length; i++) {
    const y = Math.floor(i / photo.width), x = i % photo.width;
    const inside = y >= top && y < bottom && x >= left && x < right ? 1 : 0;
    sums[inside] += deltaE(labAt(bytes, i), photo.lab.subarray(3 * i, 3 * i + 3));
    counts[inside] += 1;
  }
  const mean = (sum, count) => (count ? sum / count : NaN);
  return {
    all: mean(sums[0] + sums[1], counts[0] + counts[1]),
    seen: mean(sums[0], counts[0]), held: mean(sums[1], counts[1]),
  };
}

const medianOf = (values) => {
  const sorted = Float64Array.from(values).sort(), middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/* What any colouring has to beat, as scaled ab: grey, the mean colour, and a median for each of 32
 * steps of lightness; the last two know the pixels outside the box alone. */
function baselines(photo, box) {
  const { lightness, ab, width } = photo, [top, left, bottom, right] = box;
  const step = (i) => Math.min(BINS - 1, Math.floor((lightness[i] * BINS) / 100));
  const known = Array.from(lightness.keys()).filter((i) => {
    const y = Math.floor(i / width), x = i % width;
    return !(y >= top && y < bottom && x >= left && x < right);
  });
  const bins = Array.from({ length: BINS }, () => []);
  for (const i of known) bins[step(i)].push(i);
  return {
    grey: ab.map((map) => map.map(() => 0)),
    one: ab.map((map) => map.map(() => 0).fill(known.reduce((sum, i) => sum + map[i], 0) / known.length)),
    table: ab.map((map) => {
      const medians = bins.map((bin) => (bin.length ? medianOf(bin.map((i) => map[i])) : 0));
      return map.map((_, i) => medians[step(i)]);
    }),
  };
}

/* Mean chroma of the photograph, in CIE units: a grey one has next to none. */
function meanChroma({ ab: [a, b] }) {
  return a.reduce((sum, value, i) => sum + AB_SCALE * Math.hypot(value, b[i]), 0) / a.length;
}

root.sicganPhoto = {
  readPhoto, inputsOf, cutPatch, contextStatistics, countTransforms, holdoutBox, freeOrigins, drawOrigin,
  predict, merge, enlarge, errorOf, baselines, medianOf, meanChroma,
};
}
photoScript(window);
