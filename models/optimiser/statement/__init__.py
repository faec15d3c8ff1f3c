"""The limits, the program and the partition stated a second time, for the certificate."""
