// A picture whose shape is off for its place: the part that is shown lies as a frame over the whole, moves under a finger or a
// mouse, and follows the ranges, which are what is sent. The same for a picture that is chosen and not saved yet.

const UPLOAD = "upload";

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
    // Where there is no room to move, there is nothing to choose.
    across.closest(".crop-way").hidden = width > 0.995;
    down.closest(".crop-way").hidden = height > 0.995;
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
    reader.addEventListener("load", () => {
      if (file.files[0] === chosen) image.src = reader.result;
    });
    reader.readAsDataURL(chosen);
  }

  function move(range, share, by, room) {
    if (share > 0.995) return;
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
