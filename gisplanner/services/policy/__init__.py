"""Policy answers, eligibility, reading a new document."""
