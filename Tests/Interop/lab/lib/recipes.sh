# Peer recipes (bash), sourced inside a guest or box.  /lab is shared with the host.

up() { # IFACE ADDR...   and "gw ADDR" for a default route
  local i=$1; shift
  ip link set "$i" up
  while [ $# -gt 0 ]; do
    case $1 in gw) ip route add default via "$2" dev "$i"; shift 2;; *:*) ip addr add "$1" dev "$i" nodad; shift;; *) ip addr add "$1" dev "$i"; shift;; esac
  done
}
forward() { sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.all.accept_redirects=0; }
mods() { local m; for m in "$@"; do modprobe "$m" || return 1; done; }

# ---- strongSwan -----------------------------------------------------------
# strongswan: start charon (vici only).  SS_EXTRA: more lines for "charon {}".
strongswan() {
  modprobe -a ipv6 esp6 ah6 xfrm6_tunnel 2>/dev/null
  mods xfrm_user esp4 ah4 authenc cbc hmac 2>/dev/null
  modprobe -a des_generic md5 sha1_generic sha256_generic sha512_generic echainiv seqiv gcm ctr xcbc cmac xfrm4_tunnel 2>/dev/null
  cat > /etc/strongswan.conf <<S
charon {
  load_modular = no
  # gcrypt: single DES; openssl: 3DES, MODP, RSA; des is not built by Debian
  load = random nonce aes sha1 sha2 md5 hmac kdf gmp gcrypt openssl x509 revocation constraints pubkey pkcs1 pkcs7 pkcs8 pem curl ldap attr kernel-netlink socket-default vici updown counters ${SS_PLUGINS:-}
  install_routes = yes
  i_dont_care_about_security_and_use_aggressive_mode_psk = yes
  retransmit_tries = ${SS_TRIES:-4}
  retransmit_timeout = ${SS_TIMEOUT:-2.0}
  retransmit_base = 1.4
  ${SS_EXTRA:-}
  filelog { log { path = /lab/charon.log
      flush_line = yes
      default = 1
      ike = 2
      enc = ${SS_ENC:-1}
      cfg = 2
      knl = 1 } }
  plugins { openssl { load_legacy = yes } curl { load = yes } }
}
pki { load = random nonce aes sha1 sha2 md5 hmac gmp openssl x509 revocation constraints pubkey pkcs1 pkcs7 pkcs8 pem curl ldap }
swanctl { load = random nonce aes sha1 sha2 md5 hmac gmp openssl x509 revocation constraints pubkey pkcs1 pkcs7 pkcs8 pem }
S
  mkdir -p /etc/swanctl/{x509,x509ca,x509crl,private,conf.d}
  if [ -n "${SS_CERT:-}" ]; then
    cp /lab/pki/ca.crt /etc/swanctl/x509ca/
    cp "/lab/pki/$SS_CERT.crt" /etc/swanctl/x509/
    cp "/lab/pki/$SS_CERT.key" /etc/swanctl/private/
  fi
  /usr/lib/ipsec/charon >/lab/charon.out 2>&1 &
  local i; for i in {1..100}; do [ -S /run/charon.vici ] && break; sleep 0.1; done
  [ -S /run/charon.vici ] || { echo "charon did not start"; tail /lab/charon.log; return 1; }
}
# ike_conn NAME: write and load one IKEv1 connection from these variables:
#  LOCAL REMOTE        addresses (%any allowed)        LID RID   identities
#  AUTH=psk|pubkey PSK CERT   MODE=transport|tunnel   AGGR=yes|no
#  IKE ESP (or AH)     proposals                       LTS RTS   traffic selectors
#  MORE_LTS            a second child, of another net
#  XAUTH_USER XAUTH_PASSWORD  logs in and takes an address
#  START=none|start|trap   DPD REKEY_IKE REKEY_CHILD  ENCAP=yes|no  UNIQUE
ike_conn() {
  local a=${AUTH:-psk}
  cat > /etc/swanctl/conf.d/$1.conf <<S
connections {
  $1 {
    version = 1
    local_addrs = ${LOCAL:-%any}
    remote_addrs = ${REMOTE:-%any}
    aggressive = ${AGGR:-no}
    proposals = ${IKE:-aes128-sha1-modp1024}
    encap = ${ENCAP:-no}
    ${FRAGMENTATION:+fragmentation = $FRAGMENTATION}
    unique = ${UNIQUE:-no}
    dpd_delay = ${DPD:-0s}
    dpd_timeout = ${DPD_TIMEOUT:-0s}
    reauth_time = ${REKEY_IKE:-0s}
    rand_time = 0s
    over_time = ${OVER_IKE:-30s}
    ${PULL:+pull = no}
    ${XAUTH_USER:+vips = 0.0.0.0}
    local  { auth = $a
      ${LID:+id = $LID}
      ${CERT:+certs = $CERT} }
    $([ -z "${XAUTH_USER:-}" ] || printf 'local-user {\n auth = xauth\n xauth_id = %s\n }' "$XAUTH_USER")
    remote { auth = $a
      ${RID:+id = $RID}
      ${CACERT:+cacerts = $CACERT}
      ${REVOCATION:+revocation = $REVOCATION} }
    children {
      $(ike_child $1 "${LTS:-dynamic}")
      ${MORE_LTS:+$(ike_child $1-more $MORE_LTS)}
    }
  }
}
secrets {
  ${PSK:+ike-$1 { secret = "$PSK" ${PSK_ID:+id = $PSK_ID} }}
  $([ -z "${XAUTH_USER:-}" ] || printf 'xauth-%s {\n id = %s\n secret = "%s"\n }' "$1" "$XAUTH_USER" "${XAUTH_PASSWORD:-}")
}
S
  sed -i '/updown = $/d' /etc/swanctl/conf.d/$1.conf
  swanctl --load-all --noprompt >/lab/swanctl.out 2>&1 || { cat /lab/swanctl.out; return 1; }
}
ike_child() { # NAME LOCAL-NET
  cat <<S
$1 {
  mode = ${MODE:-tunnel}
  ${ESP:+esp_proposals = $ESP}
  ${AH:+ah_proposals = $AH}
  ${SHORT:+sha256_96 = yes}
  local_ts = $2
  remote_ts = ${RTS:-dynamic}
  start_action = ${START:-none}
  dpd_action = ${DPD_ACTION:-clear}
  rekey_time = ${REKEY_CHILD:-0s}
  life_time = ${LIFE_CHILD:-0s}
  rand_time = 0s
  updown = ${UPDOWN:-}
}
S
}
ike_up() { swanctl --initiate --child "$1" --timeout "${2:-20}" 2>&1; }
sas()    { swanctl --list-sas 2>&1; }
# sa_count: SAs in the kernel
sa_count() { ip xfrm state count | awk '/SAD count/{print $NF}'; }


