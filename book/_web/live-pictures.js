/* The reader's photograph: a file in, pixels out, and words where that cannot be. */
(function () {
"use strict";

const LEAST = 48, HIGHEST = 1.5, LARGEST_FILE = 60e6, LARGEST_PICTURE = 1e8;

/* What cannot be read, in words that say what to do. */
function cannotRead(file) {
  const isHeic = /hei[cf]/i.test(`${file.type} ${file.name || ""}`);
  const advice = isHeic
    ? "HEIC is what iPhones save, and this browser does not read it. Export it as JPEG."
    : "Choose a JPEG, a PNG or a WebP.";
  return new Error(`${file.name || "This"} is no picture that this browser can read. ${advice}`);
}

function drawn(bitmap, width, height) {
  const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  pen.canvas.width = width;
  pen.canvas.height = height;
  pen.imageSmoothingQuality = "high";
  pen.fillStyle = "#fff"; // behind what is transparent
  pen.fillRect(0, 0, width, height);
  pen.drawImage(bitmap, 0, 0, width, height);
  return pen.getImageData(0, 0, width, height).data;
}

/* A picture at most `wanted` pixels wide, and no higher than half as much again. */
function reduced(bitmap, wanted) {
  const narrow = (HIGHEST * wanted * bitmap.width) / bitmap.height;
  const width = Math.round(Math.min(wanted, bitmap.width, narrow));
  const height = Math.max(1, Math.round((bitmap.height * width) / bitmap.width));
  return { bytes: drawn(bitmap, width, height), width, height };
}

/* The pixels of a file: small, to learn. Errors: in words for the reader. */
async function readPicture(file, wanted) {
  if (file.size > LARGEST_FILE) {
    const megabytes = Math.round(file.size / 1e6);
    throw new Error(`${file.name} has ${megabytes} MB; this page takes up to ${LARGEST_FILE / 1e6}.`);
  }
  const bitmap = await createImageBitmap(file).catch(() => { throw cannotRead(file); });
  const size = `${bitmap.width} × ${bitmap.height} pixels`;
  if (bitmap.width * bitmap.height > LARGEST_PICTURE) {
    throw new Error(`${file.name} has ${size}; this page takes up to 100 million. Save it smaller.`);
  }
  const small = reduced(bitmap, wanted);
  if (Math.min(small.width, small.height) < LEAST) {
    throw new Error(`${file.name} has ${size}; at ${wanted} pixels' width a side needs ${LEAST}.`);
  }
  return { ...small, name: file.name || "pasted picture", file, bitmap };
}

window.sicganPictures = { readPicture, reduced };
})();
