"""Time to an event: Kaplan-Meier, Cox regression and discrete time."""
