// Proposes a domain while the name of a new tenant is typed, until somebody types a domain of their own.

const MOST = 26;
const name = document.querySelector("#id_name");
const domain = document.querySelector("#id_slug");
const SPELLED = { ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", þ: "th" };
let proposed = "";

function proposalFor(text) {
  const plain = text.toLowerCase().replace(/[ßæœøłđþ]/g, (letter) => SPELLED[letter]);
  return plain.normalize("NFKD").replace(/[^a-z0-9]/g, "").slice(0, MOST);
}

function propose() {
  if (domain.value !== proposed) return;
  proposed = proposalFor(name.value);
  domain.value = proposed;
  // Asks whether it is free, as typing does.
  domain.dispatchEvent(new Event("input", { bubbles: true }));
}

name.addEventListener("input", propose);
// Whoever types quickly may have begun before this script was there.
window.addEventListener("load", () => {
  if (name.value) propose();
});
