"""Inference for clusters, few clusters, random allocation, equivalence and meta-analysis."""
