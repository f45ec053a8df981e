# One door: CI runs the very commands a person runs. `make` alone lists them.

.DEFAULT_GOAL := help
.PHONY: help demo test build lint format bench clean packages

# More for the command behind a target, for instance: make demo ARGS=--once
ARGS ?=

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: packages ## Run the bot against the built-in platform (ARGS=--once: one round, then stop)
	@scripts/demo $(ARGS)

test: packages ## Build and run every test (ARGS='--filter Routing': some)
	@scripts/test $(ARGS)

build: packages ## Build the optimised executable
	@scripts/build $(ARGS)

lint: ## Check the formatting of Swift and the scripts
	@scripts/lint

format: ## Rewrite the Swift files the way `make lint` wants them
	@swift format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks

bench: packages ## Measure what the design promises
	@scripts/bench $(ARGS)

clean: ## Throw away what was built
	@swift package clean

packages: ## Install the Debian packages the build needs, if any is missing
	@scripts/install-debian-packages
