/** Exact numbers (2.4): fractions of BigInts. Nothing is rounded, and no float is used. */
import { refuse } from "./refused.js";

const CANONICAL = /^-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?$/;
const WRITTEN = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?$/;
const MAX_DIGITS = 40;

export class Rational {
  constructor(numerator, denominator = 1n) {
    // A negative denominator would turn every comparison round.
    this.n = denominator < 0n ? -numerator : numerator;
    this.d = denominator < 0n ? -denominator : denominator;
  }

  plus(other) {
    return new Rational(this.n * other.d + other.n * this.d, this.d * other.d);
  }

  minus(other) {
    return this.plus(new Rational(-other.n, other.d));
  }

  times(other) {
    return new Rational(this.n * other.n, this.d * other.d);
  }

  over(other) {
    return new Rational(this.n * other.d, this.d * other.n);
  }

  magnitude() {
    return this.n < 0n ? new Rational(-this.n, this.d) : this;
  }

  /** Below, at or above zero as this is less than, equal to or more than the other. */
  compare(other) {
    const difference = this.n * other.d - other.n * this.d;
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  }
}

export const ZERO = new Rational(0n);
export const ONE = new Rational(1n);

/** 2.4: the number of a canonical decimal. */
export function fromCanonical(text) {
  if (!CANONICAL.test(text) || text === "-0" || text.replace(/[-.]/g, "").length > MAX_DIGITS) {
    refuse(`${JSON.stringify(text)} is not a canonical decimal`);
  }
  return fromWritten(text);
}

/** Section 3: the number that a person wrote, `68.70`, exactly. */
export function fromWritten(text) {
  if (!WRITTEN.test(text)) refuse(`${JSON.stringify(text)} is not a number`);
  const [whole, places = ""] = text.split(".");
  return new Rational(BigInt(whole + places), 10n ** BigInt(places.length));
}

/** 2.4: the one canonical decimal of a number; refused where it has none of 40 digits. */
export function toCanonical(number) {
  let { n, d } = number.magnitude();
  let places = 0;
  while (n % d !== 0n && places < MAX_DIGITS) {
    n *= 10n;
    places += 1;
  }
  if (n % d !== 0n) refuse("a number has no canonical decimal");
  const digits = String(n / d).padStart(places + 1, "0");
  if (digits.length > MAX_DIGITS) refuse(`a number has more than ${MAX_DIGITS} digits`);
  const point = digits.length - places;
  const sign = number.n < 0n ? "-" : "";
  return sign + digits.slice(0, point) + (places ? `.${digits.slice(point)}` : "");
}
