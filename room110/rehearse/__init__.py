"""Rehearse: a realistic conference, played from one script, with every invariant watched.

The script (:mod:`script`) is a table of steps: who says what, which line breaks, who must be heard.
It is played twice: in virtual time through the real room and the real journal (:mod:`virtual`), where
three hours take some seconds, and against a running service with WebSocket clients and media
(:mod:`live`), where the waits are divided by a speed.  What the journal says is held against the
invariants of the floor after every single event (:mod:`invariants`), by rules that were written
beside the core and share nothing with it but its words.

A *rehearsal* in all other places is a conference with that flag; this command begins one.
"""
