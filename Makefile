# `make` shows what there is to do. Everything stays in the checkout but system packages (apt) and two
# trees that tests build in the cache folder of the user, of ARM64 and, where there is none, of Swift:
# IRRVIT_ARM64_TREE and IRRVIT_SWIFT_TREE name other folders.
SHELL := bash
.DEFAULT_GOAL := help
.PHONY: help setup demo test lint mutants web web-serve apk phone ios-models iphone clean

PARTS ?= $(notdir $(wildcard scripts/parts/*))

help: ## show this
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /  make \1\t/' | expand -t 20

setup: ## build .venv from constraints.txt; instant when it is current
	@scripts/setup.sh

demo: setup ## export EfficientNet-Lite0 and IRRViT to every format and look at pictures with them
	@scripts/demo.sh

test: ## run all tests of every part, or of some: make test PARTS="python"
	@scripts/test.sh $(PARTS)

lint: setup ## ruff and pyright
	@scripts/lint.sh

mutants: setup ## break the code at 200 places and see how many a test notices (25 min); resumes
	@scripts/mutants.sh

web: setup ## build the page with the camera classifier and two networks: web_app/dist
	@scripts/web_models.sh
	@scripts/web.sh

web-serve: web ## serve that page to phones, and say how they open it
	@.venv/bin/python -m irrvit.benchmark.browser.serve_page

apk: setup ## build the camera classifier for Android: artifacts/irrvit.apk
	@scripts/android_apk.sh

phone: apk ## install it on the phone that adb sees, and print what its self-check says
	@scripts/android_phone.sh

ios-models: setup ## put networks into the iPhone app: ios_app/BuiltIn; ours are there
	@scripts/ios_models.sh

iphone: setup ## on a Mac: build, install and open the iPhone app, print what its self-check says
	@scripts/iphone.sh

clean: ## remove what was built; .venv and .venv-tensorflow too
	rm -rf .venv .venv-tensorflow* artifacts build *.egg-info .pytest_cache .ruff_cache .hypothesis
	rm -rf web_app/node_modules web_app/dist web_app/public/models android_app/build ios_app/build ios_app/.build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
