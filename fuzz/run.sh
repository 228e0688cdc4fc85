#!/usr/bin/env bash
# Fuzz the readers and the normalisers: fuzz/run.sh [SECONDS a target, 600] [TARGET …: vcard jscontact delimited normalize]
# EXACT=1 counts it as a find, too, where a foreign file is not read back equal from what its contacts were written as.
# Needs an environment with this package and atheris (dependency group fuzz); PYTHON names its interpreter.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-600}
[ $# -gt 0 ] && shift
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(vcard jscontact delimited normalize)
python=${PYTHON:-.venv/bin/python}
finds=${FINDS:-out/fuzz}
mkdir -p "$finds"
for target in "${targets[@]}"; do
  grown="$finds/corpus-$target"
  mkdir -p "$grown"
  echo "=== $target: $seconds s"
  words=()
  [ -f "fuzz/$target.dict" ] && words=("-dict=fuzz/$target.dict")
  "$python" "fuzz/$target.py" "$grown" "fuzz/corpus/$target" "${words[@]}" -max_total_time="$seconds" -max_len=16384 -timeout=10 -rss_limit_mb=768 \
    -artifact_prefix="$finds/$target-" -print_final_stats=1 -verbosity=0
  if [ "$target" = normalize ]; then
    "$python" fuzz/normalize_sweep.py
  else
    "$python" fuzz/large.py "$target" "fuzz/corpus/$target" "$grown"
  fi
done
