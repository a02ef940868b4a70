"""Bundles and proposals: computing, storing, the planner's hand."""
