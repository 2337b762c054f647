#!/usr/bin/env bash
# The product beside the contestants of the shared harness, in one run: ratios count, not single times.
#   w1  server time of the overview, 1 and 16 clients
#   w2  recompute of 600, 6,000 and 60,000 indicators on PostgreSQL: `first` with every verdict to write, `again`
#       with none
#   w3  a million figures as CSV over HTTP, from PostgreSQL  w4  pages of 100 figures as JSON, 16 connections
#   w5  the overview in Chromium, cold and warm, drawn when each target has its strip or no figure to draw
#   w5 ends with an indicator's page beside one chart in Dash
#   w6  tables read and judged row by row: 100,000 figures one a row, 5,000 rows across 40 years (tools/reading.py)
#   monday  200 signed-in people of every role for two minutes (PEOPLE, SECONDS), beside plain Django doing as many reads
# Dash, Streamlit and Datasette take part where the harness's `setup.sh peers` has installed them.
# BENCH_DIR is the harness, BENCH_HOME where it keeps its data (some GB, where the postgres user can reach it),
# ROUNDS how often each runs, WORKLOADS which ("w1 w2 w3 w4 w5 w6 monday" unless told), PLANS how many plans of this size the
# site of w1 and w5 holds: PLANS=10 WORKLOADS=w1 make bench, on a machine that does nothing else.
set -euo pipefail
cd "$(dirname "$0")/.."
here=$PWD
harness=$(cd "${BENCH_DIR:-../shared/bench}" && pwd) || { echo "No harness: set BENCH_DIR."; exit 1; }
export BENCH_HOME=${BENCH_HOME:-${TMPDIR:-/tmp}/plan-bench} DATA_DIR
DATA_DIR=$BENCH_HOME/product
mkdir -p "$DATA_DIR"
SECRET=$(.venv/bin/python -c 'import secrets; print(secrets.token_urlsafe(50))')
rounds=${ROUNDS:-5}
workloads=${WORKLOADS:-w1 w2 w3 w4 w5 w6 monday}
runs() { [[ " $workloads " == *" $1 "* ]]; }

"$harness/setup.sh" core
# Left as it was found: running, or stopped again at the end.
"$harness/pg.sh" status >/dev/null || { "$harness/pg.sh" start; trap '"$harness/pg.sh" stop' EXIT; }
python=$BENCH_HOME/venvs/harness/bin/python
[ -f "$BENCH_HOME/data/plan.json" ] || "$python" "$harness/gen.py"

.venv/bin/python manage.py migrate --verbosity 0
.venv/bin/python manage.py load_plan fixtures/sz-sti-14
for number in $(seq 2 "${PLANS:-1}"); do
  copy=$BENCH_HOME/plans/sz-sti-14-$number
  mkdir -p "$copy"
  cp fixtures/sz-sti-14/* "$copy"
  sed -i "s/^slug = .*/slug = \"sz-sti-14-$number\"/; s/^title = \"/title = \"$number /" "$copy/plan.toml"
  .venv/bin/python manage.py load_plan "$copy"
done
COLLECTING_STATIC=1 .venv/bin/python manage.py collectstatic --noinput --verbosity 0
# The large sizes: a database of their own each, brought by a command into the state the recompute starts from.
large() {
  cat <<JSON
  "dir": "$here", "python": ".venv/bin/python",
  "env": {"DATABASE_URL": "postgres://postgres@127.0.0.1:5544/product_{size}", "DATA_DIR": "$DATA_DIR", "DEBUG": "0", "SECRET_KEY": "$SECRET", "ALLOWED_HOSTS": "127.0.0.1"},
  "load": ["{python}", "manage.py", "bench_load", "{data}"],
  "w2": ["sh", "-c", "{python} $1 >/dev/null && exec {python} manage.py recompute --all --json"]
JSON
}
cat > "$BENCH_HOME/product.json" <<JSON
{"product": {
  "dir": "$here", "python": ".venv/bin/python",
  "env": {"DATA_DIR": "$DATA_DIR", "DEBUG": "0", "SECRET_KEY": "$SECRET", "ALLOWED_HOSTS": "127.0.0.1", "PUBLIC_READ": "1"},
  "serve": [".venv/bin/gunicorn", "-w", "2", "--threads", "8", "-k", "gthread", "-t", "600", "--no-control-socket", "-b", "127.0.0.1:{port}", "shenzhen_plan.wsgi:application"],
  "ready": "/healthz",
  "w1": ["/sz-sti-14/"],
  "w5": {"path": "/sz-sti-14/", "drawn": "document.querySelectorAll('.way-cell .line-part').length"}
},
"first": {$(large "manage.py bench_load {data} --forget")},
"again": {$(large "manage.py recompute --all --json")},
"files": {
  "dir": "$here", "python": ".venv/bin/python",
  "env": {"DATABASE_URL": "postgres://postgres@127.0.0.1:5544/product_{size}", "DATA_DIR": "$DATA_DIR", "DEBUG": "0", "SECRET_KEY": "$SECRET", "ALLOWED_HOSTS": "127.0.0.1", "PUBLIC_READ": "1"},
  "load": ["{python}", "manage.py", "bench_load", "{data}"],
  "serve": [".venv/bin/gunicorn", "-w", "2", "--threads", "8", "-k", "gthread", "-t", "600", "--no-control-socket", "-b", "127.0.0.1:{port}", "shenzhen_plan.wsgi:application"],
  "ready": "/healthz",
  "w3": "/api/v1/observations.csv",
  "w4": "/api/v1/{plan}/observations/?year={year}&page_size=100"}
}
JSON
cd "$harness"
if runs w1; then
  "$python" bench.py w1 --who floor-hello,floor-svg,django-plain,dash,datasette,product --ref django-plain --rounds "$rounds" --noload
