#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What rotate.sh does in Kubernetes: Secrets, the caBundle of webhook configurations, and a Lease as
# the lock. Read by rotate.sh, whose variables these are.
# shellcheck disable=SC2154,SC2034

kube() {
	"${KUBECTL:-kubectl}" ${kubeconfig:+"--kubeconfig=$kubeconfig"} ${context:+"--context=$context"} "$@"
}

# Asks for one thing: what it prints, nothing when there is no such thing. Any other failure ends the
# run, so that "no answer" is never taken for "not there".
kube_get() {
	kube get --ignore-not-found "$@" 2>"$work/kubectl" ||
		{ cat "$work/kubectl" >&2; die "kubectl cannot read $1 $2"; }
}

# kube_write VERB ARGUMENT...: a manifest or patch from standard input
kube_write() {
	kube "$@" >"$work/kubectl" 2>&1 || { cat "$work/kubectl" >&2; return 1; }
}

# secret_files NAME FOLDER
secret_files() {
	mkdir -p "$2"
	# shellcheck disable=SC2016 # the template's own variables
	kube_get secret "$1" -n "$namespace" -o \
		'go-template={{range $key, $value := .data}}{{$key}} {{$value}}{{"\n"}}{{end}}' >"$work/data"
	while read -r key value; do
		printf %s "$value" | base64 -d >"$2/$key"
	done <"$work/data"
	rm -f "$work/data"
}

# secret_manifest NAME TYPE FOLDER RESOURCE-VERSION
secret_manifest() {
	printf '{"apiVersion":"v1","kind":"Secret","type":"%s","metadata":{"name":"%s","namespace":"%s"' \
		"$2" "$1" "$namespace"
	printf '%s},"data":{' "${4:+,\"resourceVersion\":\"$4\"}"
	comma=
	for file in "$3"/*; do
		printf '%s"%s":"%s"' "$comma" "${file##*/}" "$(base64 -w 0 "$file")"
		comma=,
	done
	printf '}}\n'
}

# publish_secret NAME FOLDER
publish_secret() {
	rm -rf "$work/there"
	secret_files "$1" "$work/there"
	! same_files "$2" "$work/there" || return 0
	did "write the Secret $namespace/$1"
	[ -z "$dry_run" ] || return 0
	secret_manifest "$1" kubernetes.io/tls "$2" "" |
		kube_write apply --server-side --force-conflicts --field-manager=kubelb-rotate -f - ||
		die "the Secret $namespace/$1 could not be written"
}

configurations() {
	[ -n "$configuration" ] || return 0
	for kind in validatingwebhookconfiguration mutatingwebhookconfiguration; do
		there=$(kube_get $kind "$configuration" -o name)
		[ -z "$there" ] || echo $kind
	done
}

# One line for each webhook: its name and its caBundle, or "-".
bundles_there() {
	kube_get "$1" "$configuration" -o \
		'go-template={{range .webhooks}}{{.name}} {{with .clientConfig.caBundle}}{{.}}{{else}}-{{end}}{{"\n"}}{{end}}'
}

# all_have_bundle KIND BASE64
all_have_bundle() {
	bundles_there "$1" >"$work/bundles"
	while read -r _ there; do
		[ "$there" = "$2" ] || return 1
	done <"$work/bundles"
}

# The names are tested in the patch: a webhook that moved meanwhile makes it fail as a whole.
publish_bundle() {
	wanted=$(base64 -w 0 "$work/out/ca.crt")
	found=$(configurations)
	[ -n "$found" ] || say "there is no webhook configuration $configuration yet"
	for kind in $found; do
		! all_have_bundle "$kind" "$wanted" || continue
		did "give the $kind $configuration the bundle"
		[ -z "$dry_run" ] || continue
		index=0
		comma=
		while read -r name _; do
			printf '%s{"op":"test","path":"/webhooks/%s/name","value":"%s"},' "$comma" $index "$name"
			printf '{"op":"add","path":"/webhooks/%s/clientConfig/caBundle","value":"%s"}' $index "$wanted"
			comma=,
			index=$((index + 1))
		done <"$work/bundles" >"$work/patch"
		printf '[%s]' "$(cat "$work/patch")" |
			kube_write patch "$kind" "$configuration" --type=json --patch-file=/dev/stdin ||
			die "the $kind $configuration could not be patched"
		all_have_bundle "$kind" "$wanted" || die "somebody else changes the $kind $configuration"
	done
	case $found in
	*validating*mutating* | '') ;;
	*) die "of the webhook configurations $configuration there is the $found only" ;;
	esac
}

