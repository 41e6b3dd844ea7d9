#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Issues and rotates the certificates of the guard: a CA with its serving pair and, on request, a CA
# with the client pair that the API server shows; as files or as Secrets.
#
# Everything that should be in force is one state, kept with the CA's keys in the authority and
# replaced as a whole. What servers and API servers read is only ever a copy of it. So a run that was
# ended anywhere leaves what was in force, and the next run goes on from the state.
#
# A new CA comes in three steps, each visible in the state:
#   *-next.*  it is in the bundles and signs nothing
#   promoted  its pair is in force, the CA before it is still in the bundles (*-old.crt)
#   dropped   it is alone
set -eu
umask 077

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=certs/kubernetes.sh disable=SC1091
. "$here/kubernetes.sh"

usage() {
	cat <<'END'
usage: rotate.sh [COMMAND] --dir DIR [OPTION...]
       rotate.sh [COMMAND] --secret NAME --namespace NAMESPACE [OPTION...]

Issues and rotates the guard's certificates on the curve P-256. A second run does nothing.

commands
  rotate        do what is due: issue what is missing, renew what runs out, replace a CA that runs
                out, drop a CA whose time is over, go on where a run was ended (default)
  renew         rotate, and issue new pairs now
  rotate-ca     rotate, and replace the CAs now
  drop-old      rotate, and drop the CAs before the present ones now
  status        print what is in force; exit 1 when something is due

files
  --dir DIR                 tls.crt, tls.key, ca.crt (the bundle); with --client also client.crt,
                            client.key, client-ca.crt. Links through DIR/..data, which is replaced
                            in one step
  --authority DIR           where the CA's keys are kept [DIR/authority]
  --owner USER[:GROUP]      owner of the files of DIR, not of the authority

Kubernetes (kubectl, or what KUBECTL names)
  --secret NAME             a Secret of type kubernetes.io/tls with ca.crt and, with --client,
                            client-ca.crt; the client pair is the Secret NAME-client
  --namespace NAMESPACE     where it is [kubelb]
  --authority DIR           where the CA's keys are kept [the Secret NAME-authority]
  --webhook-configuration NAME
                            the ValidatingWebhookConfiguration and the MutatingWebhookConfiguration
                            of this name get the bundle as the caBundle of each webhook
  --kubeconfig FILE, --context NAME
                            for kubectl

certificates
  --dns NAME, --ip ADDRESS  names of the serving pair, each once or more [those it has; for a
                            Secret kubelb-manager.NAMESPACE.svc]
  --client                  a client CA and a client pair as well; once made they are kept up
  --client-name NAME        common name of the client pair [the one it has; kube-apiserver]
  --only serving|client     renew, rotate-ca and drop-old: this one alone
  --days N                  life of a pair [90]
  --renew-before N          renew a pair that many days before its end [30]
  --ca-days N               life of a CA [1825]
  --ca-renew-before N       replace a CA that many days before its end [180]
  --overlap N               keep the CA before in the bundles for so many days [7]; 0: until the
                            next run
  --settle SECONDS          wait between the new bundle and the first pair that needs it, for all
                            who read the bundle [10; 150 for the client CA in a Secret]

  --dry-run                 say what would be done, change nothing
  --quiet                   say nothing but errors
  -h, --help                print this

exit status: 0 done, or nothing was due; 1 failed, or (status) something is due; 2 wrong arguments;
3 another run holds the lock.
END
}

say() {
	[ -n "$quiet" ] || echo "$*"
}

# Of what is done, or with --dry-run would be.
did() {
	told=yes
	say "${dry_run:+would }$*"
}

die() {
	echo "rotate.sh: $*" >&2
	exit 1
}

misused() {
	echo "rotate.sh: $*; see rotate.sh --help" >&2
	exit 2
}

# Arguments

command=
dir=
secret=
namespace=kubelb
authority=
configuration=
owner=
names=
with_client=
client_name=
only=
days=90
renew_before=30
ca_days=1825
ca_renew_before=180
overlap=7
settle=
dry_run=
quiet=
told=
kubeconfig=
context=

add_name() {
	case $1 in
	DNS) case $2 in '' | *[!a-z0-9.*-]* | -* | .*) misused "--dns '$2' is no DNS name" ;; esac ;;
	IP) case $2 in '' | *[!0-9a-fA-F.:]*) misused "--ip '$2' is no IP address" ;; esac ;;
	esac
	names="$names$1:$2
