#!/usr/bin/env bash
# Finds which commit would land on which, fetches both, and refuses where it cannot find out.
#
# Outputs: base, head (ids; no base: everything is checked and nothing compared) and source (the
# commit whose tree `from-source` installs).
set -euo pipefail
# shellcheck source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

repository
authorize
said="$RUNNER_TEMP/zumik-git.log"

is_shallow() { [ "$(git rev-parse --is-shallow-repository)" = true ]; }

has_commit() { git cat-file -e "$1^{commit}" 2>/dev/null; }

fetch() {
  git fetch --quiet --no-tags --no-recurse-submodules --no-write-fetch-head \
    "$@" 2>"$said" || { show "$said"; return 1; }
}

# The tips alone where the clone is shallow; a whole clone must not be made shallow by it.
fetch_tips() {
  local depth=""
  if is_shallow; then depth=--depth=1; fi
  fetch ${depth:+"$depth"} --end-of-options origin "$@"
}

# Takes as base the commit that a branch is at now, and not when the event was sent.
base_on_branch() {
  git check-ref-format "refs/heads/$1" || refuse "not the name of a branch: $1"
  fetch_tips "+refs/heads/$1:refs/zumik/base" || refuse "the branch $1 cannot be fetched from origin"
  base=$(git rev-parse --verify "refs/zumik/base^{commit}")
}

fetch_commit() { has_commit "$1" || fetch_tips "$1"; }

# Objects of another repository, such as a fork that was checked out, must not pass for the base's.
require_own_origin() {
  local url server="${GITHUB_SERVER_URL%/}"
  url=$(git config --get remote.origin.url) || refuse "the clone has no remote named origin"
  url="${url%/}"
  case "${url%.git}" in
    "$server/$GITHUB_REPOSITORY" | "git@${server#*://}:$GITHUB_REPOSITORY") ;;
    "ssh://git@${server#*://}/$GITHUB_REPOSITORY") ;;
    *) refuse "origin is not $GITHUB_REPOSITORY, so its branches are not what this lands on: check out without repository:" ;;
  esac
}

# The ids in the commit itself, which a shallow clone does not hide.
parents_of() { git cat-file commit "$1" | sed -n '1,/^$/s/^parent //p'; }

# What is checked out has to be what the event is about: a check of something else says nothing.
require_head() {
  [ "$head" = "$1" ] || refuse "checked out is $head, and the event is about $1: check out without ref:"
}

require_pull_head() {
  [ "$head" = "$1" ] && return
  local parents
  parents=$(parents_of "$head")
  # GitHub's merge commit: the base branch first, then the pull request's head.
  case "$parents" in
    *$'\n'*$'\n'*) ;;
    *[0-9a-f]$'\n'"$1") return ;;
  esac
  refuse "checked out is $head, which is neither the pull request's head $1 nor GitHub's merge of it: with pull_request_target, check out refs/pull/NUMBER/merge"
}

# Whether all of one commit's history is in another's, deepening until that is certain.
holds() {
  local more status
  for more in "" --deepen=50 --deepen=1000 --unshallow; do
    if [ -n "$more" ]; then
      is_shallow || break
      fetch "$more" --end-of-options origin "$1" "$2" || refuse "history between $1 and $2 cannot be fetched"
    fi
    status=0
    git merge-base --is-ancestor "$1" "$2" || status=$?
    [ "$status" = 0 ] && return
    [ "$status" = 1 ] || refuse "git cannot compare $1 and $2"
  done
  return 1
}

find_pull() {
  commit_id "the pull request's head" "$CHECK_PULL_HEAD"
  require_pull_head "$CHECK_PULL_HEAD"
  base_on_branch "$GITHUB_BASE_REF"
  judged="the pull request, on $GITHUB_BASE_REF as it is now"
}

find_group() {
  commit_id "the merge group's head" "$CHECK_GROUP_HEAD"
  commit_id "the merge group's base" "$CHECK_GROUP_BASE"
  require_head "$CHECK_GROUP_HEAD"
  base=$CHECK_GROUP_BASE
  fetch_commit "$base" || refuse "the merge group's base $base cannot be fetched"
  holds "$base" "$head" || refuse "the merge group does not hold its own base"
  judged="the merge group, on what it is queued behind"
}

find_push() {
  commit_id "the pushed commit" "$GITHUB_SHA"
  require_head "$GITHUB_SHA"
  case "$GITHUB_REF" in
    refs/heads/*) ;;
    *) judged="a tag, compared with nothing"; return ;;
  esac
  commit_id "the commit before the push" "$CHECK_BEFORE"
  case "$CHECK_BEFORE" in
    *[!0]*) find_pushed_on ;;
    *) find_new_branch "${GITHUB_REF#refs/heads/}" ;;
  esac
}

find_pushed_on() {
  base=$CHECK_BEFORE
  fetch_commit "$base" ||
    refuse "what the branch was before this push, $base, no longer exists: a force push, and what it removed is unknown"
  # Merging the two would bring back what a force push took away, and find nothing missing.
  holds "$base" "$head" ||
    refuse "a force push: $base had landed and is not in $head; push it back, and land the change on top of it" 3
  judged="the push, on what the branch was before"
}

find_new_branch() {
  if [ "$1" = "$CHECK_DEFAULT_BRANCH" ]; then
    judged="the first push of $1, compared with nothing"
    return
  fi
  base_on_branch "$CHECK_DEFAULT_BRANCH"
  judged="a new branch, on $CHECK_DEFAULT_BRANCH as it is now"
}

# A link or a file in the place of the workspace would lead the check to other files.
require_workspace() {
  local tree="$head:${inside%/}"
  if [ -z "$inside" ]; then tree="$head^{tree}"; fi
  [ "$(git cat-file -t "$tree" 2>/dev/null)" = tree ] ||
    refuse "$CHECK_WORKSPACE is not a directory in $head: a workspace is never removed or moved"
  [ "$(git cat-file -t "$head:${inside}zumik.yaml" 2>/dev/null)" = blob ] ||
    refuse "there is no ${inside}zumik.yaml in $head: it marks the workspace; the input workspace says where it is"
}

base=""
judged=""
head=$(git rev-parse --verify --quiet 'HEAD^{commit}') || refuse "nothing is checked out in $CHECK_DIRECTORY"
require_own_origin
case "$GITHUB_EVENT_NAME" in
  pull_request | pull_request_target) find_pull ;;
  merge_group) find_group ;;
  push) find_push ;;
  workflow_dispatch | schedule) judged="all of the branch, compared with nothing" ;;
  *) refuse "nothing is known of the event $GITHUB_EVENT_NAME: run on pull_request, merge_group, push, schedule or workflow_dispatch" ;;
esac
require_workspace

if [ -n "$base" ] && ! git cat-file -e "$base:${inside}zumik.yaml" 2>/dev/null; then
  remark "the base has no ${inside}zumik.yaml, as before the first release: the branch is judged by its own settings"
fi

printf 'judged: %s\n  base  %s\n  head  %s\n' "$(plain "$judged")" "${base:-none}" "$head"
output base "$base"
output head "$head"
output source "${base:-$head}"
