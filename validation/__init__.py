"""The proof that the answers are right, as one study that anyone can run again.

    python -m validation             from the root of the project, in its environment

`study.yaml` says what is asked and when it counts as passed, `docs/validation.md` what was found.
"""
