#!/usr/bin/env python
import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shenzhen_plan.settings")
    from audit.console import execute

    execute(sys.argv)
