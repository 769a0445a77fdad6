"""What a reader would stumble over, told to whoever writes, before anybody else can read it.

A check stops a publication only where the law or a missing fact demands it. All else is advice.
"""
