# Two commands for users: `make run` and `make test`. The rest serves them and the developers.
VENV := .venv
PY := $(VENV)/bin/python
SHEZU := $(VENV)/bin/shezu
STAMP := $(VENV)/.installed

.PHONY: setup run test lint bench eval

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
	@$(PY) -m pytest

lint: $(STAMP)
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy

bench: setup
	@$(PY) -m evals.bench

eval: setup
	@$(SHEZU) eval run
