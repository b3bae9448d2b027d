# 问据 Wenju. `make` lists what there is.

BIN := .venv/bin
PACKAGES := .venv/.packages
TOOLS := .venv/.tools
DRAWING := .venv/.drawing

# The first interpreter of a supported version that can also make virtual environments
SUITS := import ensurepip, sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))
PYTHON ?= $(firstword $(foreach name,python3.13 python3.12 python3.11 python3,\
	$(shell $(name) -c '$(SUITS)' 2>/dev/null && echo $(name))))

PIP := $(BIN)/python -m pip install --quiet --no-input --disable-pip-version-check
TORCH := $(shell grep -o 'torch==[0-9.]*' pyproject.toml)

AS_ROOT := $(if $(filter-out 0,$(shell id -u)),sudo -n)
APT := $(AS_ROOT) env DEBIAN_FRONTEND=noninteractive apt-get -qq
BROWSER := chromium fontconfig fonts-noto-cjk
HAS_BROWSER := command -v chromium >/dev/null && fc-list :lang=zh 2>/dev/null | grep -q .

define NO_PYTHON
没有可用的 Python（3.11 至 3.13，含 venv）。请运行：sudo apt-get install python3 python3-venv
或指定一个：make PYTHON=/path/to/python3.12
No Python 3.11 to 3.13 that can make virtual environments. Run: sudo apt-get install python3 python3-venv
or name one: make PYTHON=/path/to/python3.12
endef

define NO_BROWSER
测试需要 Chromium 和中文字体，此处无法自动安装。请运行：sudo apt-get install $(BROWSER)
（Ubuntu 的 Chromium：sudo snap install chromium），然后再运行 make test。
The tests need Chromium and a Chinese font, which could not be installed. Run:
sudo apt-get install $(BROWSER) (Chromium on Ubuntu: sudo snap install chromium), then make test.
endef
export NO_PYTHON NO_BROWSER

# --port 9000 for PORT=9000, if that was given to make: PORT in the environment is not meant for us
given = $(filter command,$(firstword $(origin $(1))))
flags = $(foreach name,$(1),$(if $(call given,$(name)),--$(shell echo $(name) | tr A-Z a-z) '$($(name))'))

.PHONY: help install serve rebuild test check torture bench browser clean
.NOTPARALLEL:
.DELETE_ON_ERROR:

help:  ## 列出命令 / list the commands
	@sed -nE 's/^([a-z]+):.*  ## /  make \1\t/p' Makefile | expand -t 18

install: $(PACKAGES)  ## 安装到 .venv（TORCH_INDEX=…） / install into .venv

serve: $(PACKAGES)  ## 打开网页与接口（HOST= PORT= CORPUS= DATA= MODEL=） / serve http://127.0.0.1:8000
	$(BIN)/wenju serve $(call flags,HOST PORT CORPUS DATA MODEL)

rebuild: $(PACKAGES)  ## 重建索引（CORPUS= DATA= MODEL=） / rebuild the index
	$(BIN)/wenju rebuild $(call flags,CORPUS DATA MODEL)

test: browser check  ## 安装测试所需并运行全部检查 / install what the tests need, run everything

check: export OMP_WAIT_POLICY = PASSIVE  # threads that spin while they wait slow each other tenfold
check: $(TOOLS)  ## 检查与测试，与 CI 相同 / lint, types, architecture and tests, as CI runs them
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest

torture: export OMP_WAIT_POLICY = PASSIVE
torture: $(TOOLS)  ## 反复强行中断重建（SEED=） / kill two hundred rebuilds, and ten with the shipped encoder
	$(if $(call given,SEED),SEED='$(SEED)' )$(BIN)/pytest -m torture tests/torture

bench: $(DRAWING)  ## 检索对比、校准、重建开销与耗时 / retrieval table, calibration, rebuilds and timings
	$(BIN)/python -m bench.retrieval
	$(BIN)/python -m bench.calibration
	$(BIN)/python -m bench.rebuild
	$(BIN)/python -m bench.switching
	$(BIN)/python -m bench.speed

browser:  ## 安装 Chromium 和中文字体 / install Chromium and a Chinese font
	@$(HAS_BROWSER) || { $(APT) update; $(APT) install --no-install-recommends $(BROWSER); } </dev/null \
		|| { echo "$$NO_BROWSER" >&2; exit 1; }

clean:  ## 删除 .venv 和缓存，保留索引 / remove .venv and caches, keep the index
	rm -rf .venv .hypothesis .*_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

$(BIN)/python:
	@$(if $(PYTHON),,echo "$$NO_PYTHON" >&2; exit 1)
	$(PYTHON) -m venv --clear .venv

$(PACKAGES): pyproject.toml $(BIN)/python
	@echo '安装依赖，首次需要几分钟（最大的是 torch）…… / Installing; torch is the largest part ...'
	$(PIP) $(TORCH) $(addprefix --extra-index-url ,$(TORCH_INDEX))
	$(PIP) --editable .
	@touch $@

$(DRAWING): $(PACKAGES)
	$(PIP) --editable '.[bench]'
	@touch $@

$(TOOLS): $(PACKAGES)
	$(PIP) --editable '.[dev]'
	@touch $@
