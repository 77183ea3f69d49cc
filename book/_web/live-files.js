/* Files that leave the page by the reader's own hand: a labelled picture, and a generator. */
(function () {
"use strict";

const { PAPER, describe } = window.sicganModel;

const LARGEST_HEADER = 1e6, LARGEST_PLANES = 1024, LARGEST_PATCH = 256, HEADER_STEP = 8;
const PNG_HEAD = 33; // bytes of the signature and of the chunk that every PNG begins with
const LEGIBLE = 12, MARK = "AI colour"; // font size in pixels

const utf8 = (text) => new TextEncoder().encode(text);

function join(...parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/* Hand a file to the reader. */
function download(bytes, type, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// ----------------------------------------------------------------- picture

/* The cyclic redundancy check of PNG: a polynomial division, bit by bit. */
function crc32(bytes) {
  let rest = 0xffffffff;
  for (const byte of bytes) {
    rest ^= byte;
    for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ (rest & 1 ? 0xedb88320 : 0);
  }
  return ~rest >>> 0;
}

function bigEndian(number) {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, number);
  return bytes;
}

/* A PNG with an XMP packet in a text chunk, where programs look for it. */
function withPacket(png, packet) {
  const content = join(utf8("iTXtXML:com.adobe.xmp"), new Uint8Array(5), utf8(packet));
  const chunk = join(bigEndian(content.length - 4), content, bigEndian(crc32(content)));
  return join(png.subarray(0, PNG_HEAD), chunk, png.subarray(PNG_HEAD));
}

async function sha256(file) {
  if (!file || !window.crypto || !crypto.subtle) return ""; // only https, localhost and files have it
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/* The library's own packet, with the hash of the reader's file and the time put in. */
async function packetFor(file, { with_source: withSource, without_source: without, when, source }) {
  const digest = await sha256(file), template = digest ? withSource : without;
  const now = `${new Date().toISOString().slice(0, 19)}+00:00`;
  return template.replaceAll(when, now).replaceAll(source, digest);
}

/* "AI colour" on a black plate in the lower right corner. */
function drawMark(pen) {
  const { width, height } = pen.canvas, size = Math.max(LEGIBLE, Math.floor(Math.min(width, height) / 25));
  pen.font = `${size}px system-ui, sans-serif`;
  const margin = Math.floor(size / 3), wide = Math.ceil(pen.measureText(MARK).width) + 2 * margin;
  pen.fillStyle = "#000";
  pen.fillRect(width - wide, height - size - 2 * margin, wide, size + 2 * margin);
  pen.fillStyle = "#fff";
  pen.textBaseline = "middle";
  pen.fillText(MARK, width - wide + margin, height - size / 2 - margin);
}

/* A PNG file of RGBA bytes, with the visible mark and the label. */
async function labelledPng(bytes, width, file, packets) {
  const pen = document.createElement("canvas").getContext("2d");
  pen.canvas.width = width;
  pen.canvas.height = bytes.length / 4 / width;
  pen.putImageData(new ImageData(new Uint8ClampedArray(bytes), width), 0, 0);
  drawMark(pen);
  const blob = await new Promise((done) => { pen.canvas.toBlob(done, "image/png"); });
  return withPacket(new Uint8Array(await blob.arrayBuffer()), await packetFor(file, packets));
}

// --------------------------------------------------------------- generator

/* Names, shapes and places in the array of all of G's tensors, as PyTorch's state_dict has them. */
function tensorsOf(config) {
  const [{ channels, kernels }] = describe(config, PAPER.length + contextOf(config).length);
  return kernels.flatMap((kernel, i) => [
    [`layers.${2 * i}.weight`, [channels[i + 1], channels[i], kernel, kernel]],
    [`layers.${2 * i}.bias`, [channels[i + 1]]],
  ]);
}

const contextOf = ({ features }) => features.filter((name) => !PAPER.includes(name));
const sizeOf = (shape) => shape.reduce((product, length) => product * length, 1);

/* A generator as safetensors: what the library's load_generator and the command line read. */
function generatorFile({ config, final, standard: { means, stds } }, { schema, metadata_key: key }) {
  const tensors = tensorsOf(config), header = {}, context = contextOf(config).length;
  if (context) tensors.push(["context_mean", [context, 1, 1]], ["context_std", [context, 1, 1]]);
  let end = 0;
  for (const [name, shape] of tensors) {
    const begin = end;
    end += 4 * sizeOf(shape);
    header[name] = { dtype: "F32", shape, data_offsets: [begin, end] };
  }
  header.__metadata__ = { [key]: JSON.stringify({ schema, config }) };
  const text = utf8(JSON.stringify(header)), length = new Uint8Array(8);
  const head = join(text, utf8(" ".repeat((HEADER_STEP - (text.length % HEADER_STEP)) % HEADER_STEP)));
  new DataView(length.buffer).setUint32(0, head.length, true);
  const values = new DataView(new ArrayBuffer(end));
  [...final, ...means, ...stds].forEach((value, i) => values.setFloat32(4 * i, value, true));
  return join(length, head, new Uint8Array(values.buffer));
}

/* The generator in a safetensors file. Errors: in words, for a file that is none. */
async function readGenerator(file, { metadata_key: key }) {
  try {
    return parseGenerator(new DataView(await file.arrayBuffer()), key);
  } catch {
    throw new Error(`${file.name} is no generator of sicgan-lite that this page can load (safetensors).`);
  }
}

function parseGenerator(data, key) {
  const length = data.getUint32(0, true);
  if (length > LARGEST_HEADER) throw new Error("not a header");
  const text = new TextDecoder().decode(new Uint8Array(data.buffer, 8, length)), header = JSON.parse(text);
  const config = { noise_channels: 0, leaky_slope: 0, kernel_sizes: [3],
    ...JSON.parse(header.__metadata__[key]).config };
  const even = config.size % 2 === 0 && config.size <= LARGEST_PATCH;
  if (!even || Math.max(...config.generator_widths) > LARGEST_PLANES) throw new Error("too large");
  const read = ([name, shape]) => {
    const { dtype, shape: found, data_offsets: [begin] } = header[name];
    if (dtype !== "F32" || String(found) !== String(shape)) throw new Error("another shape");
    return Array.from({ length: sizeOf(shape) }, (_, i) => data.getFloat32(8 + length + begin + 4 * i, true));
  };
  const context = contextOf(config).length;
  const [means, stds] = ["context_mean", "context_std"].map((name) =>
    (context ? read([name, [context, 1, 1]]) : []));
  return { config, final: Float64Array.from(tensorsOf(config).flatMap(read)), standard: { means, stds } };
}

window.sicganFiles = { download, labelledPng, generatorFile, readGenerator };
})();
