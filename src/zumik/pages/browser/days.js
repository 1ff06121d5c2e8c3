/** Days and moments, counted from 1970 without the calendar of the machine. */
import { refuse } from "./refused.js";

const DAY = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/;
const MOMENT = /^([0-9]{4}-[0-9]{2}-[0-9]{2})T([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])Z$/;

export const MICROSECONDS_A_DAY = 86_400_000_000n;

/** The days from 1970-01-01 to a date, as a BigInt; null where there is no such date. */
export function dayNumber(text) {
  const [, year, month, day] = DAY.exec(text) ?? [];
  if (day === undefined || year === "0000") return null;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const isReal = date.getUTCMonth() + 1 === Number(month) && date.getUTCDate() === Number(day);
  return isReal ? BigInt(date.getTime() / 86_400_000) : null;
}

/** 8.2: microseconds from 1970 to `YYYY-MM-DDTHH:MM:SSZ`, which has no other spelling. */
export function momentOf(text) {
  const [, date, hours, minutes, seconds] = MOMENT.exec(text) ?? [];
  const days = seconds === undefined ? null : dayNumber(date);
  if (days === null) refuse(`${JSON.stringify(text)} is not a moment such as 2026-06-09T09:00:00Z`);
  const inDay = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  return days * MICROSECONDS_A_DAY + BigInt(inDay) * 1_000_000n;
}

/** A moment in microseconds from 1970 as ISO 8601 in UTC, with six decimals where it has any. */
export function momentText(moment) {
  const micros = ((moment % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const whole = new Date(Number((moment - micros) / 1000n)).toISOString().slice(0, 19);
  return `${whole}${micros ? `.${String(micros).padStart(6, "0")}` : ""}Z`;
}
