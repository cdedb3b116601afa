#!/bin/sh
# 断网安装：在解开的安装包里运行 sh install.sh [安装位置] [数据位置]。不联网，不动系统 Python，重复运行等于升级。
set -eu
here=$(cd "$(dirname "$0")" && pwd)
to=${1:-/opt/shezu}
home=${2:-/var/lib/shezu}
python=${PYTHON:-python3.11}

say() { printf '%s\n' "$*"; }
command -v "$python" >/dev/null || { say "没有找到 $python：请先装 Python 3.11（系统安装盘里有），或用 PYTHON=路径 指明"; exit 1; }
wanted=$(cat "$here/python-version")
have=$("$python" -c 'import platform,sys; print("%d.%d %s" % (*sys.version_info[:2], platform.machine()))')
[ "$wanted" = "$have" ] || { say "这个安装包是给 Python $wanted 的，本机是 $have；请换对应的安装包"; exit 1; }

say "[1/4] 核对文件"
(cd "$here" && sha256sum --quiet --strict -c SHA256SUMS) || { say "文件不完整或被改动过，请重新拷贝安装包"; exit 1; }

say "[2/4] 安装到 $to"
"$python" -m venv "$to"
"$to/bin/python" -m pip install --quiet --no-index --find-links "$here/wheels" --upgrade 'shezu[model,mcp,postgres]'

say "[3/4] 导入签名的索引发布到 $home"
mkdir -p "$home/trust"
cp "$here/release-key.pub.pem" "$home/trust/"
SHEZU_HOME=$home "$to/bin/shezu" index import "$here/release.zip" --trust "$home/trust/release-key.pub.pem"

say "[4/4] 试答一题"
SHEZU_HOME=$home "$to/bin/shezu" ask "成立社会团体需要多少会员？" | head -3
say "装好了。试用：SHEZU_HOME=$home $to/bin/shezu serve；正式部署（systemd、nginx、PostgreSQL）见 $here/docs/operations.md"
