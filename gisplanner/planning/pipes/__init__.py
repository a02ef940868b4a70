"""Pipelines (管线): routes, joint trenches, clearance conflicts."""
