"""Illustrative outlines (示意数据) for a register that has no geometry."""
