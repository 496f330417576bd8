// Finds the number that was written behind a text, by its SHA-256 (FIPS 180-4): told by a page, in a thread of its own.
// One block is enough for text and number; everything is said to be plain ASCII.
const PRIMES = [];
for (let number = 2; PRIMES.length < 64; number += 1) {
  if (PRIMES.every((prime) => number % prime)) PRIMES.push(number);
}
const fraction = (root) => ((root - Math.floor(root)) * 2 ** 32) | 0;
const K = Int32Array.from(PRIMES, (prime) => fraction(Math.cbrt(prime)));
const START = Int32Array.from(PRIMES.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));
const turn = (word, by) => (word >>> by) | (word << (32 - by));
const words = new Int32Array(64);
const LENGTH_AT = 15;

function firstWord(text) {
  words.fill(0, 0, 16);
  for (let place = 0; place < text.length; place += 1) words[place >> 2] |= text.charCodeAt(place) << (24 - (place % 4) * 8);
  words[text.length >> 2] |= 0x80 << (24 - (text.length % 4) * 8);
  words[LENGTH_AT] = text.length * 8;
  for (let place = 16; place < 64; place += 1) {
    const [early, late] = [words[place - 15], words[place - 2]];
    words[place] = words[place - 16] + words[place - 7]
      + (turn(early, 7) ^ turn(early, 18) ^ (early >>> 3)) + (turn(late, 17) ^ turn(late, 19) ^ (late >>> 10));
  }
  let [a, b, c, d, e, f, g, h] = START;
  for (let place = 0; place < 64; place += 1) {
    const one = h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[place] + words[place];
    const other = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + other) | 0];
  }
  return (START[0] + a) | 0;
}

// Of 2^32 texts one has the same first word as another: what the page sends is looked at whole.
self.addEventListener("message", ({ data: { salt, digest, most } }) => {
  const wanted = Number.parseInt(digest.slice(0, 8), 16) | 0;
  let number = 0;
  while (number <= most && firstWord(salt + number) !== wanted) number += 1;
  self.postMessage(number <= most ? String(number) : "");
});
