/** What this site publishes, fetched from it and from no other host. */
import { momentOf } from "./days.js";
import { isReleaseId } from "./names.js";
import { refuse } from "./refused.js";
import { readFileName, verify } from "./releases.js";
import { ROOT } from "./root.js";

const TAKEN = /^(|\.|\.\.|with|index\.html|.*\.json|.*[.~])$/;

/** A release is not on this site, or not its bytes: a fact about the site, and not about a line. */
export class NotPublished extends Error {
  name = "NotPublished";
}

/** The address of an alias's page, as it is live or as a release has it. */
export const aliasPage = (alias, release) =>
  new URL(`aliases/${alias}/${release ? `${release}/` : ""}`, ROOT);

export const modelPage = (model) => new URL(`models/${modelPath(model)}/`, ROOT);

/** The path of a model id: a segment that would be another file's name has a mark at its end. */
const modelPath = (model) =>
  model
    .split("/")
    .map((part) => (TAKEN.test(part) ? `${part}~` : part))
    .join("/");

async function fetched(path) {
  const response = await fetch(new URL(path, ROOT), { credentials: "same-origin" });
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(`this site answered ${response.status} for ${path}`);
  return response;
}

/** The JSON beside a page; null where the site has none. It is shown or followed, never trusted. */
async function data(path) {
  const response = await fetched(`data/${path}.json`);
  return response && response.json();
}

/**
 * A release, fetched and hashed here: `{release, withdrawn}`, the last its mark or null.
 *
 * Throws NotPublished where the site has not its bytes, and Refused where they are not its bytes.
 */
export async function fetchRelease(id) {
  if (!isReleaseId(id)) refuse("this site names what is no release");
  const page = await data(`releases/${id}`);
  if (page === null) throw new NotPublished(`there is no release ${id} on this site`);
  const path = page.published_bytes;
  if (typeof path !== "string") {
    throw new NotPublished(`${id} holds confidential facts, so this site does not publish its bytes`);
  }
  const fileName = path.split("/").at(-1);
  const bytes = await fetchFile(id, fileName);
  return { release: await verify(fileName, bytes), withdrawn: page.withdrawn ?? null };
}

/** The bytes of a release's file, of which nothing is proved yet. */
export async function fetchFile(id, fileName) {
  if (readFileName(fileName).id !== id) refuse(`this site gave the file of another release than ${id}`);
  const response = await fetched(`data/releases/${encodeURIComponent(fileName)}`);
  if (response === null) throw new NotPublished(`the bytes of ${id} are not on this site`);
  return new Uint8Array(await response.arrayBuffer());
}

/**
 * What was live for an alias, newest first: `{at, release, clockHolds}`, in microseconds from 1970
 * and the id or null. Null where the site does not say; it ends where the record ends.
 */
export async function fetchHistory(alias) {
  const moves = (await data(`aliases/${alias}`))?.history;
  if (!Array.isArray(moves) || !moves.length) return null;
  const known = moves.findIndex(({ landed_at: at }) => typeof at !== "string");
  return moves.slice(0, known < 0 ? moves.length : known).map(({ landed_at: at, pointer, clock_holds: holds }) => ({
    at: momentOf(at),
    release: !pointer || pointer.kind === "retire" ? null : pointer.release,
    clockHolds: holds !== false,
  }));
}

/** The releases that tell all that releases know of a model, newest first; empty for an unknown one. */
export async function fetchKnowing(model) {
  const page = await data(`models/${modelPath(model)}`);
  if (page === null) return [];
  const changes = (page.changes ?? []).map(({ release }) => release);
  return [...new Set([page.facts_from, ...changes, page.first_known_in])];
}
