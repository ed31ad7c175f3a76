"""Executes the chapters, checks the data, and knows what is out of date."""
