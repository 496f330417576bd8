// Leaves of the list what is typed, as it is typed, and says so if that is nothing.
const box = document.querySelector(".find-language input[type=search]");
const told = document.querySelector(".find-language + .notice");
const letters = { đ: "d", ł: "l", ı: "i", ø: "o", æ: "ae", œ: "oe", ð: "d", þ: "th", ß: "ss", ς: "σ" };
const plain = (text) =>
  text
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/[đłıøæœðþßς]/g, (letter) => letters[letter]);
const items = [...document.querySelectorAll(".language-list li")].map((item) => [item, plain(item.dataset.names)]);

box.form.querySelector("button").remove();
const find = () => {
  // As common/text/language_names.py has it.
  const words = plain(box.value).split(/(?:[\s(),/–—]|-(?=\s|$|\S{5}))+/);
  for (const [item, names] of items) item.hidden = !words.every((word) => names.includes(word));
  told.textContent = items.every(([item]) => item.hidden) ? told.dataset.none : "";
};
box.addEventListener("input", find);
// Somebody may have typed before this ran, or the browser have put back what was typed before a reload.
find();
box.form.addEventListener("submit", (event) => {
  event.preventDefault();
  items.find(([item]) => !item.hidden)?.[0].querySelector("button").focus();
});
