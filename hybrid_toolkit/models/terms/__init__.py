"""The terms of a model, and the matrices made from them."""
