# Two commands for users: `make run` and `make test`. The rest serves them and the developers.
VENV := .venv
PY := $(VENV)/bin/python
SHEZU := $(VENV)/bin/shezu
STAMP := $(VENV)/.installed

.PHONY: setup run test lint bench bench-lookup bench-page bench-peers eval security sbom bundle airgap faults scaleout milvus fuzz load soak

$(STAMP): requirements.lock pyproject.toml
	@echo "[1/3] 建虚拟环境并安装锁定版本的依赖"
	@test -x $(PY) || python3 -m venv $(VENV)
	@$(PY) -m pip install -qq --disable-pip-version-check -r requirements.lock
	@echo "[2/3] 安装 shezu 命令"
	@$(PY) -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

setup: $(STAMP)
	@echo "[3/3] 用自带的要点和办事指南建索引（内容没变就跳过）"
	@$(SHEZU) index build

run: setup
	@$(SHEZU) serve

test: setup
	@echo "[测试] 单元与集成测试；有 ../shared/official-texts 时对照原文，没有时会写明略去了什么"
	@if command -v npm >/dev/null; then npm ci --prefix tests/mcp --silent --no-progress; fi
	@$(PY) -m pytest -n $(or $(WORKERS),2) --dist loadfile --no-loadscope-reorder

lint: $(STAMP)
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy

bench: setup
	@$(PY) -m evals.bench

bench-lookup: setup
	@$(PY) -m api.bench

bench-page: setup
	@SHEZU_TIMED=1 SHEZU_PYTHON=$(abspath $(PY)) tests/web/run tests/web/weight.test.mjs

eval: setup
	@$(SHEZU) eval run

# Other systems on our cases, in an environment of their own (txtai brings torch: about 1 GB). STARD=folder adds that data set, MOST=N caps the articles, FULL=--full takes all laws.
PEERS := .venv-peers
$(PEERS)/.installed: pyproject.toml
	@echo "[1/2] 给同类系统单建环境 $(PEERS)"
	@test -x $(PEERS)/bin/python || python3 -m venv $(PEERS)
	@$(PEERS)/bin/python -m pip install -qq --disable-pip-version-check torch==2.13.0 -e '.[peers]'
	@touch $@

bench-peers: setup $(PEERS)/.installed
	@echo "[2/2] 同样的题、同一台机器、同一次运行；结果在 evals/results/peers-*.md"
	@$(PY) -m evals.peers.bench --python $(PEERS)/bin/python $(if $(STARD),--stard $(STARD)) $(if $(MOST),--most $(MOST)) $(FULL)

# For offices: security checks, software bill of materials, a bundle for machines without network, faults and load.
CHECKS := $(VENV)/checks
$(CHECKS)/.installed: deploy/security.txt
	@python3 -m venv $(CHECKS)
	@$(CHECKS)/bin/python -m pip install -qq --disable-pip-version-check -r deploy/security.txt
	@touch $@

# OFFLINE=1 where the vulnerability database is known to be out of reach: the rest still counts.
security: $(STAMP) $(CHECKS)/.installed sbom
	@echo "[1/3] bandit：源码里的危险写法（留下的和原因见 pyproject.toml 的 tool.bandit）"
	@$(CHECKS)/bin/bandit -q -c pyproject.toml -r api assistant corpus index evals shezu
	@echo "[2/3] 每个正则都经得起攻击"
	@$(PY) -m pytest tests/test_regexes.py tests/test_attacks.py
	@echo "[3/3] pip-audit：依赖的已知漏洞（要能访问漏洞库）"
	@rm -f dist/audit.json
	@$(CHECKS)/bin/pip-audit --no-deps --disable-pip -r requirements.lock -f json -o dist/audit.json >dist/audit.log 2>&1 || true
	@$(PY) deploy/audit.py dist/audit.json $(if $(OFFLINE),--offline)

sbom: $(STAMP) $(CHECKS)/.installed
	@mkdir -p dist
	@$(CHECKS)/bin/cyclonedx-py environment $(PY) --pyproject pyproject.toml --output-reproducible --of JSON -o dist/sbom.json
	@echo "软件物料清单（CycloneDX）在 dist/sbom.json：$$($(PY) -c 'import json; print(len(json.load(open("dist/sbom.json"))["components"]))') 个组件"

bundle: setup
	@sh deploy/bundle.sh "$(or $(KEY),$(error 请写 KEY=签名私钥，没有先运行 shezu index keys 文件夹))" dist

airgap:
	@sh deploy/airgap.sh "$$(ls -t dist/shezu-*.tar | head -1)"

faults: setup
	@$(PY) -m pytest -m slow tests/test_faults.py tests/test_scaleout.py tests/test_model.py

# Three processes behind nginx over one PostgreSQL and one Chroma server: the API's own tests, a conversation that moves, and what is killed.
scaleout: setup
	@$(PY) -m pytest -m slow tests/test_scaleout.py

# Beside the locked dependencies, for it brings pyarrow, pandas and faiss: 327 MB that nobody else needs.
milvus: setup
	@$(PY) -m pip install -qq --disable-pip-version-check --upgrade --target $(VENV)/milvus 'pymilvus>=3' 'milvus-lite>=3.2'
	@PYTHONPATH=$(VENV)/milvus $(PY) -m pytest tests/test_milvus.py

# Minutes of hostile bytes for every reader; SECONDS for each, ONLY="pdf html" for some. What makes one fail is kept in dist/fuzz.
fuzz: $(STAMP)
	@$(PY) -m pip install -qq --disable-pip-version-check --upgrade --target $(VENV)/fuzz atheris==3.0.0
	@mkdir -p dist/fuzz
	@for target in $(or $(ONLY),pdf docx html text articles citations sentences stream); do \
		PYTHONPATH=$(VENV)/fuzz $(PY) tests/fuzzing.py $$target --seconds $(or $(SECONDS),600) --found dist/fuzz >dist/fuzz/$$target.log 2>&1 \
			|| { tail -30 dist/fuzz/$$target.log; exit 1; }; \
		echo "[fuzz] $$target $$(grep -h '^Done' dist/fuzz/$$target.log)"; done
	@if command -v node >/dev/null; then node tests/fuzz_stream.mjs $(or $(SECONDS),600); fi
	@FUZZ_EXAMPLES=$(or $(EXAMPLES),60) $(PY) -m pytest -m "slow or not slow" tests/test_schemathesis.py

load: setup
	@$(PY) -m evals.load $(if $(SECONDS),--seconds $(SECONDS))

soak: setup
	@$(PY) -m evals.load --soak $(or $(MINUTES),60)
