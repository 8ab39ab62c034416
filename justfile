# The door to everything: `just` lists the recipes, the continuous integration calls the same ones.
set windows-shell := ["powershell.exe", "-NoLogo", "-Command"]

bin := justfile_directory() / ".venv" / if os_family() == "windows" { "Scripts" } else { "bin" }
export PATH := bin + (if os_family() == "windows" { ";" } else { ":" }) + env("PATH")

code := "src tests benchmarks docs start.py"

# List the recipes
default:
    @just --list

# The main job: make the sample, run it, say where to look
demo:
    python start.py demo

# Write every file in the one style
format:
    ruff format {{code}}
    ruff check --fix {{code}}

# Style and mistakes that can be seen without running
lint:
    ruff format --check {{code}}
    ruff check {{code}}

# Types, strictly
types:
    mypy

# Imports go one way
layers:
    lint-imports

# All tests, the examples in docstrings among them; arguments go to pytest
test *arguments:
    pytest -n 2 --dist loadgroup {{arguments}}

# Accuracy and speed of matching on a labelled folder; add `--sizes 10000 100000 1000000 --splink build/splink/bin/python --every-lead` for all of it
bench-matching folder *arguments:
    python benchmarks/matching.py {{folder}}
    python benchmarks/matching_speed.py {{folder}} {{arguments}}

# What labels are worth to matching: trained on one labelled folder, judged on another
bench-labels train judged *arguments:
    python benchmarks/labelled_matching.py {{train}} {{judged}} {{arguments}}

# Fit the shipped weights of matching to generated leads, written to a folder
train-matching folder:
    python benchmarks/generated_leads.py {{folder}}
    python benchmarks/train_matching.py {{folder}}

# Duplicates (beside Splink 5, with --splink PYTHON) and hierarchies on the folder of the real data
bench-duplicates folder *arguments:
    python benchmarks/deduplication.py {{folder}} {{arguments}}
    python benchmarks/hierarchy.py {{folder}}

# Splink, in an environment of its own, to be measured beside our matching
splink:
    uv venv --quiet --clear build/splink
    uv pip install --quiet -p build/splink --group splink

# Write the reference pages and the indexes anew, from the code
reference:
    python docs/generate.py

# Run the commands in README, tutorial and how-to pages, and show what they print; takes minutes
outputs:
    python docs/generate.py outputs

# Kill desks while clients write; nothing acknowledged may be lost
chaos cycles="200":
    python tests/chaotic.py --cycles {{cycles}}

# Seed each bug that chaos has to find: this passes where all are found
chaos-bugs:
    pytest -q tests/chaos -k seeded_bug

# Show the newest run of acme as docs/images/report.png; needs Chromium
picture:
    python docs/picture.py

# What decides whether a change lands
ci: lint types layers test demo

# Run lint and format before each commit
hooks:
    pre-commit install

# Time the desk at 1,000,000 accounts, in process and over HTTP; the folder keeps the books (`just bench-desk build/desk --seconds 5`)
bench-desk folder *arguments:
    python benchmarks/desk.py {{folder}} {{arguments}}

# Lock the dependencies of pyproject.toml
lock:
    uv pip compile pyproject.toml --group dev --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --quiet --output-file requirements.lock
