#!/usr/bin/env bash
# Reads a zumik.yaml from stdin and prints which versions of zumik may judge, as pip takes it.
#
# It is stricter than YAML: one line, one form. What is let through holds version numbers and
# comparisons alone, so that no address, path, option or marker reaches pip. Exits with 4 otherwise.
set -euo pipefail

# Where nothing is asked for: the newest of the major version that this action is of.
ANY='>=0.1,<1'

number='[0-9]+(\.[0-9]+){0,5}((a|b|rc)[0-9]+)?(\.(post|dev)[0-9]+)?(\.\*)?'
clause="(==|!=|~=|<=|>=|<|>) *$number"
specifier="$clause( *, *$clause){0,9}"

lines=$(LC_ALL=C tr -d '\000\r' | LC_ALL=C grep -a -v '^[[:space:]]*#' | LC_ALL=C grep -a 'required_version' || true)
if [ -z "$lines" ]; then
  printf '%s\n' "$ANY"
  exit
fi

quoted="^required_version: +(\"($specifier)\"|'($specifier)'|($specifier)) *( #.*)?$"
case "$lines" in
  *$'\n'*) found="" ;;
  *) found=$(printf '%s\n' "$lines" | LC_ALL=C grep -E "$quoted" || true) ;;
esac
if [ -z "$found" ]; then
  printf 'required_version is no version specifier on a line of its own, as in required_version: ">=0.1,<2"\n' >&2
  exit 4
fi
found=${found#required_version:}
found=${found%%#*}
printf '%s\n' "$found" | tr -d "\"' "
