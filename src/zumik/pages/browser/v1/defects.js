/** Resolver 1: its known defects, and where a derivation shows them (17.1, 17.3 to 17.6). */
import { rateOf } from "./measures.js";

/** The paragraphs of the defects that show in what was derived by a policy from facts. */
export function knownDefects({ candidates }, alias, facts) {
  const unknown = candidates.flatMap(({ model, failures }) =>
    failures
      .filter(({ code }) => code === "fact_unknown")
      .map(({ field }) => ({ field, model: facts.models.get(model) })),
  );
  const models = candidates.map(({ model }) => facts.models.get(model));
  return [
    ["17.1", candidates.some(hasOldFigureTwice)],
    ["17.3", unknown.some(hasLargeEnoughLimit(alias))],
    ["17.4", unknown.some(({ field }) => alias.require.limits.get(field.slice(7)) === 0n)],
    ["17.5", unknown.some(isOfNoToken(alias))],
    ["17.6", models.some(isBoundByInput(alias))],
  ]
    .filter(([, shows]) => shows)
    .map(([paragraph]) => paragraph);
}

function hasOldFigureTwice({ failures }) {
  const fields = failures.filter(({ code }) => code === "fact_too_old").map(({ field }) => field);
  return new Set(fields).size < fields.length;
}

const hasLargeEnoughLimit =
  ({ require }) =>
  ({ field, model }) => {
    if (field !== "limits.context_tokens") return false;
    const least = require.limits.get("context_tokens") ?? 0n;
    const known = [...(model.limits?.values() ?? [])];
    return least > 0n && known.some((limit) => limit >= least);
  };

/** A rate of the cost, that no bound asks for, and that no token is charged at. */
const isOfNoToken = (alias) => {
  const { workload, require, prefer } = alias;
  const words = [...prefer.map(({ word }) => word), ...require.measures.keys()];
  if (!workload || !words.includes("expected_cost")) return () => false;
  return ({ field, model }) =>
    ["input", "output"].some(
      (name) =>
        field === rateOf(name, model, workload).field &&
        require.price[name] === undefined &&
        !isNeeded(name, model, workload),
    );
};

function isNeeded(name, model, workload) {
  if (!model.price) return true;
  if (name === "output") return workload.output_tokens > 0n;
  if (workload.input_tokens === 0n) return false;
  const { n, d } = workload.cached_input;
  return n !== d || rateOf("cache_read", model, workload).value === undefined;
}

const isBoundByInput = ({ workload, require }) => {
  if (workload?.tier !== "batch" || !require.price.cache_read) return () => false;
  return (model) =>
    rateOf("input", model, workload).value !== undefined &&
    rateOf("cache_read", model, workload).value === undefined;
};
