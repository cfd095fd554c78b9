"""Benchmarks: ratios measured side by side in one run on one machine. Nothing here is asserted in a test."""
