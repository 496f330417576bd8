// The page layout of a user flow: rows move by their buttons or by dragging, options come and go, without asking the
// server. The rows' order on the page is their order in the form, so nothing else needs to know.

const rows = document.querySelector(".layout-rows");
const status = document.getElementById("page-status");

function say(row) {
  const position = [...rows.children].indexOf(row) + 1;
  status.textContent = row
    .closest(".layout-editor")
    .dataset.moved.replace("{name}", row.dataset.name)
    .replace("{position}", position)
    .replace("{all}", rows.children.length);
}

function move(button) {
  const row = button.closest(".layout-row");
  const goesUp = button.value.startsWith("up:");
  if (goesUp) row.previousElementSibling?.before(row);
  else row.nextElementSibling?.after(row);
  const isHidden = getComputedStyle(button).visibility === "hidden";
  (isHidden ? row.querySelector(`[value^="${goesUp ? "down" : "up"}:"]`) : button).focus();
  say(row);
}

function number(options) {
  const { optionText, optionValue, optionRemove } = options.closest(".layout-editor").dataset;
  [...options.children].forEach((option, index) => {
    const [text, value] = option.querySelectorAll("input");
    text.setAttribute("aria-label", optionText.replace("#", index + 1));
    value.setAttribute("aria-label", optionValue.replace("#", index + 1));
    const remove = option.querySelector("button");
    remove.setAttribute("aria-label", optionRemove.replace("#", index + 1));
    remove.value = remove.value.replace(/\d+$/, index);
  });
}

function addOption(button) {
  const options = button.closest(".layout-options").querySelector(".option-rows");
  const option = options.lastElementChild.cloneNode(true);
  for (const input of option.querySelectorAll("input")) input.value = "";
  options.append(option);
  number(options);
  option.querySelector("input").focus();
}

function removeOption(button) {
  const option = button.closest(".option-row");
  const options = option.parentElement;
  if (options.children.length === 1) {
    for (const input of option.querySelectorAll("input")) input.value = "";
    option.querySelector("input").focus();
    return;
  }
  const next = option.nextElementSibling ?? option.previousElementSibling;
  option.remove();
  number(options);
  next.querySelector("input").focus();
}

const actions = { move, add_option: addOption, remove_option: removeOption };

rows?.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button || !(button.name in actions)) return;
  event.preventDefault();
  actions[button.name](button);
});

let dragged = null;

rows?.addEventListener("pointerdown", (event) => {
  const row = event.target.closest(".layout-handle")?.closest(".layout-row");
  if (row) row.draggable = true;
});

rows?.addEventListener("dragstart", (event) => {
  dragged = event.target;
  dragged.classList.add("is-dragged");
  event.dataTransfer.effectAllowed = "move";
});

rows?.addEventListener("dragover", (event) => {
  const over = event.target.closest(".layout-row");
  if (!dragged || !over) return;
  event.preventDefault();
  if (over === dragged) return;
  const box = over.getBoundingClientRect();
  if (event.clientY < box.top + box.height / 2) over.before(dragged);
  else over.after(dragged);
});

rows?.addEventListener("dragend", () => {
  dragged.classList.remove("is-dragged");
  dragged.draggable = false;
  say(dragged);
  dragged = null;
});
