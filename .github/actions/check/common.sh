# What the three scripts share. They are run one after another, each with its inputs in the
# environment. Bash 3.2 and newer, as on macOS.
# shellcheck shell=bash disable=SC2034

set -euo pipefail

# No program is started in a directory whose files come from the branch.
cd "$RUNNER_TEMP"

unset ZUMIK_WORKSPACE GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY
# What was committed, and no object that another was put in the place of.
export GIT_TERMINAL_PROMPT=0 GIT_NO_REPLACE_OBJECTS=1

output() { printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"; }

# output_text NAME: several lines from stdin. The word that ends them is not known to any branch.
output_text() {
  local end
  end=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  { printf '%s<<%s\n' "$1" "$end"; cat; printf '\n%s\n' "$end"; } >>"$GITHUB_OUTPUT"
}

# Text that may come from outside, on one line and with nothing in it that a log, a workflow
# command or Markdown would act on.
plain() { printf '%s' "$1" | LC_ALL=C tr -c "A-Za-z0-9 ._/@:,;()=+>~!'-" '?' | cut -c 1-500; }

# refuse MESSAGE [EXIT_CODE]: the job fails, and says why where people look.
refuse() {
  local message code="${2:-4}" title="could not judge"
  message=$(plain "$1")
  if [ "$code" = 3 ]; then title="not in order"; fi
  printf '::error title=zumik check%%3A %s::%s\n' "$title" "$message"
  printf '## zumik check: %s\n\n%s\n' "$title" "$message" >>"$GITHUB_STEP_SUMMARY"
  output exit-code "$code"
  output clean false
  printf '## zumik check: %s\n\n%s\n' "$title" "$message" | output_text review
  exit "$code"
}

# remark MESSAGE: people should know, and the job goes on.
remark() {
  local message
  message=$(plain "$1")
  printf '::warning title=zumik check::%s\n' "$message"
  printf '> %s\n' "$message" >>"$GITHUB_STEP_SUMMARY"
}

# Shows a file in the log; a line of it that looks like a workflow command stays a line.
show() {
  [ -s "$1" ] || return 0
  local token
  token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  printf '::stop-commands::%s\n' "$token"
  cat "$1"
  printf '\n::%s::\n' "$token"
}

# A relative path that stays where it is, and that nothing takes for an option.
relative() {
  case "/$2/" in
    */../* | *//*) refuse "$1: not a path below where it starts: $2" ;;
  esac
  case "$2" in
    -* | *[!A-Za-z0-9._/@+-]*) refuse "$1: not a plain relative path: $2" ;;
  esac
}

is_commit_id() { case "$1" in *[!0-9a-f]*) return 1 ;; esac; [ "${#1}" = 40 ] || [ "${#1}" = 64 ]; }

# commit_id WHAT VALUE: what comes from an event is an id in full, and neither an option nor a range.
commit_id() { is_commit_id "$2" || refuse "$1: not the id of a commit: $2"; }

# The checked-out repository, by its real path; it has to be one, and not a directory of another.
repository() {
  relative directory "$CHECK_DIRECTORY"
  relative workspace "$CHECK_WORKSPACE"
  repo=$(cd "$GITHUB_WORKSPACE/$CHECK_DIRECTORY" 2>/dev/null && pwd -P) ||
    refuse "there is no directory $CHECK_DIRECTORY here: actions/checkout comes before this action"
  [ -e "$repo/.git" ] || refuse "no repository is checked out in $CHECK_DIRECTORY: actions/checkout comes first"
  # An empty prefix is the top of the repository.
  inside="$CHECK_WORKSPACE/"
  if [ "$CHECK_WORKSPACE" = . ]; then inside=""; fi
}

git() { command git -C "$repo" "$@"; }

# The token, for this process and those it starts alone: never on a command line, never in a file.
# The empty value first takes away what actions/checkout may have left, as two are refused.
authorize() {
  [ -n "${CHECK_TOKEN:-}" ] || return 0
  case "$GITHUB_SERVER_URL" in https://*) ;; *) return 0 ;; esac
  local key="http.${GITHUB_SERVER_URL%/}/.extraheader" login
  login=$(printf 'x-access-token:%s' "$CHECK_TOKEN" | base64 | tr -d '\n')
  # What is configured this way already, by the author of the workflow, stays.
  local next="${GIT_CONFIG_COUNT:-0}"
  export GIT_CONFIG_COUNT=$((next + 2))
  export "GIT_CONFIG_KEY_$next=$key" "GIT_CONFIG_VALUE_$next="
  next=$((next + 1))
  export "GIT_CONFIG_KEY_$next=$key" "GIT_CONFIG_VALUE_$next=AUTHORIZATION: basic $login"
  unset CHECK_TOKEN
}
