/** Verdicts on log lines and receipts (section 14). */
import { canReach } from "./reach.js";
import { resolve } from "./decisions.js";
import { RESOLVERS } from "./resolvers.js";
import { judgeServed } from "./served_models.js";

const LOWER = ["next_ranked_after_unavailable", "next_ranked_meeting_request"];
const NOTHING_ASKED = { unavailable: [] };

/**
 * The verdict on a line, `{verdict, differences, served, release, why}`.
 *
 * `sources` says what is known: `release(id)` is a verified release or undefined; `landed(alias,
 * moment)` is `{known, isFuture}`, the ids of what was live by then, the newest first and null for
 * none, or undefined without such a record; `known(model)` the facts of a concrete target in the
 * releases that have it, the newest first.
 */
export function replay(line, sources) {
  const found =
    line.reference.model === undefined ? replayAlias(line, sources) : replayTarget(line, sources);
  return { why: null, release: null, ...found, served: served(line, found, sources) };
}

const unreplayable = (why) => ({ verdict: "unreplayable", differences: [], why });

function replayAlias(line, sources) {
  const { alias, release: pinned } = line.reference;
  const logged = line.alias_release;
  if (logged !== undefined && pinned !== undefined && logged !== pinned) {
    return unreplayable("the line names two releases"); // 14.1
  }
  const id = logged ?? pinned;
  return id === undefined ? replayByTime(line, alias, sources) : against(id, line, alias, sources);
}

/** 14.10, 14.11 */
function replayByTime(line, alias, sources) {
  if (line.timestamp === undefined)
    return unreplayable("the line has neither a release nor a time");
  const landed = sources.landed?.(alias, line.timestamp);
  if (landed === undefined) return unreplayable("it is not known what was live when");
  const [live, ...before] = landed.known;
  const first = live ? against(live, line, alias, sources) : unreplayable("none was live then");
  if (first.verdict === "reproduced" && landed.isFuture) return { ...first, verdict: "consistent" };
  if (live && first.verdict !== "diverged") return first;
  const gives = ({ verdict }) => verdict === "reproduced" || verdict === "consistent";
  const earlier = before
    .filter(Boolean)
    .map((id) => against(id, line, alias, sources))
    .find(gives);
  return earlier ? { ...earlier, verdict: "consistent" } : first;
}

/** The verdict by one release. */
function against(id, line, alias, { release: find }) {
  const release = find(id);
  if (release === undefined) return unreplayable(`${id} is not here`); // 14.2
  if (!RESOLVERS.has(release.resolver))
    return unreplayable(`resolver ${release.resolver} is not known`);
  if (!release.aliases.has(alias)) return unreplayable(`${id} has no alias ${alias}`);
  return { release, ...compared(line, release, alias) };
}

function compared(line, release, alias) {
  if (line.request !== undefined) return exactly(line, resolve(release, alias, line.request)); // 14.5
  const { ranking, reason } = release.aliases.get(alias);
  const rank = ranking.indexOf(line.resolved_model);
  if (
    line.resolved_model === undefined ||
    !isPossible(rank, line.resolution_reason, ranking, release, reason)
  ) {
    const claim = isOpenReason(line) ? { ...line, resolution_reason: undefined } : line;
    return exactly(claim, resolve(release, alias, NOTHING_ASKED)); // 14.4, 14.9
  }
  const above = ranking.slice(0, rank);
  const answer = resolve(release, alias, { unavailable: above });
  if (rank === 0) return exactly(line, answer); // 14.6
  const found = exactly({ ...line, resolution_reason: undefined }, answer);
  return found.verdict === "reproduced" ? { ...found, verdict: "consistent" } : found;
}

/** 14.4: which model a lower reason is of is not said, so it differs from nothing. */
function isOpenReason({ resolved_model: model, resolution_reason: reason }) {
  return model === undefined && LOWER.includes(reason);
}

/** 14.6 to 14.9: whether some request gives this rank, from 0, and this reason. */
function isPossible(rank, reason, ranking, release, stored) {
  if (rank <= 0) return rank === 0 && (reason === undefined || reason === stored);
  if (reason === undefined || reason === "next_ranked_after_unavailable") return true;
  if (reason !== "next_ranked_meeting_request") return false;
  const models = ranking.slice(0, rank + 1).map((id) => release.models.get(id));
  return canReach(models.at(-1), models.slice(0, -1));
}

/** 14.3: what is logged, held against an answer. A receipt's digest is the start of one (13.2). */
function exactly(line, { release, model, candidates, reason, revision, error }) {
  if (error) return verdictOn(line, { resolved_model: undefined }); // 14.5
  const digest = line.alias_release_sha256;
  const expected = {
    resolved_model: model,
    candidates_considered: BigInt(candidates),
    resolution_reason: reason,
    resolved_revision: revision,
    alias_release_sha256: digest && release.sha256.slice(0, digest.length),
  };
  return { ...verdictOn(line, expected), model };
}

function verdictOn(line, expected) {
  const differences = Object.keys(expected).filter(
    (key) => line[key] !== undefined && line[key] !== expected[key],
  );
  if (differences.length) return { verdict: "diverged", differences };
  if (line.resolved_model === undefined) return unreplayable("the line claims no answer"); // 14.4
  return { verdict: "reproduced", differences };
}

/** 14.12, 14.13 */
function replayTarget(line, { known }) {
  const { model } = line.reference;
  const revisions = (known?.(model) ?? []).map(({ revision }) => revision);
  const isKnown = revisions.length > 0;
  const found = verdictOn(line, {
    resolved_model: model,
    candidates_considered: 1n,
    resolution_reason: "pinned_target",
    alias_release: undefined,
    alias_release_sha256: undefined,
    resolved_revision:
      !isKnown || revisions.includes(line.resolved_revision) ? line.resolved_revision : undefined,
  });
  const isOpen = found.verdict === "reproduced" && !isKnown;
  return { ...(isOpen ? unreplayable(`no release knows ${model}`) : found), model };
}

/** Section 15: the served model is judged on its own. */
function served(line, { release, model }, { known }) {
  const id = line.resolved_model ?? model;
  const target = line.reference.model !== undefined;
  const facts = target ? known?.(id)?.[0] : release?.models.get(id);
  const isModel = (name) =>
    target ? (known?.(name) ?? []).length > 0 : (release?.models.has(name) ?? false);
  return judgeServed(line, id, facts, isModel);
}
