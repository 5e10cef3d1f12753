"""Figures for a machine that watches: what is measured, and Prometheus's way of writing it."""