"
}

# need_number OPTION VALUE LEAST
need_number() {
	case $2 in '' | *[!0-9]* | ??????* | 0?*) misused "$1 '$2' is no number from $3 to 99999" ;; esac
	[ "$2" -ge "$3" ] || misused "$1 has to be $3 or more"
}

parse_arguments() {
	while [ $# -gt 0 ]; do
		case $1 in
		--*=*)
			option=${1%%=*}
			value=${1#*=}
			shift
			set -- "$option" "$value" "$@"
			continue
			;;
		--client) with_client=yes ;;
		--dry-run) dry_run=yes ;;
		--quiet) quiet=yes ;;
		-h | --help) usage && exit 0 ;;
		--*)
			[ $# -gt 1 ] || misused "$1 needs a value, or is unknown"
			parse_option "$1" "$2"
			shift
			;;
		rotate | renew | rotate-ca | drop-old | status)
			[ -z "$command" ] || misused "one command at a time: $command, $1"
			command=$1
			;;
		*) misused "what is '$1'?" ;;
		esac
		shift
	done
}

# shellcheck disable=SC2034 # kubernetes.sh reads the rest
parse_option() {
	[ -n "$2" ] || misused "$1 needs a value"
	case $1 in
	--dir) dir=$2 ;;
	--secret) secret=$2 ;;
	--namespace) namespace=$2 ;;
	--authority) authority=$2 ;;
	--webhook-configuration) configuration=$2 ;;
	--owner) owner=$2 ;;
	--dns) add_name DNS "$2" ;;
	--ip) add_name IP "$2" ;;
	--client-name) client_name=$2 ;;
	--only) only=$2 ;;
	--days) days=$2 ;;
	--renew-before) renew_before=$2 ;;
	--ca-days) ca_days=$2 ;;
	--ca-renew-before) ca_renew_before=$2 ;;
	--overlap) overlap=$2 ;;
	--settle) settle=$2 ;;
	--kubeconfig) kubeconfig=$2 ;;
	--context) context=$2 ;;
	*) misused "unknown option $1" ;;
	esac
}

check_arguments() {
	need_number --days "$days" 1
	need_number --renew-before "$renew_before" 0
	need_number --ca-days "$ca_days" 1
	need_number --ca-renew-before "$ca_renew_before" 0
	need_number --overlap "$overlap" 0
	need_number --settle "${settle:-0}" 0
	[ "$renew_before" -lt "$days" ] || misused "--renew-before has to be less than --days"
	# A pair never outlives its CA.
	[ "$ca_renew_before" -ge "$days" ] || ca_renew_before=$days
	[ "$ca_renew_before" -lt "$ca_days" ] ||
		misused "--ca-days has to be more than --ca-renew-before and --days"
	case $only in '' | serving | client) ;; *) misused "--only is serving or client" ;; esac
	case $client_name in -* | *[!a-zA-Z0-9.:@_-]*) misused "--client-name '$client_name' is no name" ;; esac
	case $secret in *[!a-z0-9.-]* | -*) misused "--secret '$secret' is no name" ;; esac
	case $namespace in '' | *[!a-z0-9-]* | -*) misused "--namespace '$namespace' is no name" ;; esac
	case $configuration in *[!a-z0-9.-]* | -*)
		misused "--webhook-configuration '$configuration' is no name" ;;
	esac
	case ${dir:+dir}${secret:+secret} in
	dir)
		[ -z "$configuration" ] || misused "--webhook-configuration goes with --secret"
		authority=${authority:-$dir/authority}
		;;
	secret) [ -z "$owner" ] || misused "--owner goes with --dir" ;;
	*) misused "give --dir DIR or --secret NAME" ;;
	esac
	command=${command:-rotate}
}

# Certificates. A role is "serving" or "client"; its files are <ca>.crt, <ca>.key, <pair>.crt ...

ca_of() {
	case $1 in serving) echo ca ;; client) echo client-ca ;; esac
}

pair_of() {
	case $1 in serving) echo tls ;; client) echo client ;; esac
}

has_role() {
	[ "$1" = serving ] || [ -n "$with_client" ] || [ -e "$state/client-ca.crt" ]
}

