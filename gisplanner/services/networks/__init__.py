"""What the companies upload: lines, filing, conflicts."""
