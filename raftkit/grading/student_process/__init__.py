"""The program that runs in the student's process, together with the student's code.

It holds no cases, no points and no reference rules, so a student who changes it changes only
the answers of that student. It may import only the standard library.
"""
