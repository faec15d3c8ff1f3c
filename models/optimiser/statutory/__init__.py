"""Rates, premiums and subsidies as a statute states them, decided beside the rate of the fund."""
