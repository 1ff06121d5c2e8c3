#!/usr/bin/env bash
# Installs zumik into an environment of its own: the tree that this action is part of, at the commit
# that the workflow names; with `from-source` the base's own tree, for the repository of zumik itself.
# Never a package by its name: until zumik is published, its name on a package index is not ours.
#
# pip is run in an empty directory by an isolated Python: no pip.conf, module or package of the
# branch is looked at. What the job itself sets, such as PIP_INDEX_URL, holds for what zumik needs.
# Output: python.
set -euo pipefail
# shellcheck source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

action=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
own=$(cd "$action/../../.." && pwd -P)

repository
case "$CHECK_FROM_SOURCE" in
  true | false) ;;
  *) refuse "from-source: true or false, and not $CHECK_FROM_SOURCE" ;;
esac
commit_id source "$CHECK_SOURCE"

home=$(mktemp -d "$RUNNER_TEMP/zumik.XXXXXX")
cd "$home"
mkdir source

if [ "$CHECK_FROM_SOURCE" = true ]; then
  { git archive --format=tar "$CHECK_SOURCE" | tar -x -C source; } ||
    refuse "the tree of $CHECK_SOURCE cannot be read"
  [ -f source/pyproject.toml ] || refuse "from-source: $CHECK_SOURCE holds no zumik"
else
  # A copy, so that building it leaves nothing in the action's own directory.
  tar -c -C "$own" pyproject.toml README.md LICENSE src schemas releases | tar -x -C source ||
    refuse "this action is not in a whole copy of zumik's repository: name it by OWNER/zumik/.github/actions/check@COMMIT"
fi

python3 -I -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
  refuse "zumik needs Python 3.11 or newer as python3: add actions/setup-python before this step"
python3 -I -m venv "$home/venv" || refuse "no environment can be made: python3 -m venv failed"
python="$home/venv/bin/python"
"$python" -I -m pip install --quiet --disable-pip-version-check --no-input -- "$home/source" >"$home/pip.log" 2>&1 || {
  show "$home/pip.log"
  refuse "pip cannot install zumik's own tree; the log has what it says"
}
"$python" -I -m zumik --version
output python "$python"