asked_for() {
	[ "$command" = "$1" ] && { [ -z "$only" ] || [ "$only" = "$2" ]; }
}

# date_in SECONDS: as openssl ca wants it
date_in() {
	date -u -d "@$(($(date +%s) + $1))" +%Y%m%d%H%M%SZ
}

# sign CSR CRT DAYS EXTENSIONS ARGUMENT...: from an hour ago, because clocks differ.
sign() {
	csr=$1 crt=$2 life=$3 extensions=$4
	shift 4
	: >"$work/index"
	cat >"$work/ca.conf" <<END
[ca]
default_ca = ca
[ca]
database = $work/index
new_certs_dir = $work
rand_serial = yes
unique_subject = no
default_md = sha256
policy = policy
x509_extensions = extensions
[policy]
commonName = supplied
[extensions]
$extensions
END
	openssl ca -batch -notext -config "$work/ca.conf" -in "$csr" -out "$crt" \
		-startdate "$(date_in -3600)" -enddate "$(date_in $((life * 86400)))" "$@" \
		>"$work/openssl" 2>&1 || { cat "$work/openssl" >&2; die "openssl could not sign"; }
}

# new_key KEY CSR COMMON-NAME
new_key() {
	printf '[req]\nprompt = no\ndistinguished_name = name\n[name]\ncommonName = %s\n' "$3" \
		>"$work/req.conf"
	if ! openssl ecparam -genkey -name prime256v1 -noout -out "$1" 2>"$work/openssl" ||
		! openssl req -new -config "$work/req.conf" -key "$1" -out "$2" 2>"$work/openssl"; then
		cat "$work/openssl" >&2
		die "openssl could not make a key"
	fi
}

# make_ca ROLE FILE: FILE.crt and FILE.key in the state. The name differs from CA to CA: a verifier
# that looks one up by its name finds the right one.
make_ca() {
	new_key "$work/new.key" "$work/new.csr" \
		"kubelb $1 CA $(date -u +%Y-%m-%d) $(openssl rand -hex 4)"
	sign "$work/new.csr" "$work/new.crt" "$ca_days" 'basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash' -selfsign -keyfile "$work/new.key"
	mv "$work/new.crt" "$state/$2.crt"
	mv "$work/new.key" "$state/$2.key"
}

make_pair() {
	ca=$(ca_of "$1") pair=$(pair_of "$1")
	case $1 in
	serving)
		common_name="kubelb guard"
		alternative=$(printf %s "$names" | tr '\n' ',')
		special="extendedKeyUsage = serverAuth
subjectAltName = ${alternative%,}"
		printf %s "$names" >"$state/tls.names"
		;;
	client)
		common_name=$client_name
		echo "$client_name" >"$state/client.name"
		special='extendedKeyUsage = clientAuth'
		;;
	esac
	new_key "$work/new.key" "$work/new.csr" "$common_name"
	sign "$work/new.csr" "$work/new.crt" "$days" "basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
$special" -cert "$state/$ca.crt" -keyfile "$state/$ca.key"
	mv "$work/new.crt" "$state/$pair.crt"
	mv "$work/new.key" "$state/$pair.key"
}

# ends_within CRT DAYS
ends_within() {
	! openssl x509 -in "$1" -noout -checkend $(($2 * 86400)) >/dev/null 2>&1
}

end_of() {
	openssl x509 -in "$1" -noout -enddate 2>/dev/null | sed 's/^notAfter=//'
}

# belong_together CRT KEY
belong_together() {
	public=$(openssl x509 -in "$1" -noout -pubkey 2>/dev/null) && [ -n "$public" ] &&
		[ "$public" = "$(openssl pkey -in "$2" -pubout 2>/dev/null)" ]
}

# signed_by CA CRT PURPOSE: today or not
signed_by() {
	openssl verify -no_check_time -purpose "$3" -CAfile "$1" "$2" >/dev/null 2>&1
}

# What is due. Each prints why, and nothing when it is not.

why_new_ca() {
	ca=$(ca_of "$1")
	if asked_for rotate-ca "$1"; then
		echo "as asked"
	elif ! belong_together "$state/$ca.crt" "$state/$ca.key"; then
		echo "its key is not there"
	elif ends_within "$state/$ca.crt" "$ca_renew_before"; then
		echo "it ends $(end_of "$state/$ca.crt")"
	fi
}

