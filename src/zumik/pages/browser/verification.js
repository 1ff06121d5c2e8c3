/** What a page needs: a release checked here, and the verdict on what a person pastes. */
import { lineOfReceipt, readLine } from "./log_lines.js";
import { rederive, verify } from "./releases.js";
import { replay } from "./replay.js";

/**
 * A release that is hashed and derived again in this browser.
 *
 * Gives `release` and `aliases`, a Map of `{ranking, reason, isAgreed}`: what the frozen facts give
 * here, and whether the release holds the same. Throws Refused where the bytes are not the file's.
 */
export async function verifyRelease(fileName, bytes) {
  const release = await verify(fileName, bytes);
  const aliases = new Map();
  for (const [name, stored] of release.aliases) {
    const { ranking, reason } = rederive(release, name);
    const isAgreed = reason === stored.reason && ranking.join("\n") === stored.ranking.join("\n");
    aliases.set(name, { ranking, reason, isAgreed });
  }
  return { release, aliases };
}

/** A receipt or a log line that a person pastes, as `replay` takes it. Throws Refused. */
export function readPasted(text) {
  const pasted = text.trim();
  return pasted.startsWith("{")
    ? readLine(new TextEncoder().encode(pasted))
    : lineOfReceipt(pasted);
}

export { replay };
