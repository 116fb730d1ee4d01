"""`make retention`: sets the timers of runs that have finished."""
