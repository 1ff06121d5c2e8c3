/** A release checked here: its bytes, and each ranking derived again. */
import { rederive, verify } from "./releases.js";

/**
 * Whether an alias comes out as a release stores it: `{ranking, reason, isAgreed}`, the first two as
 * the frozen facts give them here.
 */
export function derivedAgain(release, name) {
  const stored = release.aliases.get(name);
  const { ranking, reason } = rederive(release, name);
  const isAgreed = reason === stored.reason && ranking.join("\n") === stored.ranking.join("\n");
  return { ranking, reason, isAgreed };
}

/**
 * A release that is hashed and derived again in this browser.
 *
 * Gives `release` and `aliases`, a Map of what `derivedAgain` gives. `progress` is called before each
 * alias with the number of those that are done, and may wait, so that a page stays alive. Throws
 * Refused where the bytes are not the file's.
 */
export async function verifyRelease(fileName, bytes, progress = () => {}) {
  const release = await verify(fileName, bytes);
  const aliases = new Map();
  for (const name of release.aliases.keys()) {
    await progress(aliases.size, release.aliases.size);
    aliases.set(name, derivedAgain(release, name));
  }
  return { release, aliases };
}
