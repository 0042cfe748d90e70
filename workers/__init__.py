"""What runs without being asked: hands committed rows to rq, performs them, takes due steps, keeps processes up."""
