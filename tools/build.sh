#!/usr/bin/env bash
# tools/build.sh PRESET [TARGET...] : configures build/PRESET if need be and builds it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

preset=${1:?which preset?}
shift
folder=build/$preset
cache=$folder/CMakeCache.txt

# A build folder that was copied from another checkout would build that one.
if [ -f "$cache" ] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" "$cache"; then
    rm -rf "$folder"
fi
if [ ! -f "$folder/build.ninja" ] || [ CMakePresets.json -nt "$cache" ]; then
    mkdir -p build/logs
    if ! cmake --preset "$preset" >"build/logs/configure-$preset.log" 2>&1; then
        cat "build/logs/configure-$preset.log" >&2
        exit 1
    fi
    touch "$cache"
fi

targets=()
for target in "$@"; do targets+=(--target "$target"); done
exec cmake --build "$folder" --parallel "${CLEAT_JOBS:-$(nproc)}" "${targets[@]}"
