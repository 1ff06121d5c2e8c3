/** Resolving an alias by its stored ranking, and what is logged of it (sections 9 to 11). */
import { onOneLine } from "./json.js";
import { matches } from "./policy.js";
import { refuse } from "./refused.js";
import { meets, requestTree } from "./requests.js";
import { RESOLVERS } from "./resolvers.js";
import { tree } from "./shapes.js";

/**
 * 9.1 to 9.6: the answer of a release. `passed` are the models passed over, in rank order; `error`
 * is there instead of an answer where no ranked model is left.
 */
export function resolve(release, alias, request) {
  if (!RESOLVERS.has(release.resolver)) refuse(`resolver ${release.resolver} is not known`);
  const { ranking, reason } =
    release.aliases.get(alias) ?? refuse(`${release.id} has no alias ${alias}`);
  const place = ranking.findIndex((id) => canAnswer(release, id, request));
  const passed = place < 0 ? ranking : ranking.slice(0, place);
  const answer = { candidates: ranking.length, passed, release, request };
  if (place < 0) return { ...answer, error: "no_candidate_meets_request" };
  const model = ranking[place];
  const isAfterUnavailable = passed.some((id) => request.unavailable.includes(id));
  const lower = isAfterUnavailable
    ? "next_ranked_after_unavailable"
    : "next_ranked_meeting_request";
  return {
    ...answer,
    model,
    revision: release.models.get(model).revision,
    reason: place === 0 ? reason : lower,
  };
}

function canAnswer({ models, resolver }, id, request) {
  if (request.unavailable.includes(id)) return false;
  const model = models.get(id);
  return meets(model, request, RESOLVERS.get(resolver).limitsOf(model));
}

/** 10.1: whether a drain is in force at a moment. */
const isInForce = (drain, now) => drain.since <= now && now < drain.until;

/** Section 10: the answer with the drains that are in force. */
export function resolveDrained(release, alias, request, drains, now) {
  const { ranking } = release.aliases.get(alias) ?? refuse(`${release.id} has no alias ${alias}`);
  const globs = drains.filter((drain) => isInForce(drain, now)).map(({ models }) => models);
  const drained = ranking.filter((id) => globs.some((glob) => matches(glob, id)));
  const unavailable = [...new Set([...request.unavailable, ...drained])]; // 10.2
  const found = resolve(release, alias, { ...request, unavailable });
  if (!found.error || !drained.length) return found;
  const drainIgnored = drained.filter((id) => canAnswer(release, id, request)); // 10.3
  return { ...resolve(release, alias, request), drainIgnored };
}

/** 9.7: a concrete target resolves to itself. */
export function resolveTarget(model, revision) {
  return {
    candidates: 1,
    passed: [],
    release: null,
    request: { unavailable: [] },
    model,
    revision,
    reason: "pinned_target",
  };
}

/** 11.1: the line of a decision, its fields in order. */
export function lineTree(
  requested,
  { release, model, candidates, reason, revision, request, drainIgnored },
  timestamp,
) {
  return tree({
    requested_model: requested,
    alias_release: release?.id ?? null,
    resolved_model: model,
    candidates_considered: BigInt(candidates),
    resolution_reason: reason,
    alias_release_sha256: release?.sha256 ?? null,
    resolved_revision: revision ?? null,
    request: requestTree(request),
    drain_ignored: drainIgnored?.length ? drainIgnored : undefined,
    timestamp: timestamp ?? undefined,
  });
}

export const lineText = (...decision) => onOneLine(lineTree(...decision));
