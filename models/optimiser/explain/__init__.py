"""Why a plan is as it is: beside simpler policies, in prices, by industry, as assumptions move."""
