"""Plans whose floor holds in the tail of many scenarios, by the scenarios that matter."""