# ---- L2TP client ------------------------------------------------------------
# l2tp_client SERVER USER PASSWORD pap|chap|mschap|mschap-v2: xl2tpd, always from port 1701; l2tp_dial brings ppp0 up
#  TUNNEL_SECRET   both ends of the tunnel prove that they know it
#  REDIAL=1        what has ended is dialled again, and silence is found by echo requests
l2tp_client() {
  local refused method i
  mods ppp_generic ppp_async pppox l2tp_core l2tp_ppp || return 1
  [ -e /dev/ppp ] || mknod /dev/ppp c 108 0
  cat > /etc/xl2tpd/xl2tpd.conf <<S
[global]
port = 1701
access control = no
auth file = /etc/xl2tpd/l2tp-secrets
[lac vpn]
lns = $1
name = $2
pppoptfile = /etc/ppp/options.vpn
length bit = yes
${TUNNEL_SECRET:+challenge = yes
}${REDIAL:+redial = yes
redial timeout = 2
max redials = 200
}
S
  # All of a line behind the second name is the secret.
  echo "* * ${TUNNEL_SECRET:-}" > /etc/xl2tpd/l2tp-secrets
  refused=; for method in eap pap chap mschap mschap-v2; do [ $method = "$4" ] || refused="$refused
refuse-$method"; done
  cat > /etc/ppp/options.vpn <<S
name $2
noauth
ipcp-accept-local
ipcp-accept-remote
noccp
nodefaultroute
usepeerdns
mtu 1400
mru 1400
debug
${REDIAL:+lcp-echo-interval 5
lcp-echo-failure 3
}${PPP6:++ipv6
}logfile /lab/pppd.log$refused
S
  printf '"%s" * "%s" *\n' "$2" "$3" | tee /etc/ppp/chap-secrets > /etc/ppp/pap-secrets
  mkdir -p /run/xl2tpd
  xl2tpd -D -c /etc/xl2tpd/xl2tpd.conf >/lab/xl2tpd.log 2>&1 &
  for i in {1..50}; do [ -p /run/xl2tpd/l2tp-control ] && return; sleep 0.1; done
  return 1
}
l2tp_dial()    { echo "c vpn" > /run/xl2tpd/l2tp-control; }
l2tp_hang_up() { echo "d vpn" > /run/xl2tpd/l2tp-control; }
# A session that was dialled again may have another interface.
ppp_dev()      { ip -4 -br addr | awk '/^ppp.* peer /{print $1; exit}'; }
ppp_up()       { [ -n "$(ppp_dev)" ]; }
ppp_address()  { ip -4 addr show dev "$(ppp_dev)" | awk '/inet /{print $2}'; }
ppp_address6() { ip -6 -o addr show dev "$(ppp_dev)" scope global dynamic | awk '{sub("/.*", "", $4); print $4; exit}'; }
ppp_route()    { local n; for n in "$@"; do ip route replace "$n" dev "$(ppp_dev)"; done; }

# tunnel gre|ipip DEV LOCAL REMOTE ADDR [key N] [csum] [seq]
tunnel() {
  local t=$1 d=$2 l=$3 r=$4 a=$5; shift 5
  case $t in gre) modprobe ip_gre;; ipip) modprobe ipip;; esac
  ip link add "$d" type "$t" local "$l" remote "$r" ttl 64 "$@" && sysctl -qw "net.ipv6.conf.$d.disable_ipv6=1" \
    && ip addr add "$a" dev "$d" && ip link set "$d" up
}
tunnel_guard() { # PROTOCOL: block it both ways unless it is under IPsec, by policies that any other outranks
  mods xfrm_user
  local d; for d in in out; do ip xfrm policy add src 0.0.0.0/0 dst 0.0.0.0/0 proto "$1" dir $d action block priority 4000000000 || return 1; done
}
