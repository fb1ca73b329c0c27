#!/usr/bin/env bash
# Fetches MovieLens 100K from GroupLens into the cache folder, where gradus looks for it:
#   apps/fetch_movielens.sh [SECONDS]      gives up after that many seconds
# GRADUS_MOVIELENS_URL is another address of the archive. MovieLens may be used for research and must
# not be redistributed: its terms are the file README in the folder.
set -euo pipefail
url="${GRADUS_MOVIELENS_URL:-https://files.grouplens.org/datasets/movielens/ml-100k.zip}"
cache="${XDG_CACHE_HOME:-$HOME/.cache}/gradus"
folder="$cache/ml-100k"

stop() {
  echo "MovieLens 100K could not be fetched: $*" >&2
  exit 1
}

# Whether the folder holds the files that GroupLens publishes.
is_whole() {
  (cd "$1" 2>/dev/null && md5sum --status --check 2>/dev/null) <<'SUMS'
6e47046882bad158b0efbb84cd5cb987  u.data
c9e7f390115d79079537301d5204f3f7  u.item
1b53539edc13caad0282c8500608a319  u.user
SUMS
}

if is_whole "$folder"; then
  echo "MovieLens 100K is in $folder"
  exit 0
fi
for tool in curl unzip md5sum; do
  command -v "$tool" >/dev/null || stop "$tool is missing (apt-get install curl unzip)."
done
mkdir -p "$cache" || stop "$cache cannot be made."
work="$(mktemp -d "$cache/fetching-XXXXXX")" || stop "$cache cannot be written."
trap 'rm -rf "$work"' EXIT

limit=()
[ $# = 0 ] || limit=(--max-time "$1")
curl --silent --show-error --fail --location --connect-timeout 10 "${limit[@]}" \
  --output "$work/archive.zip" "$url" 2>"$work/error" ||
  stop "$url: $(tail -n 1 "$work/error")"
unzip -q "$work/archive.zip" -d "$work" 2>"$work/error" ||
  stop "$url is not a whole zip archive: $(tail -n 1 "$work/error")"
is_whole "$work/ml-100k" || stop "the files in $url are not those that GroupLens publishes (md5 differs)."
# The folder appears whole or not at all.
rm -rf "$folder"
mv "$work/ml-100k" "$folder"
echo "MovieLens 100K is in $folder; its terms: $folder/README"
