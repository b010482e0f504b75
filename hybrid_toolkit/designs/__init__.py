"""Designs: what each estimates, what it assumes, what checks it."""
