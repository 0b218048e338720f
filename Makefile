# All commands of this project. Each has --help: `.venv/bin/python -m scripts.<name> --help`.

VENV := .venv/bin/python
# Python has to keep what it has compiled, or each start takes seconds longer.
unexport PYTHONDONTWRITEBYTECODE
.DEFAULT_GOAL := help
.PHONY: help install train run shell test lint validate evaluate benchmark screenshots mutants purge verify-audit clean

help:  ## this list
	@echo "make …"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1|\2/p' Makefile | awk -F'|' '{printf "%-13s %s\n", $$1, $$2}'

run: install  ## install, train if something has changed, start the assistant; Ctrl-C stops it
	@$(VENV) -m scripts.serve

shell: install  ## talk to the assistant here; DEBUG=1 shows how each message was understood
	@$(VENV) -m scripts.shell $(if $(DEBUG),--debug)

test: install  ## everything that must hold: style, types, training data, unit tests, conversations
	@scripts/check.sh

install:  ## make .venv with the locked packages (quick when it is there)
	@scripts/install.sh

train: install  ## train if something that a model is made of has changed
	@$(VENV) -m scripts.train

lint: install  ## ruff and mypy
	@scripts/check.sh lint

validate: install  ## the training data, as Rasa sees it; warnings are errors
	@scripts/check.sh validate

evaluate: install train  ## hold the assistant against the evaluation set
	@$(VENV) scripts/evaluate.py

benchmark: install train  ## how fast it starts, trains and answers
	@$(VENV) -m benchmarks

screenshots: install  ## pictures of the page and the console in every state, to be looked at
	@$(VENV) -m scripts.screenshots

mutants: install  ## does a test fail for every rule that is changed on purpose?
	@$(VENV) scripts/mutants.py

purge: install  ## erase what was kept for as long as it may be; says how much
	@$(VENV) manage.py purge

verify-audit: install  ## was anything in the audit trail changed?
	@$(VENV) manage.py verify_audit

clean:  ## remove models, logs and caches; .venv and the conversations stay
	@rm -rf models .rasa runs var/logs var/endpoints.yml .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -not -path './.*' -prune -exec rm -rf {} +
