"""What an auditor relies on: seals over closed months, signatures over seals, and their verification."""
