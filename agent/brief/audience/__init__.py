"""Who is meant: words of the brief as typed conditions on the customer (`tools.segments.filter`)."""
