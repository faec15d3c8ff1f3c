"""Rules as they hold: schemes by region and year, and levers that change them."""
