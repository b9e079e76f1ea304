# The long runs: each line prints the figure that was reached. N=... and STORE=... make them shorter.
#   make soak               all, at full length (hours)
#   make soak-T6 N=2000     one
#   make soak-profiles      every legal office, walked whole
PYTHON ?= .venv/bin/python
SCENES := T1 T2 T3 T6 T7 T9 T10 T11 T16 T18 T19 whole
ASKED = $(if $(N),--n $(N)) $(if $(STORE),--store $(STORE)) $(if $(PLANT),--plant $(PLANT))

.PHONY: again bench soak soak-profiles security sim teeth mutants $(SCENES:%=soak-%)
.PHONY: site release extras pythons types-of-a-user notebooks

# Us and our peers side by side; writes docs/speed.json and the pages. ONLY=name or QUICK=1: less.
bench:
	$(PYTHON) -m benchmarks $(if $(QUICK),--quick) $(if $(ONLY),--only $(ONLY))

# licences of all that is installed with us, a bill of materials in dist/, known weaknesses
security:
	$(PYTHON) .ci/security.py

# the site in both languages, in site/
site:
	$(PYTHON) docs/build_site.py

# examples/notebooks for Jupyter, with results over 100,000 simulated requests: minutes. CHECK=1: compare
notebooks:
	$(PYTHON) tools/notebooks.py $(if $(CHECK),--check)

# wheel and sdist in dist/, the same bytes twice, tried in an empty environment
release:
	$(PYTHON) tools/release.py

# each extra installed alone: minutes; EXTRA=name: that one
extras:
	$(PYTHON) tools/release.py extras $(EXTRA)

# the wheel under other interpreters: make pythons PYTHONS="python3.12 python3.13"
pythons:
	$(PYTHON) tools/release.py pythons $(PYTHONS)

# a small project of a user, and its tests with our kit, under both type checkers
types-of-a-user:
	$(PYTHON) -m mypy --strict --config-file tests/typing/mypy.ini tests/typing/project.py tests/typing/kit.py
	$(PYTHON) -m pyright --pythonpath $(PYTHON) --project tests/typing

# the suite N times (20), each in another order; ONLY='-m "not slow"', or files: less
again:
	$(PYTHON) tests/again.py $(if $(N),--n $(N)) $(ONLY)

soak:
	$(PYTHON) tests/soak.py all $(ASKED)

$(SCENES:%=soak-%): soak-%:
	$(PYTHON) tests/soak.py $* $(ASKED)

soak-profiles:
	$(PYTHON) tests/office/legal.py $(if $(N),--n $(N))

# T4: worlds of the simulator, N=10000 of them; the bugs planted for it; mutants of four rooms.
sim:
	$(PYTHON) -m pst_core.testing.sim --seeds $(or $(N),10000) --jobs 2 $(if $(STORE),--store $(STORE))

teeth:
	$(PYTHON) -m tests.teeth --write

mutants:
	$(PYTHON) -m tests.mutants --write --jobs 2 $(if $(N),--sample $(N))
