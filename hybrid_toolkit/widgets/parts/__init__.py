"""What every widget is made of: base class, state, figures as SVG, progress."""
