/** Pointers, drains and withdrawals: the small files beside the releases (section 16). */
import { momentText } from "./days.js";
import { canonical, readStrict } from "./json.js";
import { refuse } from "./refused.js";
import {
  aliasName,
  count,
  digest,
  filledText,
  list,
  moment,
  oneOf,
  orNull,
  record,
  releaseId,
  text,
  tree,
} from "./shapes.js";

const MAX_DRAINS = 100;

/** 16.1 */
const pointer = record({
  alias: aliasName,
  release: releaseId,
  sha256: digest,
  generation: count,
  kind: oneOf("promote", "rollback", "retire"),
  reason: orNull(text),
  proposed_at: moment,
});

/** 16.2 */
export const readDrain = record({ models: text, since: moment, until: moment, reason: text });
const drains = record({ generation: count, drains: list(readDrain) });

/** 16.3 */
const withdrawal = record({
  release: releaseId,
  sha256: digest,
  reason: filledText,
  withdrawn_at: moment,
});

export const readPointer = (bytes) => pointer(readStrict(bytes), "");
export const readWithdrawal = (bytes) => withdrawal(readStrict(bytes), "");

export function readDrains(bytes) {
  const found = drains(readStrict(bytes), "");
  if (found.drains.length > MAX_DRAINS) refuse(`there are more than ${MAX_DRAINS} drains`);
  if (found.drains.some(({ since, until }) => until <= since))
    refuse("a drain ends before it begins");
  return found;
}

export const pointerText = (found) =>
  canonical(tree({ ...found, proposed_at: momentText(found.proposed_at) }));
export const withdrawalText = (found) =>
  canonical(tree({ ...found, withdrawn_at: momentText(found.withdrawn_at) }));

export function drainsText({ generation, drains: list }) {
  const drainTree = (drain) =>
    tree({ ...drain, since: momentText(drain.since), until: momentText(drain.until) });
  return canonical(tree({ generation, drains: list.map(drainTree) }));
}

/** 16.1: the generation after a pointer; the first one, after null, is 1. */
export const nextGeneration = (previous) => (previous?.generation ?? 0n) + 1n;
