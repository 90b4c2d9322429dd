"""What survives power loss, killed processes and failing disks (promises D1 to D5 of the architecture)."""
