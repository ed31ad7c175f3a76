"""Exercises that check themselves, the class kit, a new claim."""
