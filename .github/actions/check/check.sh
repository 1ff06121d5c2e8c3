#!/usr/bin/env bash
# Runs `zumik check` once: annotations to the log, the review to the step summary, SARIF and JUnit
# to files. Exits as it does. Outputs: clean, exit-code, review, sarif, junit.
set -euo pipefail
# shellcheck source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

repository
authorize
commit_id head "$CHECK_HEAD"
reports=$(mktemp -d "$RUNNER_TEMP/zumik-reports.XXXXXX")

arguments=(--workspace "$repo/$CHECK_WORKSPACE" check --format github)
for form in markdown sarif junit; do arguments+=(--output "$form=$reports/zumik.$form"); done
if [ -n "$CHECK_BASE" ]; then
  commit_id base "$CHECK_BASE"
  arguments+=(--base "$CHECK_BASE" --head "$CHECK_HEAD")
  while IFS= read -r log; do
    [ -n "$log" ] || continue
    relative logs "$log"
    arguments+=(--logs "$GITHUB_WORKSPACE/$log")
  done <<<"$CHECK_LOGS"
else
  arguments+=(--full)
fi

# Isolated, and not in the branch's directory: nothing of the branch can be imported.
status=0
"$CHECK_PYTHON" -I -m zumik "${arguments[@]}" >"$reports/log" 2>"$reports/said" || status=$?

show "$reports/said"
# With 4 there is a report only where logs gave no answer, and then the report says so.
case "$status" in
  0 | 3 | 5) [ -s "$reports/zumik.markdown" ] || refuse "there is no report of the check" ;;
  *)
    if [ "$status" != 4 ] || [ ! -s "$reports/zumik.markdown" ]; then
      # A refusal begins with its one line of why.
      why=$(sed -n '/^error: /{s///p;q;}' "$reports/said")
      refuse "${why:-zumik failed; the log has more}" "$status"
    fi
    ;;
esac

cat "$reports/log"
cat "$reports/zumik.markdown" >>"$GITHUB_STEP_SUMMARY"
# What a job's output and a comment have room for; the summary has all of it.
"$CHECK_PYTHON" -I -m zumik.integrations.review_comment --cut "$reports/zumik.markdown" |
  output_text review
output sarif "$reports/zumik.sarif"
output junit "$reports/zumik.junit"
output exit-code "$status"
if [ "$status" = 0 ]; then output clean true; else output clean false; fi
exit "$status"
