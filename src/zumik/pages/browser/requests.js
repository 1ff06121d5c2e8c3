/** What a request asks of a model (9.2), as log lines hold it. */
import { ForeignNumber, ForeignObject } from "./json.js";
import { isModelId } from "./names.js";
import { refuse } from "./refused.js";
import { tree } from "./shapes.js";

const COUNT_END = 10n ** 18n;
const COUNT = /^(0|[1-9][0-9]{0,17})(\.0+)?$/;

/** 11.3: null and an empty text are the same as an absent field. */
export function isLogged(value) {
  return value !== undefined && value !== null && value !== "";
}

/** 11.6: a count, also where a store has bent it. */
export function readCount(value, path) {
  const wrong = () => refuse(`${path} is no count of at most 18 digits`);
  if (typeof value === "bigint") return value >= 0n && value < COUNT_END ? value : wrong();
  if (value instanceof ForeignNumber) return floatCount(value.text) ?? wrong();
  const [, digits] = (typeof value === "string" && COUNT.exec(value)) || [];
  return digits === undefined ? wrong() : BigInt(digits);
}

/** A store that bends counts holds doubles; from 2^53 on they are no longer exact. */
function floatCount(text) {
  const number = Number(text);
  return Number.isInteger(number) && number >= 0 && number < 2 ** 53 ? BigInt(number) : undefined;
}

function readWords(value, path, isRight = () => true) {
  if (!Array.isArray(value)) refuse(`${path} is no list`);
  if (!value.every((word) => typeof word === "string" && isRight(word)))
    refuse(`${path} holds what it cannot`);
  return [...new Set(value)]; // 11.7
}

const NEEDS = {
  unavailable: (value, path) => readWords(value, path, isModelId),
  input_tokens: readCount,
  output_tokens: readCount,
  capabilities: readWords,
  input: readWords,
};

/** 11.7: `{unavailable}` always, and of the other needs those that are asked. */
export function readRequest(value) {
  if (!(value instanceof Map)) refuse("the request is no object");
  if (value instanceof ForeignObject && value.repeated.size) refuse("the request has a key twice");
  const request = { unavailable: [] };
  for (const [key, need] of value) {
    if (!isLogged(need)) continue;
    if (!Object.hasOwn(NEEDS, key)) refuse("the request has a key that is not known");
    request[key] = NEEDS[key](need, key);
  }
  return request;
}

/** 11.1: a request as a line holds it. */
export function requestTree({ unavailable, input_tokens, output_tokens, capabilities, input }) {
  const asked = (words) => (words?.length ? words : undefined);
  return tree({
    unavailable,
    input_tokens,
    output_tokens,
    capabilities: asked(capabilities),
    input: asked(input),
  });
}

/**
 * 9.2, 9.3: whether a model meets the needs of a request, by a resolver's limits of it;
 * `unavailable` is not looked at.
 */
export const meets = (model, request, limits) => unmet(model, request, limits) === null;

/** The first need of a request that a model does not meet, in words; null where it meets all. */
export function unmet(model, request, limits) {
  const asked = request.input_tokens ?? 0n;
  const answered = request.output_tokens ?? 0n;
  const tokens = { input_tokens: asked, output_tokens: answered, context_tokens: asked + answered };
  for (const [name, count] of Object.entries(tokens)) {
    const limit = limits.get(name);
    if (count > (limit ?? 0n)) return `${name} ${limit ?? "unknown"}, asked ${count}`;
  }
  for (const field of ["capabilities", "input"]) {
    for (const word of request[field] ?? []) {
      if (model[field] === undefined) return `${field} unknown, asked ${word}`;
      if (!model[field].includes(word)) return `${field} without ${word}`;
    }
  }
  return null;
}
