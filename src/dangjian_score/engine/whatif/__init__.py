"""Before the meeting: who stands close to a threshold, what decides it, and how firm the ranks are."""
