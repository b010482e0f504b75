# Each target is one line; the same line works on Windows with "py" for "python3".
PYTHON ?= python3
.PHONY: demo test lab setup check synthetic coverage recovery wheel clean

demo: ; $(PYTHON) -m tools demo
test: ; $(PYTHON) -m tools test
lab: ; $(PYTHON) -m tools lab
setup: ; $(PYTHON) -m tools setup
check: ; $(PYTHON) -m tools check
synthetic: ; $(PYTHON) -m tools synthetic
coverage: ; $(PYTHON) -m tools coverage
recovery: ; $(PYTHON) -m tools recovery
wheel: ; $(PYTHON) -m tools wheel
clean: ; $(PYTHON) -m tools clean
