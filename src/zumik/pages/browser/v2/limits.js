/** Resolver 2: limits that follow from those that are known (18.2, 18.13). */

/** The limits of a model: an unknown context holds as much as the larger of the other two. */
export function limitsOf({ limits = new Map() }) {
  const known = ["input_tokens", "output_tokens"].filter((name) => limits.has(name));
  if (limits.has("context_tokens") || !known.length) return limits;
  const least = known.map((name) => limits.get(name)).reduce((a, b) => (a > b ? a : b));
  return new Map([...limits, ["context_tokens", least]]);
}
