/** Log lines and receipts, as they are read after stores have had them (sections 11 and 13). */
import { ForeignObject, readForeign, textOf } from "./json.js";
import { readLogTime } from "./log_times.js";
import { isDigest, isModelId, isReleaseId, readReceipt, readReference } from "./names.js";
import { refuse } from "./refused.js";
import { isLogged, readCount, readRequest } from "./requests.js";

export const MAX_BYTES = 1_048_576;

const FIELDS = [
  "requested_model",
  "alias_release",
  "resolved_model",
  "candidates_considered",
  "resolution_reason",
  "alias_release_sha256",
  "resolved_revision",
  "request",
  "drain_ignored",
  "timestamp",
  "served_model",
];

/** A line, of bytes: its fields that are logged (11.3), `timestamp` in microseconds from 1970. */
export function readLine(bytes) {
  if (bytes.length > MAX_BYTES) refuse("a line has at most 1,048,576 bytes");
  return lineOf(readForeign(textOf(bytes)));
}

/** A line, of the JSON that it was read from. */
export function lineOf(line) {
  if (!(line instanceof ForeignObject)) refuse("a line is one JSON object");
  mustSayOnce(line);
  const fields = Object.fromEntries(
    FIELDS.filter((key) => isLogged(line.get(key))).map((key) => [key, line.get(key)]),
  );
  return {
    ...fields,
    ...optional(fields),
    reference: readReference(
      named(fields, "requested_model") ?? refuse("requested_model is not logged"),
    ),
    alias_release: named(fields, "alias_release", isReleaseId),
    alias_release_sha256: named(fields, "alias_release_sha256", isDigest),
    resolved_model: named(fields, "resolved_model", isModelId),
    resolution_reason: named(fields, "resolution_reason"),
    resolved_revision: named(fields, "resolved_revision"),
    candidates_considered: counted(fields.candidates_considered),
    request: fields.request === undefined ? undefined : readRequest(unpacked(fields.request)),
  };
}

/** 11.4: neither a field of the table twice, nor a key in the object that is its value. */
function mustSayOnce(line) {
  for (const key of FIELDS) {
    const value = line.get(key);
    if (line.repeated.has(key)) refuse(`it has ${key} twice`);
    if (value instanceof ForeignObject && value.repeated.size) refuse(`${key} has a key twice`);
  }
}

/** 11.5 */
function named(fields, key, isRight = () => true) {
  const value = fields[key];
  if (value === undefined) return undefined;
  return typeof value === "string" && isRight(value)
    ? value
    : refuse(`${key} is not what it must be`);
}

const counted = (value) =>
  value === undefined ? undefined : readCount(value, "candidates_considered");

/** 11.7: a store that knows no objects holds the text of one. */
function unpacked(request) {
  return typeof request === "string" ? readForeign(request) : request;
}

/** 11.8: what decides no verdict; one that cannot be read counts as not logged. */
function optional({ served_model: served, drain_ignored: ignored, timestamp }) {
  const isModels =
    Array.isArray(ignored) && ignored.every((id) => typeof id === "string" && isModelId(id));
  return {
    served_model: typeof served === "string" ? served : undefined,
    drain_ignored: isModels && ignored.length ? ignored : undefined,
    timestamp: timestamp === undefined ? undefined : (readLogTime(timestamp) ?? undefined),
  };
}

/** 13.2: a receipt as a line. Its digest is the start of one. */
export function lineOfReceipt(text) {
  const { alias, release, digestPrefix, model } = readReceipt(text);
  return {
    requested_model: alias,
    reference: { alias },
    alias_release: release,
    alias_release_sha256: digestPrefix,
    resolved_model: model,
  };
}
