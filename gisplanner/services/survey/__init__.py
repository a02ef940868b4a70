"""What is looked for on the ground before a plan is drawn (调查摸底)."""
