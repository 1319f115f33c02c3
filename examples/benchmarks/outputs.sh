    for file in "$disk"/*; do
      for seed in 4 6; do cmp -s "$file" "$work/$seed/${file##*/}" && echo "  ${file##*/} is of $seed"; done
    done
#!/bin/sh
# What commands leave where they cannot write: on a disk that is full, on one that may only be read, and where two write the
# same files at once. Mounts a small disk in memory, so it wants root, and Linux:
#
#   sudo sh examples/benchmarks/outputs.sh ./espalier model.onnx [PAIRS]
#
# Prints how often each way of failing came out as it should, and the messages; exit code 1 if one did not.
set -eu

espalier=$1
model=$2
pairs=${3:-25}

work=$(mktemp -d)
disk=$work/disk
wrong=0
mkdir "$disk"
mount -t tmpfs -o "size=$((4 * $(stat -c %s "$model")))" tmpfs "$disk"
trap 'umount "$disk"; rm -rf "$work"' EXIT

# A command ($1) that writes a model and what belongs to it; another model with another half ($2: 4 or 6).
run() {
  command=$1
  shift
  case $command in
    prune) $espalier prune "$model" -o "$disk/out.onnx" --manifest "$disk/cut.json" --params "0.$1" -q ;;
    sample)
      $espalier sample "$model" -o "$disk/out.onnx" --manifest "$disk/cut.json" --config-out "$disk/config.json" \
        --seed "$1" -q
      ;;
    export) $espalier export "$model" -o "$disk/out.onnx" --manifest "$disk/cut.json" --config "$work/config$1.json" -q ;;
  esac
}

# All that is on the disk, hidden files too, but for what fills it.
state() {
  (cd "$disk" && find . -type f ! -name fill -exec sha256sum {} + && find . ! -name fill | sort) 2>&1
}

# Runs a command that has to fail, with exit code 2, one sentence, and the disk as it was before.
fails() {
  before=$(state)
  code=0
  run "$1" 6 >"$work/out" 2>"$work/err" || code=$?
  if [ "$code" = 2 ] && [ "$(wc -l <"$work/err")" = 1 ] && [ "$(state)" = "$before" ]; then
    good=$((good + 1))
  else
    wrong=$((wrong + 1))
    echo "$1: exit code $code, left: $(state)"
  fi
  sed "s|$work/||g" "$work/err" >>"$work/messages"
}

# Prints how many of the runs since the last time were as they should be, and what they said.
tell() {
  echo "$1: $good of $2 exit with 2, say one sentence and leave all files as they were"
  sort -u "$work/messages" | sed 's/^/  /'
  : >"$work/messages"
  good=0
}

good=0
for seed in 4 6; do
  run sample "$seed"
  cp "$disk/config.json" "$work/config$seed.json"
  mkdir "$work/$seed"
  cp "$disk"/* "$work/$seed"
  rm "$disk"/*
done
half=$(($(stat -c %s "$work/6/out.onnx") / 2048))

for command in prune sample export; do
  run "$command" 4
  for free in 0 8 "$half"; do
    dd if=/dev/zero of="$disk/fill" bs=1k 2>/dev/null || true
    truncate -s "-${free}K" "$disk/fill"
    fails "$command"
    rm "$disk/fill"
  done
  rm "$disk"/*
done
tell "a full disk (0, 8 or $half KB free; prune, sample, export)" 9

run sample 4
mount -o remount,ro "$disk"
for command in prune sample export; do fails "$command"; done
mount -o remount,rw "$disk"
tell "a disk that may only be read (prune, sample, export)" 3
rm "$disk"/*

first=0
second=0
for pair in $(seq "$pairs"); do
  run sample 4 >/dev/null 2>"$work/err" &
  one=$!
  codes=0
  run sample 6 >/dev/null 2>>"$work/err" || codes=$?
  wait "$one" || codes=$?
  if [ "$codes" = 0 ] && diff -r "$disk" "$work/4" >/dev/null; then
    first=$((first + 1))
  elif [ "$codes" = 0 ] && diff -r "$disk" "$work/6" >/dev/null; then
    second=$((second + 1))
  else
    wrong=$((wrong + 1))
    echo "pair $pair: exit code $codes, $(cat "$work/err")"
    for file in "$disk"/*; do
      cmp -s "$file" "$work/4/${file##*/}" && echo "  ${file##*/} is of the first"
      cmp -s "$file" "$work/6/${file##*/}" && echo "  ${file##*/} is of the second"
    done
  fi
done
echo "two writers: of $pairs pairs, all files are of the first $first times, of the second $second times"
exit $((wrong > 0))
