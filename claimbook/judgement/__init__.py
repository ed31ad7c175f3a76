"""What a claim says and what became of it: rules, ledger, verdict cards."""
