#!/usr/bin/env bash
# The product beside the contestants of the shared harness, in one run: ratios count, not single times.
#   w1  server time of the overview, 1 and 16 clients      w5  the same page in Chromium, cold and warm
# BENCH_DIR is the harness, BENCH_HOME where it keeps its data (some GB, where the
# postgres user can reach it), ROUNDS how often each runs.
set -euo pipefail
cd "$(dirname "$0")/.."
here=$PWD
harness=$(cd "${BENCH_DIR:-../shared/bench}" && pwd) || { echo "No harness: set BENCH_DIR."; exit 1; }
export BENCH_HOME=${BENCH_HOME:-${TMPDIR:-/tmp}/plan-bench} DATA_DIR
DATA_DIR=$BENCH_HOME/product
mkdir -p "$DATA_DIR"
rounds=${ROUNDS:-5}

"$harness/setup.sh" core
"$harness/pg.sh" start
python=$BENCH_HOME/venvs/harness/bin/python
[ -f "$BENCH_HOME/data/plan.json" ] || "$python" "$harness/gen.py"

.venv/bin/python manage.py migrate --verbosity 0
.venv/bin/python manage.py load_plan fixtures/sz-sti-14
COLLECTING_STATIC=1 .venv/bin/python manage.py collectstatic --noinput --verbosity 0
cat > "$BENCH_HOME/product.json" <<JSON
{"product": {
  "dir": "$here", "python": ".venv/bin/python",
  "env": {"DATA_DIR": "$DATA_DIR", "DEBUG": "0", "SECRET_KEY": "bench", "ALLOWED_HOSTS": "127.0.0.1", "PUBLIC_READ": "1"},
  "serve": [".venv/bin/gunicorn", "-w", "2", "--threads", "8", "-k", "gthread", "-t", "600", "--no-control-socket", "-b", "127.0.0.1:{port}", "shenzhen_plan.wsgi:application"],
  "ready": "/healthz",
  "w1": ["/sz-sti-14/"],
  "w5": {"path": "/sz-sti-14/", "drawn": "[...document.querySelectorAll('svg.chart')].length"}
}}
JSON
cd "$harness"
"$python" bench.py w1 --who floor-hello,floor-svg,django-plain,product --ref django-plain --rounds "$rounds" --noload
"$python" bench.py w5 --who floor-svg,django-plain,product --ref floor-svg --rounds "$rounds" --noload
cd "$here"
echo "Recompute of the plan:"
.venv/bin/python manage.py recompute --all --json
