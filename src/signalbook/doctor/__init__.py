"""The doctor: what is unsafe in an installation, and which counts disagree with their rows."""
