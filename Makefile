# Each target is one line; the same line works on Windows with "py" for "python3".
PYTHON ?= python3
.PHONY: demo test lab app notebooks setup check synthetic coverage recovery trust speed wheel clean

demo: ; $(PYTHON) -m tools demo
test: ; $(PYTHON) -m tools test
lab: ; $(PYTHON) -m tools lab
app: ; $(PYTHON) -m tools app
notebooks: ; $(PYTHON) -m tools notebooks
setup: ; $(PYTHON) -m tools setup
check: ; $(PYTHON) -m tools check
synthetic: ; $(PYTHON) -m tools synthetic
coverage: ; $(PYTHON) -m tools coverage
recovery: ; $(PYTHON) -m tools recovery
trust: ; $(PYTHON) -m tools trust
speed: ; $(PYTHON) -m tools speed
wheel: ; $(PYTHON) -m tools wheel
clean: ; $(PYTHON) -m tools clean
