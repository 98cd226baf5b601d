"""The program that runs beside the student's code, in a process of its own.

It holds no case, no point and no reference rule, so patching it changes
nothing but the student's own answers. It may import only the standard library.
"""
