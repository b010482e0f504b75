"""The pages of the app, one module a path or a part of it; ``registry.py`` says how to add one."""
