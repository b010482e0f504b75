"""Designs for a policy that starts in some units before others."""
