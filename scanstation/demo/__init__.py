"""The demo: a seeded warehouse, a crew of simulated devices that counts it at the wire, and the truth to hold it to."""
