#!/usr/bin/env bash
# Installs the zumik that the base asks for, into an environment of its own.
#
# pip is run in an empty directory by an isolated Python: no pip.conf, module or package of the
# branch is looked at. What the job itself sets, such as PIP_INDEX_URL, holds. Output: python.
set -euo pipefail
# shellcheck source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

repository
case "$CHECK_FROM_SOURCE" in
  true | false) ;;
  *) refuse "from-source: true or false, and not $CHECK_FROM_SOURCE" ;;
esac
commit_id rules "$CHECK_RULES"
commit_id source "$CHECK_SOURCE"

home=$(mktemp -d "$RUNNER_TEMP/zumik.XXXXXX")
cd "$home"

what_to_install() {
  if [ "$CHECK_FROM_SOURCE" = true ]; then
    mkdir source
    { git archive --format=tar "$CHECK_SOURCE" | tar -x -C source; } ||
      refuse "the tree of $CHECK_SOURCE cannot be read"
    [ -f source/pyproject.toml ] || refuse "from-source: $CHECK_SOURCE holds no zumik"
    wanted="$home/source"
    return
  fi
  local settings="$CHECK_RULES:${inside}zumik.yaml" version
  [ "$(git cat-file -s "$settings")" -le 262144 ] || refuse "${inside}zumik.yaml is too large"
  version=$(git cat-file blob "$settings" | bash "$here/version.sh" 2>"$home/said") ||
    refuse "${inside}zumik.yaml of $CHECK_RULES: $(cat "$home/said")"
  wanted="zumik$version"
}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
what_to_install

python3 -I -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
  refuse "zumik needs Python 3.11 or newer as python3: add actions/setup-python before this step"
python3 -I -m venv "$home/venv" || refuse "no environment can be made: python3 -m venv failed"
python="$home/venv/bin/python"
"$python" -I -m pip install --quiet --disable-pip-version-check --no-input -- "$wanted" >"$home/pip.log" 2>&1 || {
  show "$home/pip.log"
  refuse "pip cannot install $(plain "${wanted#"$home/"}")"
}
"$python" -I -m zumik --version
output python "$python"
