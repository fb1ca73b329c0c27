#!/usr/bin/env bash
# Installs what is missing, builds, then trains, evaluates and asks a ranking model on MovieLens 100K.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
cmake/build.sh release
export PATH="$PWD/build/release/bin:$PATH"

# MovieLens is looked for where gradus looks; its download gets 15 seconds.
data=()
if ! [ -e "${GRADUS_DATA:-}/ml-100k/u.data" ] && ! apps/fetch_movielens.sh 15; then
  echo "Going on with generated data of the same shape. This is NOT MovieLens: titles and ratings are made up."
  data=(--set data.source=generated)
fi

number=1
while [ -e "runs/quickstart-$number" ]; do number=$((number + 1)); done
run="runs/quickstart-$number"

show() {
  printf '\n$ %s\n' "$*"
  "$@"
}
show gradus train apps/experiments/movielens_ranking.json "${data[@]}" --output "$run"
show gradus evaluate "$run"
show gradus rank "$run" --user 42 --top 10

cat <<NEXT

The program is build/release/bin/gradus. To try next:
  gradus train apps/experiments/movielens_ranking.json ${data[*]} --set training.epochs=20   # a better model
  echo '{"user_id": "42", "movie_title": "a title"}' | gradus predict $run                  # one pair
  gradus describe apps/experiments/movielens_ranking.json ${data[*]}                         # what is computed
NEXT
