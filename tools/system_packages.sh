#!/usr/bin/env bash
# What the tests need beside Python. Without it they skip what needs it, and under CI=true they fail.
set -uo pipefail
cd "$(dirname "$0")/.."
PATH=$PATH:/usr/sbin:/sbin
failed=0

# need WHAT-IS-SKIPPED-WITHOUT-IT PACKAGE…
need() {
    local skipped=$1
    shift
    echo "安装测试所需的系统软件：$* …"
    bash tools/apt_install.sh "$@" && return
    echo "无法自动安装 $*（需要 root 或免密 sudo）。将跳过$skipped。" >&2
    failed=1
}

{ command -v mariadbd || command -v mysqld; } >/dev/null || need " MariaDB 上的测试，只在 SQLite 上运行" mariadb-server
{ command -v mariabackup && command -v socat && ls /usr/lib*/galera*/libgalera_smm.so; } >/dev/null 2>&1 || need "数据库集群上的测试" galera-4 mariadb-backup socat
command -v chromium >/dev/null || need "浏览器里的测试" chromium
fc-list :lang=zh 2>/dev/null | grep -q . || need "中文字体，浏览器里的中文会显示为方框" fontconfig fonts-wqy-microhei
[ "${CI:-}" = true ] && exit $failed
exit 0
