/** Resolver 2: what each preference keeps, with those that differ by less than their error (18.12). */
import { Rational, ZERO } from "../rationals.js";
import * as v1 from "../v1/ranking.js";

/** 1.96 standard errors, squared: what holds in 95 of 100 cases. */
const CERTAINTY = new Rational(38_416n, 10_000n);

export const narrow = (candidates, prefer) => v1.narrow(candidates, prefer, keep);

function keep(candidates, preference, isLast) {
  if (isLast || preference.within !== "error") return v1.keep(candidates, preference, isLast);
  const { word } = preference;
  const best = v1.bestOf(candidates, preference);
  const squared = (number) => number.times(number);
  const squaredError = ({ errors }) => squared(errors.get(word));
  const largest = candidates
    .filter(({ values }) => values.get(word).compare(best) === 0)
    .map(squaredError)
    .reduce((a, b) => (a.compare(b) >= 0 ? a : b), ZERO);
  const isKept = (each) =>
    squared(each.values.get(word).minus(best)).compare(
      CERTAINTY.times(squaredError(each).plus(largest)),
    ) <= 0;
  return { preference, best, left: candidates.filter(isKept) };
}
