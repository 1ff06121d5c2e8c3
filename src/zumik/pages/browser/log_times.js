/** Times as loggers write them (section 12), in microseconds from 1970; null: it cannot be read. */
import { MICROSECONDS_A_DAY, dayNumber } from "./days.js";
import { ForeignNumber } from "./json.js";

const SECOND = 1_000_000n;
const FIRST = 31_536_000n * SECOND; // 1971
const END = 10_413_792_000n * SECOND; // 2300
const YEAR_1 = -62_135_596_800n * SECOND;
const YEAR_10000 = 253_402_300_800n * SECOND;
const UNITS = [1_000_000_000n, 1_000_000n, 1_000n, 1n]; // nanoseconds in a second, … in itself
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

const SPACE_AROUND = /^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g;
const COUNT = /^([0-9]+)(?:\.([0-9]+))?$/;
const COMMON_LOG = /^([0-9]{2})\/([a-z]{3})\/([0-9]{4}):(.*) ([+-][0-9]{4})$/i;
const ISO = /^([^T ]+?)(?:[T ]([0-9:]+(?:\.[0-9]+)?) ?(Z|UTC|GMT|[+-][0-9:]+)?)?$/;
const OFFSET = /^([+-])([0-9]{2})(?::?([0-5][0-9]))?$/;
const DATE = /^([0-9]{4})(-?)([0-9]{2})\2([0-9]{2})$/;
const WEEK_DATE = /^([0-9]{4})(-?)W([0-9]{2})(?:\2([1-7]))?$/;
const TIME = /^([0-9]{2})(?:(:?)([0-9]{2})(?:\2([0-9]{2})(?:\.([0-9]+))?)?)?$/;

export function readLogTime(value) {
  if (value instanceof Map) {
    return value.size === 1 && value.has("$date") ? readBare(value.get("$date")) : null;
  }
  return readBare(value);
}

function readBare(value) {
  if (typeof value === "bigint") return counted(String(value), "");
  if (value instanceof ForeignNumber) return number(value.text);
  if (typeof value !== "string" || value.length > 64) return null; // 12.4
  const text = value.replace(SPACE_AROUND, "");
  const [, whole, decimals = ""] = COUNT.exec(text) ?? [];
  if (whole === undefined) return commonLog(text) ?? iso(text.toUpperCase());
  const fits = whole.length >= 9 && whole.length <= 19 && decimals.length <= 9; // 12.3
  return fits ? counted(whole, decimals) : null;
}

/**
 * 12.3: a number with a point or an exponent is the shortest decimal of its double, as stores hold
 * it. One without is here because it is too long.
 */
function number(text) {
  if (/^-?[0-9]+$/.test(text)) return null;
  const [, whole, decimals] = COUNT.exec(String(Number(text))) ?? [];
  return whole === undefined ? null : counted(whole, decimals ?? "");
}

/** 12.3: in the first unit that puts it from 1971 to before 2300. */
function counted(whole, decimals) {
  const nanos = BigInt(whole + decimals.slice(0, 9).padEnd(9, "0"));
  for (const unit of UNITS) {
    const moment = (nanos * unit) / 1_000_000_000_000n; // what is finer is cut off (12.1)
    if (moment >= FIRST && moment < END) return moment;
  }
  return null;
}

/** 12.1: `28/Nov/2026:03:02:51 +0000` */
function commonLog(text) {
  const [, day, name, year, time, offset] = COMMON_LOG.exec(text) ?? [];
  const month = MONTHS.indexOf((name ?? "").toLowerCase()) + 1;
  if (month === 0 || !/^[0-9]{2}:[0-9]{2}:[0-9]{2}$/.test(time)) return null;
  return moment(
    dayNumber(`${year}-${String(month).padStart(2, "0")}-${day}`),
    inDay(time),
    offsetOf(offset),
  );
}

/** 12.1: ISO 8601, already in capitals. */
function iso(text) {
  const [, date, time, offset] = ISO.exec(text.replaceAll("/", "-").replace(",", ".")) ?? [];
  if (date === undefined) return null;
  const inTheDay = time === undefined ? 0n : inDay(time);
  return moment(calendarDay(date) ?? weekDay(date), inTheDay, offsetOf(offset));
}

function calendarDay(text) {
  const [, year, , month, day] = DATE.exec(text) ?? [];
  return day === undefined ? null : dayNumber(`${year}-${month}-${day}`);
}

/** Week 1 is the one with 4 January; a week without a day is its Monday. */
function weekDay(text) {
  const [, year, , week, day = "1"] = WEEK_DATE.exec(text) ?? [];
  const monday = week === undefined ? null : firstMonday(year);
  if (monday === null || week === "00") return null;
  const found = monday + (BigInt(week) - 1n) * 7n + BigInt(day) - 1n;
  const next = year === "9999" ? null : firstMonday(String(Number(year) + 1).padStart(4, "0"));
  const isInYear = next === null ? Number(week) <= 52 : monday + (BigInt(week) - 1n) * 7n < next;
  return isInYear ? found : null;
}

function firstMonday(year) {
  const fourth = dayNumber(`${year}-01-04`);
  // 1970-01-01 was a Thursday.
  return fourth === null ? null : fourth - ((((fourth + 3n) % 7n) + 7n) % 7n);
}

/** Microseconds in the day; a second 60 is one after second 59 (12.2). */
function inDay(text) {
  const [, hours, , minutes = "0", seconds = "0", fraction = ""] = TIME.exec(text) ?? [];
  if (hours === undefined || hours > 23 || minutes > 59 || seconds > 60) return null;
  const whole = BigInt(hours) * 3600n + BigInt(minutes) * 60n + BigInt(seconds);
  return whole * SECOND + BigInt(fraction.slice(0, 6).padEnd(6, "0"));
}

function offsetOf(text) {
  if (text === undefined || /^[A-Z]/.test(text)) return 0n;
  const [, sign, hours, minutes = "0"] = OFFSET.exec(text) ?? [];
  if (hours === undefined || hours > 23) return null;
  const size = (BigInt(hours) * 60n + BigInt(minutes)) * 60n * SECOND;
  return sign === "-" ? -size : size;
}

function moment(day, inTheDay, offset) {
  if (day === null || inTheDay === null || offset === null) return null;
  const found = day * MICROSECONDS_A_DAY + inTheDay - offset;
  return found >= YEAR_1 && found < YEAR_10000 ? found : null;
}
