"""What is measured: specifications, measures, instruments, reliability."""
