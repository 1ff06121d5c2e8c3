"""What everything is written in: names, numbers, times, strict JSON, findings."""
