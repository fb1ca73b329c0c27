#!/usr/bin/env bash
# Builds Gradus, after installing the Debian or Ubuntu packages that it needs and that are missing:
#   cmake/build.sh [PRESET [TARGET…]]
# The preset is release, debug, asan or tsan (CMakePresets.json); the target, by default, is all.
# With CI=true, compiler warnings are errors.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
preset="${1:-release}"
targets=("${@:2}")
[ ${#targets[@]} -gt 0 ] || targets=(all)

log="$(mktemp)"
trap 'rm -f "$log"' EXIT

stop() {
  echo "$*" >&2
  exit 1
}

# Prints the packages that are missing. A tool may also have come from elsewhere; a library's
# package is asked for by name.
missing_packages() {
  local tool package
  for tool in c++=g++ cmake=cmake ninja=ninja-build pip3=python3-pip curl=curl unzip=unzip \
    pkg-config=pkgconf; do
    command -v "${tool%%=*}" >/dev/null || echo "${tool#*=}"
  done
  for package in ca-certificates libtbb-dev nlohmann-json3-dev libcli11-dev libfmt-dev libboost-dev \
    libprotozero-dev libcpp-httplib-dev doctest-dev libbenchmark-dev python3-jsonschema; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
      echo "$package"
  done
}

install_packages() {
  local packages run_as_root=()
  mapfile -t packages < <(missing_packages)
  [ ${#packages[@]} -gt 0 ] || return 0
  local install=(apt-get install -y --no-install-recommends "${packages[@]}")
  if [ "$(id -u)" != 0 ]; then
    sudo -n true 2>/dev/null || stop "Packages are missing; as root, run: ${install[*]}"
    run_as_root=(sudo -n)
  fi
  echo "Installing ${packages[*]}"
  run_as_root+=(env DEBIAN_FRONTEND=noninteractive)
  if ! { "${run_as_root[@]}" apt-get update && "${run_as_root[@]}" "${install[@]}"; } >"$log" 2>&1; then
    stop "These packages are missing, and apt-get could not install them ($(grep -m 1 '^E:' "$log");" \
      "is there a network?): ${packages[*]}"
  fi
}

if [ "$(uname -sm)" != "Linux x86_64" ] || [ ! -e /lib64/ld-linux-x86-64.so.2 ]; then
  stop "Gradus needs Linux on x86-64 with glibc, which its oneDNN is built for; this is $(uname -sm)."
fi
if command -v apt-get >/dev/null; then
  install_packages
else
  echo "This is not Debian or Ubuntu: the packages named in cmake/build.sh are taken as given."
fi

options=()
[ "${CI:-}" != true ] || options+=(-DGRADUS_WERROR=ON)
[ -e "build/$preset/build.ninja" ] || echo "Configuring and building build/$preset: minutes the first time"
if ! cmake --preset "$preset" "${options[@]}" >"$log" 2>&1; then
  sed -n -e '/^CMake Error/,/^\(Call Stack\|-- \)/{/^\(CMake Error\|Call Stack\|-- \|$\)/!p}' "$log" >&2
  stop "Gradus could not be configured."
fi
if [ -t 1 ]; then
  cmake --build --preset "$preset" --target "${targets[@]}"
elif ! cmake --build --preset "$preset" --target "${targets[@]}" >"$log" 2>&1; then
  cat "$log" >&2
  stop "Gradus could not be built."
fi
