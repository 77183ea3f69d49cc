#!/usr/bin/env bash
# Let every link lead to the repository that this runs in. Commits and pushes when that changed something.
# GitHub names the repository (OWNER/NAME), the branch, and the file that takes the commit to build.
set -euo pipefail
home="https://github.com/$GITHUB_REPOSITORY"
python3 -m tools.address --set "$home"
if ! git diff --quiet; then
  git config user.name "github-actions[bot]"
  git config user.email "41898282+github-actions[bot]@users.noreply.github.com"
  git commit --quiet --all --message "Links lead to this repository" --message "$home"
  if ! git push --quiet origin "HEAD:$GITHUB_REF_NAME"; then
    echo "::error::The branch takes no push from a workflow. Once, on your machine: python3 -m tools.address --set $home; then commit and push."
    exit 1
  fi
fi
echo "commit=$(git rev-parse HEAD)" >> "$GITHUB_OUTPUT"