why_new_pair() {
	ca=$(ca_of "$1") pair=$(pair_of "$1")
	case $1 in serving) purpose=sslserver ;; client) purpose=sslclient ;; esac
	if [ ! -s "$state/$pair.crt" ] || [ ! -s "$state/$pair.key" ]; then
		echo "there is none"
	elif ! belong_together "$state/$pair.crt" "$state/$pair.key"; then
		echo "its key is another's"
	elif ! signed_by "$state/$ca.crt" "$state/$pair.crt" "$purpose"; then
		echo "it is not of the CA"
	elif ends_within "$state/$pair.crt" "$renew_before"; then
		echo "it ends $(end_of "$state/$pair.crt")"
	elif [ "$1" = serving ] &&
		[ "$(sort -u "$state/tls.names" 2>/dev/null)" != "$(printf %s "$names" | sort -u)" ]; then
		echo "its names change"
	elif [ "$1" = client ] && [ "$(cat "$state/client.name" 2>/dev/null)" != "$client_name" ]; then
		echo "its name changes"
	elif asked_for renew "$1"; then
		echo "as asked"
	fi
}

why_drop_old() {
	ca=$(ca_of "$1")
	[ -e "$state/$ca-old.crt" ] || return 0
	if asked_for drop-old "$1"; then
		echo "as asked"
	elif [ "$(date +%s)" -ge "$(cat "$state/$ca-old.until" 2>/dev/null || echo 0)" ]; then
		echo "its overlap is over"
	fi
}

bundle_of() {
	ca=$(ca_of "$1")
	cat "$state/$ca.crt"
	[ ! -e "$state/$ca-next.crt" ] || cat "$state/$ca-next.crt"
	[ ! -e "$state/$ca-old.crt" ] || cat "$state/$ca-old.crt"
}

# The steps of a rotation, each on the state alone.

changed=
# step TEXT: tells it, and whether it is to be done
step() {
	did "$1"
	changed=yes
	[ -z "$dry_run" ]
}

prepare_ca() {
	ca=$(ca_of "$1")
	why=$(why_drop_old "$1")
	if [ -n "$why" ] && step "drop the $1 CA before the present one: $why"; then
		rm -f "$state/$ca-old.crt" "$state/$ca-old.until"
	fi
	if [ -e "$state/$ca-next.crt" ] && ! belong_together "$state/$ca-next.crt" "$state/$ca-next.key" &&
		step "drop the next $1 CA: its key is not there"; then
		rm -f "$state/$ca-next.crt" "$state/$ca-next.key"
	fi
	if [ ! -s "$state/$ca.crt" ]; then
		! step "issue the $1 CA: there is none" || make_ca "$1" "$ca"
	elif [ -e "$state/$ca-next.crt" ]; then
		did "go on replacing the $1 CA"
	else
		why=$(why_new_ca "$1")
		[ -n "$why" ] || return 0
		! step "issue a new $1 CA beside the present one: $why" || make_ca "$1" "$ca-next"
		[ -z "$dry_run" ] || did "put it and a pair of it in force then"
	fi
}

# Until a new CA is promoted, which issues a pair anyway, the one there is stays.
prepare_pair() {
	ca=$(ca_of "$1")
	[ ! -e "$state/$ca-next.crt" ] || [ ! -s "$state/$(pair_of "$1").crt" ] || return 0
	if [ -n "$dry_run" ] && [ ! -s "$state/$ca.crt" ]; then
		did "issue the $1 pair: there is none"
		return
	fi
	[ -z "$dry_run" ] || ! asked_for rotate-ca "$1" || return 0
	why=$(why_new_pair "$1")
	[ -z "$why" ] || ! step "issue the $1 pair: $why" || make_pair "$1"
}

promote() {
	ca=$(ca_of "$1")
	did "put the new $1 CA and its pair in force; the one before is trusted for $overlap days more"
	cat "$state/$ca.crt" >>"$state/$ca-old.crt"
	echo $(($(date +%s) + overlap * 86400)) >"$state/$ca-old.until"
	mv "$state/$ca-next.crt" "$state/$ca.crt"
	mv "$state/$ca-next.key" "$state/$ca.key"
	make_pair "$1"
}

