#!/usr/bin/env bash
# Installs the real programs that read what Gradus writes (TensorBoard, ONNX Runtime, safetensors from PyPI into
# build/interop, Chromium from the distribution), builds, and runs all of tests/interop:
#   tests/interop.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

missing=()
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || missing+=(chromium)
python3 -c 'import ensurepip' 2>/dev/null || missing+=(python3-venv)
if [ ${#missing[@]} -gt 0 ]; then
  install=(apt-get install -y --no-install-recommends "${missing[@]}")
  run_as_root=()
  if [ "$(id -u)" != 0 ]; then
    sudo -n true 2>/dev/null || { echo "Packages are missing; as root, run: ${install[*]}" >&2; exit 1; }
    run_as_root=(sudo -n)
  fi
  run_as_root+=(env DEBIAN_FRONTEND=noninteractive)
  "${run_as_root[@]}" apt-get update -qq
  "${run_as_root[@]}" "${install[@]}" >/dev/null
fi

cmake/build.sh release gradus gradus_tests
venv=build/interop/venv
[ -x "$venv/bin/pip" ] || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check -r tests/interop/requirements.txt

failed=()
for script in tests/interop/*.py; do
  echo "== $script"
  "$venv/bin/python" "$script" build/release/bin/gradus || failed+=("$script")
done
for script in "${failed[@]}"; do echo "FAILED: $script" >&2; done
[ ${#failed[@]} = 0 ]
