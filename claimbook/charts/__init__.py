"""How a finding is drawn: the look, the forms, and `finish`, which makes a chart of the book."""
