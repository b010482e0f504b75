"""The contract of every table: columns, types, units, ranges, codes and keys."""
