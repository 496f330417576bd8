// Leaves of the list what is typed, as it is typed.
const box = document.querySelector(".find-language input[type=search]");
const plain = (text) => text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
const items = [...document.querySelectorAll(".language-list li")].map((item) => [item, plain(item.dataset.names)]);

box.form.querySelector("button").remove();
box.addEventListener("input", () => {
  const words = plain(box.value).split(/[\s(),]+/);
  for (const [item, names] of items) item.hidden = !words.every((word) => names.includes(word));
});
box.form.addEventListener("submit", (event) => {
  event.preventDefault();
  items.find(([item]) => !item.hidden)?.[0].querySelector("button").focus();
});
