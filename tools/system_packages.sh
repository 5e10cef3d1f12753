#!/usr/bin/env bash
# What the tests need beside Python. Without it they skip what needs it, and under CI=true they fail.
set -uo pipefail
cd "$(dirname "$0")/.."
PATH=$PATH:/usr/sbin:/sbin
missing=()
command -v mariadbd >/dev/null || command -v mysqld >/dev/null || missing+=(mariadb-server)
[ ${#missing[@]} = 0 ] && exit 0
echo "安装测试所需的系统软件：${missing[*]} …"
if ! bash tools/apt_install.sh "${missing[@]}"; then
    echo "无法自动安装 ${missing[*]}（需要 root 或免密 sudo）。将跳过 MariaDB 上的测试，只在 SQLite 上运行。" >&2
    [ "${CI:-}" = true ] && exit 1
fi
exit 0
