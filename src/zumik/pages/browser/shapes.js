/**
 * Readers of the shapes that files have: each takes a value and a path, and gives what is meant.
 *
 * A key that is not known is refused (17.2), so that no reader takes half of a release.
 */
import { dayNumber, momentOf } from "./days.js";
import { ForeignNumber } from "./json.js";
import { isAliasName, isDigest, isModelId, isReleaseId } from "./names.js";
import { ONE, Rational, ZERO, fromCanonical, fromWritten } from "./rationals.js";
import { refuse } from "./refused.js";

const wrong = (path, wanted) => refuse(`${path} must be ${wanted}`);

function texts(wanted, isRight) {
  return (value, path) =>
    typeof value === "string" && isRight(value) ? value : wrong(path, wanted);
}

export const text = texts("a text", () => true);
export const filledText = texts("a text that is not empty", (value) => value !== "");
export const date = texts("a date", (value) => dayNumber(value) !== null);
export const aliasName = texts("an alias name", isAliasName);
export const modelId = texts("a model id", isModelId);
export const releaseId = texts("a release id", isReleaseId);
export const digest = texts("a digest", isDigest);
/** A name of a kind, such as a service's. */
export const named = (kind, isRight) => texts(`the name of ${kind}`, isRight);
export const oneOf = (...words) =>
  texts(`one of ${words.join(", ")}`, (value) => words.includes(value));

export const flag = (value, path) =>
  typeof value === "boolean" ? value : wrong(path, "true or false");

export const count = (value, path) =>
  typeof value === "bigint" && value >= 0n ? value : wrong(path, "an integer from 0");

export const moment = (value, path) =>
  typeof value === "string" ? momentOf(value) : wrong(path, "a moment");

/** A canonical decimal as releases hold it, or a number as people write it. */
export function decimal(value, path) {
  if (typeof value === "string") return fromCanonical(value);
  if (typeof value === "bigint") return new Rational(value);
  return value instanceof ForeignNumber ? fromWritten(value.text) : wrong(path, "a number");
}

/** 3.6: a percentage, or a number from 0 to 1. */
export function share(value, path) {
  const isPercentage = typeof value === "string" && value.endsWith("%");
  const number = isPercentage
    ? fromWritten(value.slice(0, -1)).times(new Rational(1n, 100n))
    : decimal(value, path);
  const isShare = number.compare(ZERO) >= 0 && number.compare(ONE) <= 0;
  return isShare ? number : wrong(path, "from 0% to 100%");
}

export const orNull = (read) => (value, path) => (value === null ? null : read(value, path));

export const list = (read) => (value, path) =>
  Array.isArray(value)
    ? value.map((item, i) => read(item, `${path}[${i}]`))
    : wrong(path, "a list");

/** An object of any keys, as a Map. */
export const dictionary =
  (read, key = text) =>
  (value, path) =>
    value instanceof Map
      ? new Map([...value].map(([name, item]) => [key(name, path), read(item, `${path}.${name}`)]))
      : wrong(path, "an object");

/** An object of known keys: those that it needs and those that it may have. */
export const record =
  (needed, optional = {}) =>
  (value, path) => {
    if (!(value instanceof Map)) wrong(path, "an object");
    const readers = new Map([...Object.entries(needed), ...Object.entries(optional)]);
    const missing = Object.keys(needed).find((key) => !value.has(key));
    if (missing !== undefined) refuse(`${path} lacks ${missing}`);
    const found = {};
    for (const [key, item] of value) {
      const read = readers.get(key) ?? refuse(`${path} has a key that is not known: ${key}`);
      found[key] = read(item, path === "" ? key : `${path}.${key}`);
    }
    return found;
  };

/** A tree to write: a Map of what is known. */
export function tree(members) {
  return new Map(Object.entries(members).filter(([, value]) => value !== undefined));
}

/** The same, or nothing where it would be empty. */
export function filled(members) {
  const found = members instanceof Map ? members : tree(members);
  return found.size ? found : undefined;
}
