// A picture whose shape is off for its place: the part that is shown lies as a frame over the whole, moves under a finger or a
// mouse, and follows the ranges, which are what is sent. The same for a picture that is chosen and not saved yet.

const UPLOAD = "upload";
// To see where a margin ends, no more pixels a side are looked at.
const MOST_SIDE = 1000;
// A part that takes so large a share of a side has no room to move there.
const ALL_OF_IT = 0.995;

function drawn(picture, [left, top, width, height], [newWidth, newHeight]) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [newWidth, newHeight];
  canvas.getContext("2d").drawImage(picture, left, top, width, height, 0, 0, newWidth, newHeight);
  return canvas;
}

// Where on a canvas there is anything: left, top, width and height.
function seenOn(canvas) {
  const { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let at = 3, pixel = 0; at < data.length; at += 4, pixel += 1) {
    if (!data[at]) continue;
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
  }
  return right < 0 ? [0, 0, width, height] : [left, top, right - left + 1, bottom - top + 1];
}

// The address of the picture without its transparent margin, which is cut off a mark before any part of it is.
async function trimmed(address) {
  const picture = new Image();
  picture.src = address;
  await picture.decode();
  const size = [picture.naturalWidth, picture.naturalHeight];
  const scale = Math.min(1, MOST_SIDE / Math.max(...size));
  const canvas = drawn(picture, [0, 0, ...size], size.map((side) => Math.max(1, Math.round(side * scale))));
  const seen = seenOn(canvas);
  const [, , width, height] = seen;
  if (width === canvas.width && height === canvas.height) return address;
  return drawn(canvas, seen, [width, height]).toDataURL();
}

function begin(crop) {
  const image = crop.querySelector("img");
  const part = crop.querySelector(".crop-part");
  const [of, across, down, size] = ["of", "across", "down", "size"].map((name) => crop.querySelector(`[data-${name}]`));
  const file = crop.closest(".image-field").querySelector("input[type=file]");
  const kept = { src: image.getAttribute("src"), isHidden: crop.hidden };
  const [narrowest, widest, tolerance] = ["narrowest", "widest", "tolerance"].map((name) => Number(crop.dataset[name]));

  // Which shares of the whole the part is wide and high.
  function shares() {
    const shape = image.naturalWidth / image.naturalHeight;
    const wanted = Math.min(Math.max(shape, narrowest), widest);
    const share = Number(size.value) / 100;
    return [share * Math.min(1, wanted / shape), share * Math.min(1, shape / wanted)];
  }

  function draw() {
    const [width, height] = shares();
    part.style.width = `${100 * width}%`;
    part.style.height = `${100 * height}%`;
    part.style.left = `${across.value * (1 - width)}%`;
    part.style.top = `${down.value * (1 - height)}%`;
    part.hidden = false;
    // There is nothing to choose then.
    across.closest(".crop-way").hidden = width > ALL_OF_IT;
    down.closest(".crop-way").hidden = height > ALL_OF_IT;
  }

  function appear(isShown) {
    crop.hidden = !isShown;
    crop.disabled = !isShown;
  }

  function loaded() {
    const shape = image.naturalWidth / image.naturalHeight;
    if (of.value === UPLOAD) appear(shape < narrowest / tolerance || shape > widest * tolerance);
    draw();
  }

  function choose() {
    const [chosen] = file.files;
    of.value = chosen ? UPLOAD : "";
    for (const input of crop.querySelectorAll("[type=range]")) input.value = chosen ? input.dataset.usual : input.defaultValue;
    for (const input of crop.querySelectorAll("[type=radio]")) input.checked = chosen ? input.value === "whole" : input.defaultChecked;
    appear(!chosen && !kept.isHidden);
    if (!chosen) {
      image.src = kept.src;
      return;
    }
    const reader = new FileReader();
    reader.addEventListener("load", async () => {
      const address = "mark" in crop.dataset ? await trimmed(reader.result).catch(() => reader.result) : reader.result;
      if (file.files[0] === chosen) image.src = address;
    });
    reader.readAsDataURL(chosen);
  }

  function move(range, share, by, room) {
    if (share > ALL_OF_IT) return;
    range.value = Number(range.dataset.from) + (100 * by) / (room * (1 - share));
    range.dispatchEvent(new Event("input", { bubbles: true }));
  }

  part.addEventListener("pointerdown", (event) => {
    part.setPointerCapture(event.pointerId);
    for (const range of [across, down]) range.dataset.from = range.value;
    part.dataset.at = [event.clientX, event.clientY];
    event.preventDefault();
  });
  part.addEventListener("pointermove", (event) => {
    if (!part.hasPointerCapture(event.pointerId)) return;
    const [x, y] = part.dataset.at.split(",").map(Number);
    const [width, height] = shares();
    move(across, width, event.clientX - x, image.clientWidth);
    move(down, height, event.clientY - y, image.clientHeight);
  });
  crop.addEventListener("input", draw);
  image.addEventListener("load", loaded);
  image.addEventListener("error", () => of.value === UPLOAD && appear(false));
  file.addEventListener("change", choose);
  if (image.complete && image.naturalWidth) loaded();
}

for (const crop of document.querySelectorAll("[data-crop]")) begin(crop);