# Files

# replace_link LINK TARGET: in one step.
replace_link() {
	rm -f "$1.new"
	ln -s "$2" "$1.new"
	mv -T "$1.new" "$1"
}

# What a killed run left, and generations older than the one before: a reader may still be in that.
# Where nothing is current, nothing is known to be one.
# remove_leftovers FOLDER PREFIX CURRENT BEFORE
remove_leftovers() {
	[ -n "$3" ] || return 0
	for old in "$1/$2"*; do
		case ${old##*/} in "$3" | "$4" | "$2*") ;; *) rm -rf "$old" ;; esac
	done
}

# store FOLDER PREFIX LINK FROM: the files of FROM become FOLDER/LINK as a whole.
store() {
	before=$(readlink "$1/$3" || :)
	generation=$2$(date -u +%Y%m%dT%H%M%S).$(openssl rand -hex 4)
	cp -pR "$4" "$1/$generation"
	sync "$1/$generation"/* "$1/$generation"
	replace_link "$1/$3" "$generation"
	sync "$1"
	remove_leftovers "$1" "$2" "$generation" "$before"
}

# same_files A B: the same names with the same content
same_files() {
	[ -d "$2" ] && diff -r "$1" "$2" >/dev/null 2>&1
}

# render FOLDER ROLE...: what is to lie in the folder or in a Secret, with its modes.
render() {
	folder=$1
	shift
	rm -rf "$folder"
	mkdir "$folder"
	for role; do
		has_role "$role" || continue
		bundle_of "$role" >"$folder/$(ca_of "$role").crt"
		pair=$(pair_of "$role")
		cp "$state/$pair.crt" "$state/$pair.key" "$folder"
	done
	chmod 644 "$folder"/*.crt
	chmod 600 "$folder"/*.key
	chmod 755 "$folder"
}

publish_files() {
	[ -n "$dry_run" ] || rm -f "$dir/..data.new"
	for file in "$work/out"/*; do
		name=${file##*/}
		[ ! -e "$dir/$name" ] || [ -L "$dir/$name" ] ||
			die "$dir/$name is not of rotate.sh: move it away, or choose another --dir"
	done
	if ! same_files "$work/out" "$dir/..data"; then
		did "write $dir"
		[ -z "$dry_run" ] || return 0
		[ -z "$owner" ] || chown -R "$owner" "$work/out"
		store "$dir" ..generation- ..data "$work/out"
	fi
	for file in "$work/out"/*; do
		name=${file##*/}
		[ -n "$dry_run" ] || [ -L "$dir/$name" ] || replace_link "$dir/$name" "..data/$name"
	done
}

# The state, the lock

published() {
	if [ -n "$secret" ]; then kube_get secret "$secret" -n "$namespace" -o name; else readlink "$dir/..data" || :; fi
}

