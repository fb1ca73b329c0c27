#!/usr/bin/env bash
# Installs what is missing, builds, then trains, evaluates and asks a ranking model on MovieLens 100K.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
cmake/build.sh release gradus
gradus=build/release/bin/gradus

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
show "$gradus" train apps/experiments/movielens_ranking.json "${data[@]}" --output "$run"
show "$gradus" evaluate "$run"
show "$gradus" rank "$run" --user 42 --top 10

cat <<NEXT

To try next: a better model, one pair, what is computed:
  $gradus train apps/experiments/movielens_ranking.json${data[*]:+ ${data[*]}} --set training.epochs=20
  echo '{"user_id": "42", "movie_title": "a title from above"}' | $gradus predict $run
  $gradus describe apps/experiments/movielens_ranking.json${data[*]:+ ${data[*]}}
NEXT
