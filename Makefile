# Every target makes what it needs. `make campaign` and `make test` are all that a newcomer has to know.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
BRIEF ?= Win back pet owners who haven't bought pet food for 60 days. $$300, email and SMS, Dec 1–14, never above 15% off. Warm, a bit playful.
export BRIEF
export HF_HUB_OFFLINE := 1
# Every test that starts a process of its own would compile the project again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: campaign demo test test-deep test-slow test-browser vllm test-vllm test-chaos lint bench schema lock baseline chaos clean

$(STAMP): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[demo,dev,fast,bench,evals]"
	touch $(STAMP)

demo: $(STAMP)  ## The demo shop and its product index (nothing is done twice)
	$(BIN)/briefsmith demo

campaign: demo  ## Plan the README's brief, or BRIEF="…", on the demo shop
	$(BIN)/briefsmith plan "$$BRIEF"

test: $(STAMP)  ## The fast suite: offline, under three minutes on two cores
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not slow and not deep and not vllm"

test-deep: $(STAMP)  ## Whole plans against crashes, faults and odd requests
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "deep and not slow"

test-slow: $(STAMP)  ## The suites that need the whole demo shop or much time
	$(BIN)/python -m pytest -m slow

test-browser: $(STAMP)  ## The page in Chromium, which is fetched where there is none
	.ci/chromium
	$(BIN)/python -m pytest -m browser tests/agent/web

vllm: $(STAMP)  ## vLLM for this machine in `.vllm/`: a good model on a GPU, SmolLM2 on the CPU; VLLM="--port 8001 …"
	$(BIN)/python -m tools.llm.serving $(VLLM)

test-vllm: $(STAMP)  ## The model's client, writer and planner against a real vLLM on the CPU
	$(BIN)/python -m pytest -m vllm tests/vllm

lint: $(STAMP)  ## Style, format, and types (strict, tests too)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/hadolint Dockerfile

test-chaos: KILLS ?= 100
chaos: KILLS ?= 500
test-chaos chaos: $(STAMP)  ## 100 or 500 random kills, or KILLS=…, of server, workers and exporters under load
	BRIEFSMITH_CHAOS=$(KILLS) $(BIN)/python -m pytest -s -m slow tests/agent/test_chaos.py

bench: $(STAMP)  ## The figures of docs/benchmarks.md
	$(BIN)/python -m evals.bench.plan
	$(BIN)/python -m evals.bench.budget
	$(BIN)/python -m evals.bench.budget_curves
	$(BIN)/python -m evals.bench.api
	$(BIN)/python -m evals.bench.reading

baseline: $(STAMP)  ## Make today's figures the ones that `eval gate` holds a change against
	for tier in smoke full; do $(BIN)/briefsmith eval run $$tier --out .eval/$$tier && $(BIN)/briefsmith eval accept .eval/$$tier --name $$tier; done

schema: $(STAMP)  ## Write docs/campaign.schema.json from the models
	$(BIN)/python -m agent.schema docs/campaign.schema.json

lock: ## Pin what is installable today in constraints.txt, without any registry's address
	$(PYTHON) -m venv .lock && .lock/bin/python -m pip install --quiet -e ".[demo,dev,fast,bench,evals]"
	.lock/bin/python -m pip freeze --exclude-editable | sed -E 's/\+cpu$$//' > constraints.txt && rm -rf .lock

clean:  ## Remove the environment and caches, not the data
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis build *.egg-info
