"""Policies, each on the worked example of two counties.

The figures of the case without policies stand in tests/models/projection/test_two_counties.py: in
the mean of 2021 Ash at home has 571.46 employees and 379.34 home residents; those from Ash in Birch
are 123.5 employees, 76.06 home residents and 37.64 with both; Birch has 594 and 396. A claim costs
1,000 in Ash and 1,500 in Birch, risen by 10 %; people make two a year, migrants between cities one.
"""
