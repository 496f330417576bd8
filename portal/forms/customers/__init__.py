"""Forms about customers: which of them are asked for, and what is changed of one."""
