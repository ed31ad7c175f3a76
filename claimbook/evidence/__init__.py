"""What was printed, by whom and when: the tables of `data/`, and numbers that keep their sources."""
