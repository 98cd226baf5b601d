"""Chapter 6: schedules that break a broken Raft."""
