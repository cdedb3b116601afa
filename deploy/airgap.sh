#!/bin/sh
# 在没有任何网络的命名空间里安装并试用一个安装包：sh deploy/airgap.sh dist/shezu-….tar
set -eu
file=$(realpath "${1:?用法：sh deploy/airgap.sh 安装包.tar}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tar -C "$work" -xf "$file"
inside=$(cat <<'INSIDE'
set -eu
ip link show up 2>/dev/null | grep -q . && { echo "命名空间里还有网络"; exit 1; } || true
if python3 -c "import socket; socket.create_connection(('1.1.1.1', 53), 2)" 2>/dev/null; then echo "还能连到外面"; exit 1; fi
PYTHON=${PYTHON:-python3.11} sh "$1"/*/install.sh "$1/opt" "$1/home"
ip link set lo up 2>/dev/null || true
SHEZU_HOME="$1/home" SHEZU_LOG=off "$1/opt/bin/shezu" check-name 杭州市茶文化研究会 | head -2
INSIDE
)
unshare -rn sh -c "$inside" airgap "$work"
echo "断网安装通过：$(basename "$file")"
