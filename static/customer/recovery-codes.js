// Recovery codes on the clipboard, or as a file. Without a script they are written down, or the page is printed.
const actions = document.querySelector(".code-actions");
const codes = [...document.querySelectorAll(".recovery-codes code")].map((code) => code.textContent);
const lines = [...(actions.dataset.of ? [actions.dataset.of, ""] : []), ...codes, ""].join("\n");

const copy = actions.querySelector("button");
copy.addEventListener("click", async () => {
  await navigator.clipboard.writeText(lines);
  actions.querySelector("[role=status]").textContent = copy.dataset.done;
});
copy.hidden = !navigator.clipboard;

actions.querySelector("a").href = URL.createObjectURL(new Blob([lines], { type: "text/plain;charset=utf-8" }));
actions.hidden = false;
