# Scenario library (bash): network namespaces, links, guests, the device hook.
# Sourced by scenarios/*.  Everything it makes carries $LAB_ID and is removed
# at exit; only processes started here are killed, by pid.

LABDIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export LAB=$LABDIR

lab_begin() { # NAME
  [ "$(id -u)" = 0 ] || { echo "needs root" >&2; exit 2; }
  LAB_SCENARIO=$1
  LAB_TMP=$(mktemp -d "${TMPDIR:-/tmp}/lab-$1.XXXXXX")
  LAB_ID=lab${LAB_TMP##*.}
  # Whole at once: a sweep that reads half of it would take this case for dead.
  echo $$ > "$LAB_TMP/owner.new"; mv "$LAB_TMP/owner.new" "$LAB_TMP/owner"
  lab_sweep
  LAB_T0=$(date +%s%N)
  LAB_NS=() LAB_PIDS=() LAB_FAIL=0 LAB_GXN=0
  export LAB_CACHE=${LAB_CACHE:-${TMPDIR:-/tmp}/interop-lab-$(id -u)}
  trap lab_cleanup EXIT
  trap 'exit 143' INT TERM HUP
  export LAB_SCENARIO LAB_TMP LAB_ID
}

# namespaces and files that a scenario left behind when it was killed hard
lab_sweep() {
  local o id n
  for o in "${TMPDIR:-/tmp}"/lab-*/owner; do
    [ -e "$o" ] && ! kill -0 "$(cat "$o")" 2>/dev/null || continue
    id=lab${o%/owner}; id=lab${id##*.}
    for n in $(ip netns list | awk -v p="$id-" 'index($1,p)==1{print $1}'); do ip netns del "$n"; done
    rm -rf "${o%/owner}"
  done
}

lab_cleanup() {
  local rc=$? p n
  trap - EXIT
  if [ $rc != 0 ] && [ -n "${LAB_VERBOSE:-}" ]; then
    for n in "$LAB_TMP"/*.log; do [ -e "$n" ] && { echo "--- ${n##*/}"; tail -60 "$n"; }; done
  fi
  for p in "${LAB_PIDS[@]}"; do kill -TERM "$p" 2>/dev/null; done
  for p in "${LAB_PIDS[@]}"; do
    for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do kill -0 "$p" 2>/dev/null || break; sleep 0.1; done
    kill -KILL "$p" 2>/dev/null; wait "$p" 2>/dev/null
  done
  for n in "${LAB_NS[@]}"; do ip netns del "$n" 2>/dev/null; done
  rm -f "$LAB_TMP/owner"
  if [ -n "${LAB_KEEP:-}" ] || { [ $rc != 0 ] && [ -z "${LAB_NOKEEP:-}" ]; }; then echo "kept: $LAB_TMP"; else rm -rf "$LAB_TMP"; fi
  exit $rc
}

say()  { printf '%6.1fs  %s\n' "$(awk -v a="$LAB_T0" -v b="$(date +%s%N)" 'BEGIN{print (b-a)/1e9}')" "$*"; }
ok()   { say "ok    $*"; }
fail() { say "FAIL  $*"; LAB_FAIL=$((LAB_FAIL+1)); }
die()  { say "FAIL  $*"; exit 1; }
lab_end() { if [ $LAB_FAIL = 0 ]; then say "PASS  $LAB_SCENARIO"; exit 0; else say "FAILED $LAB_SCENARIO ($LAB_FAIL)"; exit 1; fi; }

# check TEXT COMMAND...       one attempt
check() { local t=$1; shift; if "$@" >"$LAB_TMP/check.out" 2>&1; then ok "$t"; else fail "$t"; tail -15 "$LAB_TMP/check.out" | sed 's/^/          | /'; return 1; fi; }
# await SECONDS TEXT COMMAND...   until it succeeds
await() {
  local end=$((SECONDS+$1)) t=$2; shift 2
  while :; do
    if "$@" >"$LAB_TMP/check.out" 2>&1; then ok "$t"; return 0; fi
    [ $SECONDS -ge $end ] && break
    sleep 0.3
  done
  fail "$t"; tail -15 "$LAB_TMP/check.out" | sed 's/^/          | /'; return 1
}

# ---- namespaces and links -------------------------------------------------
nsname() { echo "$LAB_ID-$1"; }
ns() { # NAME...
  local n
  for n in "$@"; do
    ip netns add "$LAB_ID-$n" || die "netns $n"
    LAB_NS+=("$LAB_ID-$n")
    nx "$n" sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.accept_dad=0 2>/dev/null
    nx "$n" ip link set lo up
  done
}
nx() { local n=$1; shift; ip netns exec "$LAB_ID-$n" "$@"; }
# link NS1 IF1 NS2 IF2: veth with all offloads off, so that checksums on the
# wire are complete and no packet is larger than the MTU.
link() {
  ip link add "$2" netns "$LAB_ID-$1" type veth peer name "$4" netns "$LAB_ID-$3" || die "link $*"
  local p
  for p in "$1 $2" "$3 $4"; do
    set -- $p
    nx "$1" ethtool -K "$2" rx off tx off sg off tso off gso off gro off >/dev/null 2>&1
    nx "$1" ip link set "$2" up
  done
}
# raw NS IF...: the interfaces belong to a user space stack: no kernel addresses on them.
raw() {
  local n=$1 i; shift
  for i in "$@"; do nx "$n" sysctl -qw "net.ipv6.conf.$i.disable_ipv6=1"; nx "$n" ip link set "$i" promisc on; done
}
# host NS IF ADDR [GW]: an ordinary host of the machine's own kernel
host() { local n=$1 i=$2 a=$3 g=${4:-}; nx "$n" ip addr add "$a" dev "$i"; [ -z "$g" ] || nx "$n" ip route add default via "$g" dev "$i"; }
# capture NS IF NAME [FILTER]
capture() {
  local f=$LAB_TMP/$3.pcap
  : >"$LAB_TMP/$3.tcpdump"
  setpriv --pdeathsig KILL ip netns exec "$LAB_ID-$1" tcpdump -Z root -q -n -U --immediate-mode -i "$2" -w "$f" ${4:-} >"$LAB_TMP/$3.tcpdump" 2>&1 &
  LAB_PIDS+=($!)
  local i; for i in {1..30}; do grep -q listening "$LAB_TMP/$3.tcpdump" && return; sleep 0.1; done
}
# count NAME TSHARK-FILTER [TSHARK-OPTIONS...]
count() { local n=$1 f=$2; shift 2; tshark -r "$LAB_TMP/$n.pcap" "$@" -Y "$f" 2>/dev/null | wc -l; }
seen()    { local c; c=$(count "$@"); echo "$c packets match $2"; [ "$c" -gt 0 ]; }
notseen() { local c; c=$(count "$@"); echo "$c packets match $2"; [ "$c" -eq 0 ]; }

# ---- guests ---------------------------------------------------------------
# guest_up NAME NETNS "IF IF.." [guest options] <<setup script
# The script runs in the guest with lib/recipes.sh loaded; guest_up returns
# when it is done (the guest then answers gx).
# LAB_BOX=1 in front: use the host's kernel (namespaces) in place of UML.
guest_up() {
  local n=$1 net=$2 ifs=$3 i opts=(); shift 3
  mkdir -p "$LAB_TMP/$n/q"
  { echo '. "$LAB/lib/recipes.sh"'; cat; } > "$LAB_TMP/$n/setup.sh"
  for i in $ifs; do opts+=(-i "$i"); done
  if [ -n "${LAB_BOX:-}" ]; then opts+=(-H); else raw "$net" $ifs; fi
  TMPDIR=$LAB_TMP setpriv --pdeathsig KILL "$LABDIR/guest" -n "$n" -N "$LAB_ID-$net" "${opts[@]}" -t "${LAB_LIMIT:-240}" -s "$LAB_TMP/$n" "$@" -- \
     "$LABDIR/lib/guest-serve" >"$LAB_TMP/$n.log" 2>&1 &
  LAB_PIDS+=($!)
  echo $! > "$LAB_TMP/$n/pid"
}
# guest_ready NAME...: wait for the setup scripts
guest_ready() {
  local n e
  for n in "$@"; do
    e=$((SECONDS+60))
    until [ -s "$LAB_TMP/$n/ready" ]; do
      kill -0 "$(cat "$LAB_TMP/$n/pid")" 2>/dev/null || { tail -20 "$LAB_TMP/$n.log"; die "guest $n died"; }
      [ $SECONDS -lt $e ] || { tail -20 "$LAB_TMP/$n.log"; die "guest $n not ready"; }
      sleep 0.1
    done
    [ "$(cat "$LAB_TMP/$n/ready")" = 0 ] || { tail -30 "$LAB_TMP/$n.log"; die "setup of $n failed"; }
    say "guest $n ready"
  done
}
# gx NAME 'shell command': run in the guest, output and status come back
gx() {
  local n=$1 id e; shift
  LAB_GXN=$((LAB_GXN+1)); id=$LAB_GXN.$BASHPID.$RANDOM
  printf '%s\n' "$*" > "$LAB_TMP/$n/q/$id.tmp"; mv "$LAB_TMP/$n/q/$id.tmp" "$LAB_TMP/$n/q/$id.cmd"
  e=$((SECONDS+${GX_TIMEOUT:-60}))
  until [ -e "$LAB_TMP/$n/q/$id.rc" ]; do
    [ $SECONDS -lt $e ] || { echo "gx $n: no answer: $*" >&2; return 124; }
    sleep 0.05
  done
  cat "$LAB_TMP/$n/q/$id.out"
  return "$(cat "$LAB_TMP/$n/q/$id.rc")"
}
guest_kill() { local p; p=$(cat "$LAB_TMP/$1/pid"); kill -TERM "$p"; wait "$p" 2>/dev/null; }

ping_ok() { # NS|@GUEST ADDR [ping options]
  local w=$1 a=$2; shift 2
  case $w in @*) gx "${w#@}" "ping -n -c 3 -i 0.3 -W 2 $* $a";; *) nx "$w" ping -n -c 3 -i 0.3 -W 2 "$@" "$a";; esac
}
