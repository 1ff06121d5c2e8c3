/** What a person pastes: a log line, also inside another object, or a receipt; and its verdict. */
import { ForeignObject, readForeign } from "./json.js";
import { MAX_BYTES, lineOf, lineOfReceipt } from "./log_lines.js";
import { readReference } from "./names.js";
import { NotPublished, fetchHistory, fetchKnowing, fetchRelease } from "./published.js";
import { Refused, refuse } from "./refused.js";
import { replay } from "./replay.js";
import { derivedAgain } from "./verification.js";

/** Objects in objects, and texts of JSON in them: as deep as a gateway's entry goes, and no more. */
const MAX_NESTING = 12;
/** Releases that are fetched for one line: those that were live before, or that know a model. */
const MAX_RELEASES = 12;
const CLOCK_TOLERANCE = 600_000_000n;

/** What was pasted, `{line, isInside}`: whether it was inside another object. Throws Refused. */
export function readPasted(text) {
  const pasted = text.trim();
  if (new TextEncoder().encode(pasted).length > MAX_BYTES)
    refuse("it has more than the 1,048,576 bytes that are read");
  if (!/^[{[]/.test(pasted)) return { line: lineOfReceipt(pasted), isInside: false };
  const outer = readForeign(pasted);
  if (outer instanceof Map && outer.has("requested_model"))
    return { line: lineOf(outer), isInside: false };
  const found = new Map([...linesIn(outer, 0)].map((line) => [JSON.stringify(keyOf(line)), line]));
  if (found.size > 1) refuse("there is more than one logged decision in it: paste one of them");
  const [inner] = found.values();
  return { line: lineOf(inner ?? outer), isInside: inner !== undefined };
}

/** The objects in an entry of another program that are lines of zumik's. */
function* linesIn(value, depth) {
  if (depth > MAX_NESTING) return;
  const inner = typeof value === "string" ? jsonIn(value) : value;
  if (inner instanceof ForeignObject && isLine(inner)) yield inner;
  else if (inner instanceof Map) for (const item of inner.values()) yield* linesIn(item, depth + 1);
  else if (Array.isArray(inner)) for (const item of inner) yield* linesIn(item, depth + 1);
}

const isLine = (object) =>
  object.has("requested_model") && (object.has("resolution_reason") || object.has("alias_release"));

function jsonIn(text) {
  if (!/^\s*[{[]/.test(text)) return null;
  try {
    return readForeign(text);
  } catch (fault) {
    if (fault instanceof Refused) return null;
    throw fault;
  }
}

/** The same line twice in an entry is one line. */
const keyOf = (value) =>
  value instanceof Map
    ? [...value].map(([key, item]) => [key, keyOf(item)])
    : Array.isArray(value)
      ? value.map(keyOf)
      : String(value);

/** A reference that a person pastes, which records no decision; null for any other text. */
export function pastedReference(text) {
  try {
    return readReference(text.trim());
  } catch (fault) {
    if (fault instanceof Refused) return null;
    throw fault;
  }
}

/**
 * The verdict on a line by the releases that this site publishes.
 *
 * Gives what `replay` gives, and `isDerived`, whether the alias comes out as stored, and `withdrawn`,
 * the release's mark. Throws Refused where the bytes of a release are not what its name says.
 */
export async function judgedHere(line, now) {
  const found =
    line.reference.model === undefined ? await judgedAlias(line, now) : await judgedTarget(line);
  const { release } = found;
  if (!release) return found;
  return { ...found, isDerived: derivedAgain(release, line.reference.alias).isAgreed };
}

async function judgedAlias(line, now) {
  const id = line.alias_release ?? line.reference.release;
  const releases = new Map();
  if (id !== undefined) return judgedBy(line, releases, [id]);
  const { alias } = line.reference;
  const history = line.timestamp === undefined ? null : await fetchHistory(alias);
  if (history === null) return replay(line, { release: () => undefined });
  const landed = history.filter(({ at }) => at <= line.timestamp);
  const isFuture = line.timestamp > now + CLOCK_TOLERANCE;
  const clockHolds = landed[0]?.clockHolds ?? true;
  const [live = null, ...before] = landed.map(({ release }) => release);
  const earlier = [...new Set(before)].filter((each) => each !== null && each !== live);
  let found;
  // The releases that were live before are fetched one by one, only as long as none gives the line.
  for (let count = 0; count <= Math.min(earlier.length, MAX_RELEASES); count += 1) {
    const tried = [live, ...earlier.slice(0, count)];
    found = await judgedBy(line, releases, tried.filter(Boolean), { known: tried, isFuture, clockHolds });
    if (live !== null && found.verdict !== "diverged") break;
  }
  return found;
}

/** The verdict by the releases of these ids; why one is not here is the reason of no verdict. */
async function judgedBy(line, releases, ids, landed) {
  let missing = null;
  for (const id of ids) {
    if (releases.has(id)) continue;
    try {
      releases.set(id, await fetchRelease(id));
    } catch (fault) {
      if (!(fault instanceof NotPublished)) throw fault;
      missing = fault.message;
    }
  }
  const found = replay(line, {
    release: (id) => releases.get(id)?.release,
    landed: landed && (() => landed),
  });
  const isMissing = found.verdict === "unreplayable" && !found.release && missing !== null;
  return {
    ...found,
    why: isMissing ? missing : found.why,
    withdrawn: releases.get(found.release?.id)?.withdrawn ?? null,
  };
}

/** A concrete target, by the releases that know it. */
async function judgedTarget(line) {
  const { model } = line.reference;
  const facts = [];
  for (const id of (await fetchKnowing(model)).slice(0, MAX_RELEASES)) {
    const { release } = await fetchRelease(id);
    const found = release.models.get(model);
    if (found) facts.push(found);
    const isSettled = [undefined, found?.revision].includes(line.resolved_revision);
    if (found && isSettled) break;
  }
  return replay(line, { known: (id) => (id === model ? facts : []) });
}
