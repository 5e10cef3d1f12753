#!/usr/bin/env bash
# Make .venv and install the locked requirements, on a fresh Debian or Ubuntu.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}

# For 3.14 the last numpy that 3.10 has comes without a wheel.
if ! "$python" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info < (3, 14))' 2>/dev/null; then
    echo "需要 Python 3.10 至 3.13（当前：$("$python" --version 2>&1 || echo 未安装)）。可用 PYTHON=路径 指定。" >&2
    exit 1
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    bash tools/apt_install.sh python3-venv || {
        echo "缺少 python3-venv：请运行 apt-get install python3-venv 后重试。" >&2
        exit 1
    }
fi
echo "准备运行环境（首次约 2 分钟）…"
# A worktree may share another's environment by a link, and --clear would empty that one.
if [ -L .venv ]; then rm .venv; fi
"$python" -m venv --clear .venv
# --no-deps: the lock names everything, and face_recognition would ask for `dlib` by name.
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
    -r requirements/dev.txt 2> >(grep -v '^WARNING: Location' >&2)
