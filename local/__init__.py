"""The whole product on one machine: simulators, functions host and lab."""
