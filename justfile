# The door to everything: `just` lists the recipes, CI calls the same ones.
bin := justfile_directory() / ".venv/bin"
export PATH := bin + ":" + env("PATH")

# List the recipes
default:
    @just --list

# The main job: check the example plan
demo:
    rightful check examples/first-plan

# Write every file in the one style
format:
    ruff format src tests start.py
    ruff check --fix src tests start.py

# Style and mistakes that can be seen without running
lint:
    ruff format --check src tests start.py
    ruff check src tests start.py

# Types, strictly
types:
    mypy

# Imports go one way
layers:
    lint-imports

# All tests; arguments go to pytest
test *arguments:
    pytest -n 2 {{arguments}}

# What decides whether a change lands
ci: lint types layers test demo

# Lock the dependencies of pyproject.toml
lock:
    uv pip compile pyproject.toml --group dev --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --quiet --output-file requirements.lock