# The bundle is wider than what it replaces, or its last pair is long out of use: it goes first.
publish_kubernetes() {
	[ -z "$configuration" ] || publish_bundle
	if has_role client; then
		cp "$work/out/client-ca.crt" "$work/serving"
		publish_secret "$secret-client" "$work/client"
	fi
	publish_secret "$secret" "$work/serving"
}

# The authority as a Secret: written only over the version that was read.

load_state_secret() {
	version=$(kube_get secret "$secret-authority" -n "$namespace" -o 'jsonpath={.metadata.resourceVersion}')
	[ -z "$version" ] || secret_files "$secret-authority" "$state"
}

save_state_secret() {
	secret_manifest "$secret-authority" Opaque "$state" "$version" >"$work/manifest"
	if [ -n "$version" ]; then verb=replace; else verb=create; fi
	kube_write "$verb" -f "$work/manifest" ||
		die "the Secret $namespace/$secret-authority could not be written"
	rm -f "$work/manifest"
	version=$(kube_get secret "$secret-authority" -n "$namespace" -o 'jsonpath={.metadata.resourceVersion}')
}

# The lock

# lease_manifest HOLDER RESOURCE-VERSION
lease_manifest() {
	now=$(date -u +%Y-%m-%dT%H:%M:%S.000000Z)
	printf '{"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"%s","namespace":"%s"' \
		"$secret-rotate" "$namespace"
	printf '%s},"spec":{"holderIdentity":"%s","leaseDurationSeconds":%s,"renewTime":"%s"}}\n' \
		"${2:+,\"resourceVersion\":\"$2\"}" "$1" "$lease_seconds" "$now"
}

# A holder that cannot be alive any more: its time is over, or it was a process of this machine.
# lease_is_free HOLDER SECONDS RENEWED
lease_is_free() {
	[ -n "$1" ] && [ "$1" != none ] || return 0
	[ "$(date +%s)" -le $(($(date -d "$3" +%s) + $2)) ] || return 0
	case $1 in "$(uname -n)":*) ! kill -0 "${1##*:}" 2>/dev/null ;; *) return 1 ;; esac
}

# write_lease VERB HOLDER RESOURCE-VERSION
write_lease() {
	lease_manifest "$2" "$3" | kube_write "$1" -f - && return
	! grep -q '(AlreadyExists)\|(Conflict)' "$work/kubectl" || busy "it took the Lease $namespace/$secret-rotate"
	die "the Lease $namespace/$secret-rotate could not be written"
}

lock_secret() {
	lease_seconds=$((${settle:-150} * 2 + 120))
	there=$(kube_get lease "$secret-rotate" -n "$namespace" -o 'go-template={{.metadata.resourceVersion}} {{.spec.holderIdentity}} {{.spec.leaseDurationSeconds}} {{.spec.renewTime}}')
	if [ -z "$there" ]; then
		write_lease create "$(uname -n):$$" ""
	else
		# shellcheck disable=SC2086 # four words
		set -- $there
		lease_is_free "$2" "$3" "$4" || busy "$2 holds the Lease $namespace/$secret-rotate"
		write_lease replace "$(uname -n):$$" "$1"
	fi
	locked=yes
}

unlock_secret() {
	lease_manifest none "" | kube replace -f - >/dev/null 2>&1 || :
}
