/** Texts for people: figures with their units, and words from outside made safe to show. */
import { Rational } from "./rationals.js";

const SIGNIFICANT = 4;
const MAX_SHOWN = 80;
/** What steers a terminal, reorders a line or cannot be seen; a plain space can. */
const UNSEEN =
  /(?! )[\p{C}\p{Z}]|[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\u{16fe4}\u{1d159}\u{e0100}-\u{e01ef}]/u;
const MARK = /\p{M}/u;
/** Marks in a row on one character; more would cover the lines above and below. */
const MOST_MARKS = 4;
const SHORT = new Map([
  ["\t", "\\t"],
  ["\n", "\\n"],
  ["\r", "\\r"],
]);

/** Any text on one line, with what cannot be seen escaped as in Python. */
export function safe(text) {
  let marks = 0;
  let seen = "";
  for (const character of text) {
    marks = MARK.test(character) ? marks + 1 : 0;
    const isHidden = marks > MOST_MARKS || UNSEEN.test(character);
    seen += isHidden ? (SHORT.get(character) ?? escaped(character)) : character;
  }
  return seen;
}

function escaped(character) {
  const code = character.codePointAt(0);
  const [mark, digits] = code < 0x100 ? ["x", 2] : code < 0x10000 ? ["u", 4] : ["U", 8];
  return `\\${mark}${code.toString(16).padStart(digits, "0")}`;
}

/** A text between quotes, made safe to show and cut. */
export function shown(text) {
  // A character has at most two units, so that no more than these can be shown.
  const characters = [...text.slice(0, 2 * MAX_SHOWN + 2)];
  const cut = characters.slice(0, MAX_SHOWN).join("");
  return `'${safe(characters.length > MAX_SHOWN ? `${cut}…` : cut)}'`;
}

/** A count with commas. */
export const grouped = (digits) => String(digits).replace(/\B(?=([0-9]{3})+$)/g, ",");

export const plural = (count, one, many = `${one}s`) =>
  `${grouped(count)} ${count === 1 ? one : many}`;

/** A number as a person reads it, rounded half to even where it has more than four digits. */
export function rounded(number) {
  const sign = number.n < 0n ? "-" : "";
  const { n, d } = number.magnitude();
  if (n % d === 0n) return sign + grouped(n / d);
  // One digit more or less: the first guess of the size may be one off.
  let places = SIGNIFICANT - (String(n).length - String(d).length);
  while (scaled(n, d, places) < 10n ** BigInt(SIGNIFICANT - 1)) places += 1;
  while (scaled(n, d, places) >= 10n ** BigInt(SIGNIFICANT)) places -= 1;
  return sign + decimalText(scaled(n, d, places), places);
}

/** n / d times 10^places, rounded half to even. */
function scaled(n, d, places) {
  const [up, down] = places >= 0 ? [n * 10n ** BigInt(places), d] : [n, d * 10n ** BigInt(-places)];
  const whole = up / down;
  const rest = (up % down) * 2n;
  return rest > down || (rest === down && whole % 2n === 1n) ? whole + 1n : whole;
}

function decimalText(digits, places) {
  if (places <= 0) return grouped(digits * 10n ** BigInt(-places));
  const text = String(digits).padStart(places + 1, "0");
  const decimals = text.slice(-places).replace(/0+$/, "");
  return grouped(text.slice(0, -places)) + (decimals && `.${decimals}`);
}

const SUFFIXES = new Map([
  ["seconds", " s"],
  ["percent", " %"],
  ["tokens_per_second", " tok/s"],
]);

/** A value with its unit: `$0.0062`, `1.68 s`, `68.7 %`. */
export function figure(value, unit) {
  const text = rounded(value);
  if (unit === "usd") return text.startsWith("-") ? `-$${text.slice(1)}` : `$${text}`;
  return text + (SUFFIXES.get(unit) ?? "");
}

/** A part of a whole as a percentage. */
export const share = (value) => `${rounded(value.times(new Rational(100n)))} %`;
