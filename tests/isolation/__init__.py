"""Tenants stay apart: tests over everything there is. New tables, addresses and jobs are found by themselves."""
