# FreeRADIUS in a namespace: PAP, CHAP, MS-CHAP and MS-CHAPv2, accounting in a detail file. Sourced; needs lab.sh.

# radius_start NAMESPACE [USER PASSWORD]...: with the secret lab-radius; sessions are accounted for each minute. Where RADIUS_PREFIXES lists
# prefixes of IPv6, each user has one, and the interface identifier 1:2:3:N
radius_start() {
  local dir=$LAB_TMP/radius where=$1; shift
  mkdir -p "$dir"
  cat > "$dir/radiusd.conf" <<S
prefix = /usr
libdir = /usr/lib/freeradius
logdir = $dir
run_dir = $dir
raddbdir = $dir
log { destination = files
  file = $dir/log
  auth = yes }
security { allow_core_dumps = no }
client all { ipaddr = 0.0.0.0/0
  secret = lab-radius
  require_message_authenticator = yes }
modules {
  pap {
  }
  chap {
  }
  mschap {
    use_mppe = no
  }
  files { usersfile = $dir/users }
  detail { filename = $dir/detail }
}
server default {
  listen { type = auth
    ipaddr = *
    port = 1812 }
  listen { type = acct
    ipaddr = *
    port = 1813 }
  authorize {
    chap
    mschap
    files
    pap
  }
  authenticate {
    Auth-Type PAP {
      pap
    }
    Auth-Type CHAP {
      chap
    }
    Auth-Type MS-CHAP {
      mschap
    }
  }
  accounting {
    detail
  }
}
S
  printf '%s Cleartext-Password := "%s"\n\tService-Type = Framed-User, Acct-Interim-Interval = 60\n' "$@" > "$dir/users"
  if [ -n "${RADIUS_PREFIXES:-}" ]; then
    local n=0 prefix
    for prefix in $RADIUS_PREFIXES; do
      n=$((n+1))
      sed -i "$((2*n))s|\$|, Framed-Interface-Id = 1:2:3:$n, Framed-IPv6-Prefix = $prefix|" "$dir/users"
    done
  fi
  chmod -R a+rX "$dir"
  setpriv --pdeathsig KILL ip netns exec "$LAB_ID-$where" freeradius -f -d "$dir" -n radiusd >"$dir/out" 2>&1 & LAB_PIDS+=($!)
}
