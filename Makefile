# Each target is one line; the same line works on Windows with "py" for "python3".
PYTHON ?= python3
.PHONY: demo test test-fast lab app notebooks setup check docs synthetic coverage recovery trust speed wheel clean

demo: ; $(PYTHON) -m tools demo
test: ; $(PYTHON) -m tools test
test-fast: ; $(PYTHON) -m tools test-fast
lab: ; $(PYTHON) -m tools lab
app: ; $(PYTHON) -m tools app
notebooks: ; $(PYTHON) -m tools notebooks
setup: ; $(PYTHON) -m tools setup
check: ; $(PYTHON) -m tools check
docs: ; $(PYTHON) -m tools docs
synthetic: ; $(PYTHON) -m tools synthetic
coverage: ; $(PYTHON) -m tools coverage
recovery: ; $(PYTHON) -m tools recovery
trust: ; $(PYTHON) -m tools trust
speed: ; $(PYTHON) -m tools speed
wheel: ; $(PYTHON) -m tools wheel
clean: ; $(PYTHON) -m tools clean