load_state() {
	if [ -n "$authority" ]; then
		[ ! -d "$authority/current" ] || cp -p "$authority/current"/* "$state"
	else
		load_state_secret
	fi
	[ ! -s "$state/ca.crt" ] || return 0
	# A CA without an overlap would let down all who trust what is there.
	there=$(published)
	[ -z "$there" ] || die "there are certificates in ${dir:-$there}, and their CA is not in" \
		"${authority:-the Secret $secret-authority}: name it or restore it, or take them away"
}

save_state() {
	if [ -n "$authority" ]; then
		chmod 700 "$state"
		store "$authority" generation- current "$state"
		remove_leftovers "$authority" generation- "$(readlink "$authority/current")" ""
	else
		save_state_secret
	fi
}

busy() {
	echo "rotate.sh: another run is at work: $*" >&2
	exit 3
}

lock_authority() {
	[ -z "$dir" ] || [ -d "$dir" ] || (umask 022 && mkdir -p "$dir") || die "cannot make $dir"
	{ mkdir -p "$authority" && chmod 700 "$authority" && : >>"$authority/lock"; } ||
		die "cannot write in $authority"
	exec 9>>"$authority/lock"
	flock -n 9 || busy "see $authority/lock"
	rm -rf "$authority"/work.* "$authority/current.new"
	remove_leftovers "$authority" generation- "$(readlink "$authority/current" || :)" ""
}

# On no disk, where there is a way.
work_in_memory() {
	work=$(mktemp -d -p /dev/shm 2>/dev/null) || work=$(mktemp -d)
}

# Keys are worked on where they lie, if they lie in files.
lock() {
	if [ "$command" = status ] || [ -n "$dry_run" ]; then
		work_in_memory
	elif [ -n "$authority" ]; then
		lock_authority
		work=$(mktemp -d "$authority/work.XXXXXX")
		[ -z "$secret" ] || lock_secret
	else
		work_in_memory
		lock_secret
	fi
}

cleanup() {
	[ -z "${sleeping:-}" ] || kill "$sleeping" 2>/dev/null || :
	[ -z "${locked:-}" ] || unlock_secret
	[ -z "${work:-}" ] || rm -rf "$work"
}

# The whole

choose_names() {
	client_name=${client_name:-$(cat "$state/client.name" 2>/dev/null || echo kube-apiserver)}
	[ -n "$names" ] || ! [ -s "$state/tls.names" ] || names="$(cat "$state/tls.names")
"
	[ -n "$names" ] || [ -z "$secret" ] || add_name DNS "kubelb-manager.$namespace.svc"
	[ -n "$names" ] || [ "$command" = status ] || misused "name the server: --dns or --ip"
}

publish() {
	render "$work/out" serving client
	if [ -n "$dir" ]; then
		publish_files
	else
		render "$work/serving" serving
		! has_role client || {
			render "$work/client" client
			for file in crt key; do mv "$work/client/client.$file" "$work/client/tls.$file"; done
			mv "$work/client/client-ca.crt" "$work/client/ca.crt"
		}
		publish_kubernetes
	fi
}

wait_for_readers() {
	seconds=$settle
	if [ -z "$seconds" ]; then
		seconds=10
		[ -z "$secret" ] || [ ! -e "$state/client-ca-next.crt" ] || seconds=150
	fi
	say "the new CA is in the bundles; waiting $seconds s for all who read them"
	# In the background, so that a signal is heeded; without the lock, which ends with this run.
	sleep "$seconds" 9>&- &
	sleeping=$!
	wait "$sleeping"
	sleeping=
}

finish_rotation() {
	[ -e "$state/ca-next.crt" ] || [ -e "$state/client-ca-next.crt" ] || return 0
	wait_for_readers
	for role in serving client; do
		[ ! -e "$state/$(ca_of $role)-next.crt" ] || promote $role
	done
	save_state
	publish
}

rotate() {
	for role in serving client; do
		has_role $role || continue
		prepare_ca $role
		prepare_pair $role
	done
	# Without the changes the state that would be published is not known.
	if [ -z "$dry_run" ]; then
		[ -z "$changed" ] || save_state
		publish
		finish_rotation
	elif [ -z "$changed" ]; then
		publish
	fi
	[ -n "$told" ] || say "nothing is due"
}

status() {
	due=0
	for role in serving client; do
		has_role $role || continue
		ca=$(ca_of $role) pair=$(pair_of $role)
		for file in "$ca" "$ca-next" "$ca-old" "$pair"; do
			[ ! -s "$state/$file.crt" ] || echo "$file.crt ends $(end_of "$state/$file.crt")"
		done
		why=
		if [ -s "$state/$ca.crt" ]; then
			why=$(why_new_ca $role)
			[ -z "$why" ] || echo "due: a new $role CA: $why"
		fi
		pair_why=$(why_new_pair $role)
		[ -z "$pair_why" ] || echo "due: a new $role pair: $pair_why"
		old_why=$(why_drop_old $role)
		[ -z "$old_why" ] || echo "due: the $role CA before goes: $old_why"
		[ ! -e "$state/$ca-next.crt" ] || why="it is being replaced"
		[ -z "$why$pair_why$old_why" ] || due=1
	done
	[ ! -s "$state/tls.names" ] || echo "names: $(tr '\n' ' ' <"$state/tls.names")"
	return $due
}

main() {
	parse_arguments "$@"
	check_arguments
	for tool in openssl flock ${secret:+"${KUBECTL:-kubectl}"}; do
		command -v "$tool" >/dev/null || die "$tool is missing"
	done
	trap cleanup EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	lock
	state=$work/state
	mkdir "$state"
	load_state
	choose_names
	if [ "$command" = status ]; then status; else rotate; fi
}

main "$@"
