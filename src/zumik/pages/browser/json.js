/**
 * JSON as the specification reads and writes it (section 2, 11.4).
 *
 * Objects become Maps, so that a key such as `__proto__` is a key like any other, and integers
 * become BigInts, so that none is rounded. Nothing here uses JSON.parse: it takes the last of two
 * equal keys without a word, and rounds.
 */
import { refuse } from "./refused.js";

/** No file of ours nests more than ten deep; a bound keeps a hostile one off the stack. */
const MAX_DEPTH = 100;

/** A number that is no integer, as it is written: `4.0`, `1e9`, `NaN`. Only foreign JSON has it. */
export class ForeignNumber {
  constructor(text) {
    this.text = text;
  }

  toString() {
    return this.text;
  }
}

/** An object of foreign JSON; `repeated` are the keys that it has more than once. */
export class ForeignObject extends Map {
  repeated = new Set();
}

/** Bytes as text. 2.5, 11.4: UTF-8 without a byte order mark. */
export function textOf(bytes) {
  let text;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    refuse("it is not UTF-8");
  }
  return text.startsWith("\ufeff") ? refuse("it begins with a byte order mark") : text;
}

/** 2.5: strict JSON, of bytes. */
export function readStrict(bytes) {
  return new Reader(textOf(bytes), false).read();
}

/** 11.2, 11.4: JSON that other programs wrote, of text. The last of two equal keys is kept. */
export function readForeign(text) {
  return new Reader(text, true).read();
}

const SPACE = /[ \t\n\r]*/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const WORD = /true|false|null|NaN|-?Infinity/y;
const WORDS = new Map([
  ["true", true],
  ["false", false],
  ["null", null],
]);
const SHORT = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

class Reader {
  constructor(text, isForeign) {
    this.text = text;
    this.isForeign = isForeign;
    this.at = 0;
    this.depth = 0;
  }

  read() {
    const value = this.value();
    this.take(SPACE);
    return this.at === this.text.length ? value : this.wrong();
  }

  wrong() {
    refuse(`it is not JSON at character ${this.at + 1}`);
  }

  take(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found) this.at = pattern.lastIndex;
    return found;
  }

  takes(character) {
    this.take(SPACE);
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  value() {
    this.take(SPACE);
    switch (this.text[this.at]) {
      case "{":
        return this.nested(() => this.object());
      case "[":
        return this.nested(() => this.list());
      case '"':
        return this.string();
      default:
        return this.scalar();
    }
  }

  nested(read) {
    this.depth += 1;
    if (this.depth > MAX_DEPTH) refuse(`it nests more than ${MAX_DEPTH} deep`);
    this.at += 1;
    const value = read();
    this.depth -= 1;
    return value;
  }

  object() {
    const object = this.isForeign ? new ForeignObject() : new Map();
    if (this.takes("}")) return object;
    do {
      this.take(SPACE);
      const key = this.text[this.at] === '"' ? this.string() : this.wrong();
      if (!this.takes(":")) this.wrong();
      const isRepeated = object.has(key);
      if (isRepeated && !this.isForeign) refuse(`it has the key ${JSON.stringify(key)} twice`);
      if (isRepeated) object.repeated.add(key);
      object.set(key, this.value());
    } while (this.takes(","));
    return this.takes("}") ? object : this.wrong();
  }

  list() {
    const list = [];
    if (this.takes("]")) return list;
    do list.push(this.value());
    while (this.takes(","));
    return this.takes("]") ? list : this.wrong();
  }

  string() {
    this.at += 1;
    let string = this.take(PLAIN)[0];
    while (this.text[this.at] === "\\") {
      const escape = this.take(ESCAPE)?.[0] ?? this.wrong();
      const letter = escape[1];
      string +=
        letter === "u"
          ? String.fromCharCode(parseInt(escape.slice(2), 16))
          : (SHORT[letter] ?? letter);
      string += this.take(PLAIN)[0];
    }
    if (this.text[this.at] !== '"') this.wrong();
    this.at += 1;
    if (!this.isForeign && /\p{Surrogate}/u.test(string))
      refuse("it holds half of a surrogate pair");
    return string;
  }

  scalar() {
    const word = this.take(WORD)?.[0];
    if (word !== undefined && WORDS.has(word)) return WORDS.get(word);
    const [number, point, exponent] =
      word === undefined ? (this.take(NUMBER) ?? this.wrong()) : [word, word];
    if (!point && !exponent) return this.integer(number);
    return this.isForeign ? new ForeignNumber(number) : refuse(`it has the number ${number}`);
  }

  integer(number) {
    if (this.isForeign && number.length > 19) return new ForeignNumber(number);
    if (!this.isForeign && number.length > 18)
      refuse(`it has an integer of ${number.length} characters`);
    return BigInt(number);
  }
}

const ESCAPED = new Map([
  ['"', '\\"'],
  ["\\", "\\\\"],
  ["\b", "\\b"],
  ["\t", "\\t"],
  ["\n", "\\n"],
  ["\f", "\\f"],
  ["\r", "\\r"],
]);

/** 2.2: only these are escaped. */
export function quoted(string) {
  const escape = (c) => ESCAPED.get(c) ?? `\\u00${c.charCodeAt(0).toString(16).padStart(2, "0")}`;
  return `"${string.replace(/["\\\u0000-\u001f]/g, escape)}"`;
}

/** 2.1: canonical JSON, as text. */
export function canonical(value) {
  return `${indented(value, "\n")}\n`;
}

function indented(value, newline) {
  const deeper = `${newline}  `;
  if (value instanceof Map) {
    const keys = [...value.keys()].sort(byCodePoint);
    const members = keys.map((key) => `${quoted(key)}: ${indented(value.get(key), deeper)}`);
    return members.length ? `{${deeper}${members.join(`,${deeper}`)}${newline}}` : "{}";
  }
  if (Array.isArray(value)) {
    const items = value.map((item) => indented(item, deeper));
    return items.length ? `[${deeper}${items.join(`,${deeper}`)}${newline}]` : "[]";
  }
  return typeof value === "string" ? quoted(value) : String(value);
}

/** A line of JSON, with a space after `:` and `,`. Keys keep their order. */
export function onOneLine(value) {
  if (value instanceof Map) {
    return `{${[...value].map(([key, item]) => `${quoted(key)}: ${onOneLine(item)}`).join(", ")}}`;
  }
  if (Array.isArray(value)) return `[${value.map(onOneLine).join(", ")}]`;
  return typeof value === "string" ? quoted(value) : String(value);
}

/** The order of code points, which is that of UTF-8 and not that of JavaScript's UTF-16. */
export function byCodePoint(a, b) {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    if (a[i] !== b[i]) return weight(a.charCodeAt(i)) - weight(b.charCodeAt(i));
  }
  return a.length - b.length;
}

/** A surrogate belongs to a code point above all of the basic plane. */
function weight(unit) {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