fi
if runs w2; then
  floors=numpy_memory,pg_numpy,pg_sql,pg_lateral
  "$python" bench.py w2 --size 1e4 --who $floors,django_loop,first,again --ref pg_numpy --rounds "$rounds" --tag _1e4
  "$python" bench.py w2 --size 1e5,1e6 --who $floors,first,again --ref pg_numpy --rounds "$rounds"
fi
if runs w3; then
  "$python" bench.py w3 --size 1e6 --who floor-file,floor-pgcopy,django-plain,files --ref floor-pgcopy --rounds "$rounds"
fi
if runs w4; then
  "$python" bench.py w4 --size 1e6 --who floor-pg,floor-pgjson,django-plain,files --ref floor-pg --rounds "$rounds"
fi
if runs w5; then
  PYTHONPATH=. "$python" "$here/tools/bench_pages.py" w5 --who floor-svg,django-plain,dash,streamlit,product --ref floor-svg --rounds "$rounds" \
    --noload
  dash=$BENCH_HOME/venvs/dash/bin
  if [ -x "$dash/gunicorn" ]; then
    serve() { gunicorn=$1 port=$2 app=$3; shift 3; env "$@" "$gunicorn" -w 2 --threads 8 -k gthread -b "127.0.0.1:$port" "$app" & }
    cd "$here"
    serve .venv/bin/gunicorn 8471 shenzhen_plan.wsgi:application DEBUG=0 SECRET_KEY="$SECRET" ALLOWED_HOSTS=127.0.0.1
    product=$!
    serve "$dash/gunicorn" 8472 bench_dash:server PYTHONPATH="$here/tools"
    peer=$!
    sleep 5
    "$python" tools/bench_one_chart.py "$harness" http://127.0.0.1:8471/sz-sti-14/indicators/I-01/ \
      http://127.0.0.1:8472/ "$rounds"
    kill "$product" "$peer"
  fi
fi
if runs w6; then
  cd "$here"
  DEBUG=0 SECRET_KEY="$SECRET" ALLOWED_HOSTS=127.0.0.1 .venv/bin/python -m tools.reading "$rounds"
fi
if runs monday; then
  cd "$here"
  export DEBUG=0 SECRET_KEY="$SECRET" ALLOWED_HOSTS=127.0.0.1
  .venv/bin/python -m tools.monday prepare > "$BENCH_HOME/people.jsonl"
  .venv/bin/gunicorn -w 2 --threads 8 -k gthread --no-control-socket -b 127.0.0.1:8473 shenzhen_plan.wsgi:application &
  product=$!
  (cd "$harness/peers/django_plain" && NATION=1e4 exec "$BENCH_HOME/venvs/product/bin/gunicorn" -w 2 --threads 8 -k gthread \
    -b 127.0.0.1:8474 wsgi:application) &
  plain=$!
  sleep 8
  .venv/bin/python -m tools.monday run http://127.0.0.1:8473 http://127.0.0.1:8474 < "$BENCH_HOME/people.jsonl" || true
  kill "$product" "$plain"
fi
cd "$here"
echo "Recompute of the plan:"
.venv/bin/python manage.py recompute --all --json
