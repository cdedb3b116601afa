#!/bin/sh
# make bundle：把 shezu、它的全部依赖、当前发布和安装脚本打成一个可以拷进内网的文件。
# 用法：sh deploy/bundle.sh 签名私钥 [输出文件夹]
set -eu
cd "$(dirname "$0")/.."
key=${1:?用法：sh deploy/bundle.sh 签名私钥 [输出文件夹]；没有密钥先运行 shezu index keys 文件夹}
out=${2:-dist}
python=.venv/bin/python
version=$($python -c 'import tomllib; print(tomllib.load(open("pyproject.toml","rb"))["project"]["version"])')
name=shezu-$version-$($python -c 'import platform,sys; print("py%d%d-%s" % (*sys.version_info[:2], platform.machine()))')
work=$out/$name
rm -rf "$work"
mkdir -p "$work/wheels" "$work/docs"

echo "[1/4] 收集依赖（按 requirements.lock 的版本）"
$python -m pip wheel --quiet --disable-pip-version-check --wheel-dir "$work/wheels" --constraint requirements.lock '.[model,mcp,postgres]'
echo "[2/4] 导出签名的发布"
.venv/bin/shezu index export "$work/release.zip" --key "$key"
cp "${key%.pem}.pub.pem" "$work/release-key.pub.pem"
echo "[3/4] 安装脚本、服务文件、文档和校验码"
cp deploy/install.sh deploy/nginx.conf deploy/shezu@.service deploy/shezu-backup.service deploy/shezu-backup.timer deploy/shezu.env "$work/"
cp docs/operations.md docs/configuration.md "$work/docs/"
$python -c 'import platform,sys; print("%d.%d %s" % (*sys.version_info[:2], platform.machine()))' > "$work/python-version"
(cd "$work" && find . -type f ! -name SHA256SUMS | LC_ALL=C sort | xargs sha256sum > SHA256SUMS)
echo "[4/4] 打包"
tar -C "$out" -cf "$out/$name.tar" "$name"
(cd "$out" && sha256sum "$name.tar" > "$name.tar.sha256")
echo "$out/$name.tar（$(du -m "$out/$name.tar" | cut -f1) MB）；拷进内网后：tar xf $name.tar && sh $name/install.sh"
