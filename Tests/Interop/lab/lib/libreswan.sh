# Libreswan as a peer (bash), sourced inside a guest. Its package and strongSwan's exclude each other, so `install` unpacks it into
# $LAB_CACHE/libreswan on the host, and the guest puts that over its own root.

# libreswan: start pluto.
libreswan() {
  cp -a "$1/." / || return 1
  ldconfig
  mods xfrm_user esp4 ah4 authenc cbc hmac 2>/dev/null
  modprobe -a des_generic md5 sha1_generic sha256_generic sha512_generic echainiv seqiv gcm ctr xfrm4_tunnel 2>/dev/null
  mkdir -p /run/pluto /var/lib/ipsec/nss
  cat > /etc/ipsec.conf <<S
config setup
	logfile=/lab/pluto.log
	plutodebug=none
	ikev1-policy=accept
	uniqueids=yes
include /etc/ipsec.d/*.conf
S
  echo 'include /etc/ipsec.d/*.secrets' > /etc/ipsec.secrets
  mkdir -p /etc/ipsec.d
  ipsec initnss >/lab/pluto.out 2>&1 || { cat /lab/pluto.out; return 1; }
  ipsec pluto --config /etc/ipsec.conf >>/lab/pluto.out 2>&1 || { cat /lab/pluto.out; return 1; }
  local i; for i in {1..100}; do [ -S /run/pluto/pluto.ctl ] && return; sleep 0.1; done
  echo "pluto did not start"; cat /lab/pluto.log; return 1
}
# libre_conn NAME: write and load one IKEv1 connection from the variables that ike_conn takes; IKE and ESP in strongSwan's names.
libre_conn() {
  local ike=${IKE/-modp/;modp} esp=${ESP/-modp/;modp}
  case $esp in aes*gcm16*) esp=aes_gcm${esp#aes}; esp=${esp/gcm16/};; esac
  cat > /etc/ipsec.d/$1.conf <<S
conn $1
	ikev2=no
	authby=secret
	type=${MODE:-tunnel}
	aggressive=${AGGR:-no}
	left=$LOCAL
	right=$REMOTE
	${LID:+leftid=@$LID}
	${RID:+rightid=@$RID}
	${LTS:+leftsubnet=$LTS}
	${RTS:+rightsubnet=$RTS}
	ike=$ike
	phase2=${PHASE2:-esp}
	phase2alg=$esp
	$(case $ESP in *modp*) echo pfs=yes;; *) echo pfs=no;; esac)
	encapsulation=${ENCAP:-auto}
	ikelifetime=${REKEY_IKE:-1h}
	salifetime=${LIFE_CHILD:-1h}
	${DPD:+dpddelay=$DPD}
	${DPD:+dpdtimeout=$DPD_TIMEOUT}
	${DPD:+dpdaction=clear}
	fragmentation=${FRAGMENTATION:-yes}
	auto=add
S
  sed -i '/^\t$/d' /etc/ipsec.d/$1.conf
  echo "%any %any : PSK \"$PSK\"" > /etc/ipsec.d/$1.secrets
  ipsec auto --rereadsecrets >/lab/whack.out 2>&1
  ipsec auto --replace "$1" >>/lab/whack.out 2>&1 || { cat /lab/whack.out; return 1; }
}
libre_up()   { timeout "${2:-20}" ipsec auto --up "$1" 2>&1; }
libre_down() { ipsec auto --down "$1" >/dev/null 2>&1; ipsec auto --delete "$1" >/dev/null 2>&1; }
libre_sas()  { ipsec trafficstatus 2>&1; }
