/* SPDX-License-Identifier: Apache-2.0 */
/* The rules: one line for each id that a reply may name. */
#include "admission/admission.h"

const struct rule_info admission_rules[] = {
	{ "API001", "the object, and what it embeds, is valid by its own API",
	  "what the schema of the kind accepts; for an embedded object also what Kubernetes and "
	  "Gateway API demand between fields" },
	{ "API002", "no field is unknown",
	  "fields of kubelb.k8c.io/v1alpha1; an unknown field of an embedded object is a warning" },
	{ "ID001", "the writer and the object's identity are what they say",
	  "a tenant's ServiceAccount in its own namespace, an operator anywhere; reserved labels "
	  "absent or true, origin labels as they were created; embedded objects from namespaces of "
	  "the tenant's own cluster" },
	{ "ST001", "a status is the hub's",
	  "status written by the hub alone, and nothing else with it; no field of it is a "
	  "tenant's" },
	{ "LB001", "every port leads to a port of every endpoint group",
	  "at least one port; per group a port of its name and protocol, or lists of one length" },
	{ "LB002", "ports can be listened on",
	  "1 to 65535; TCP or UDP; each name, and each port with protocol, once" },
	{ "LB003", "the type is one that the hub serves",
	  "ClusterIP, LoadBalancer, or NodePort, unless loadBalancer.disable or "
	  "loadBalancer.disableNodePort is set" },
	{ "LB004", "endpoints lie outside the hub",
	  "IP addresses that endpointPolicy permits; hostnames under its allowedHostnameSuffixes" },
	{ "LB005", "addresses come from the tenant itself",
	  "addressesReference by the name of an Addresses object of the same namespace; one that "
	  "is not there yet is a warning" },
	{ "LB006", "the hostname is allowed, and the tenant's own",
	  "a DNS name under the tenant's allowedDomains that no other tenant has" },
	{ "LB007", "a tenant has no more than its quota",
	  "what does not grow; else loadBalancer.limit load balancers and gatewayAPI.gateway.limit "
	  "Gateways (no limit by default), ports.limit ports of both (500) and objects.limit "
	  "objects (1024)" },
	{ "RT001", "a Route has exactly one shape",
	  "spec.source.kubernetes.resource or spec.source.kubernetes.ingresses" },
	{ "RT002", "the embedded kind is served and enabled",
	  "Ingress, Gateway, HTTPRoute, GRPCRoute, unless disabled in Config or Tenant" },
	{ "RT003", "every reference into another namespace is granted",
	  "the same namespace, or a ReferenceGrant of the target's namespace" },
	{ "RT004", "Services and annotations carry nothing that reaches further",
	  "Services of type ClusterIP, NodePort or LoadBalancer, each once; annotations that "
	  "neither hold configuration nor decide who may reach an application; what asks for "
	  "addresses, DNS records or certificates is dropped with a warning" },
	{ "RT005", "hosts are allowed, and the tenant's own",
	  "lower-case DNS names under the tenant's allowedDomains that no other tenant has, nor "
	  "covers by a wildcard; a catch-all only under \"**\"" },
	{ "RT006", "a route's parents are the tenant's own",
	  "parentRefs into any namespace of the tenant's own cluster; a parent that is no Gateway "
	  "is ignored" },
	{ "RT007", "every reference to a certificate is granted",
	  "Secrets of the Gateway's namespace, or a ReferenceGrant of the Secret's namespace" },
	{ "RT008", "what the hub alone decides, or does not know, is not acted on",
	  "extensionRef and unknown filters (their rule is answered with 500), requested addresses "
	  "and infrastructure of a Gateway, backends of unknown kinds (500 for their share): each "
	  "with a warning and a condition, none refused" },
	{ "RT009", "an object is of a size that can be served",
	  "at most 64 sources, 256 Services, 256 grants, 128 matches in a route; 256 "
	  "annotations of 16 KiB" },
	{ "SC001", "a Secret is of a type that is copied, once, and orders nothing",
	  "Opaque or kubernetes.io/tls, base64, at most 64 KiB; one SyncSecret for each Secret; "
	  "labels "
	  "and annotations but kubelb.k8c.io/ are dropped" },
	{ "TN001", "settings can be applied",
	  "networks, domains, suffixes, classes and patterns of annotations that can be read; "
	  "Config "
	  "is named default; what Config denies or disables stays so whatever a Tenant says" },
	{ 0 },
};
