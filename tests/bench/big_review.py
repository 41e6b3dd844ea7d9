#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes an AdmissionReview of about 95 KB to stdout: a tenant's controller updates a Route whose
HTTPRoute has as many rules and matches as the API allows, with the old object and managedFields."""
import json
import sys

NAMESPACE = "tenant-primary"
GROUP = "kubelb.k8c.io"
RULES = 16
MATCHES = 8


def match(rule, number):
    return {
        "path": {"type": "PathPrefix", "value": f"/api/v{rule}/resource-{number}"},
        "method": "GET",
        "headers": [
            {"type": "Exact", "name": "x-tenant-version", "value": f"v{rule}"},
            {"type": "Exact", "name": "x-canary", "value": f"canary-{number}"},
        ],
        "queryParams": [{"type": "Exact", "name": "shard", "value": f"{rule}-{number}"}],
    }


def rule(number):
    return {
        "name": f"rule-{number}",
        "matches": [match(number, i) for i in range(MATCHES)],
        "filters": [
            {
                "type": "RequestHeaderModifier",
                "requestHeaderModifier": {
                    "set": [{"name": "x-rule", "value": f"rule-{number}"}],
                    "remove": ["x-internal"],
                },
            }
        ],
        "backendRefs": [
            {"group": "", "kind": "Service", "name": f"backend-{number}", "port": 8080, "weight": 90},
            {"group": "", "kind": "Service", "name": f"canary-{number}", "port": 8080, "weight": 10},
        ],
        "timeouts": {"request": "10s", "backendRequest": "5s"},
    }


def service(name, node_port):
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": "shop", "labels": {"app": name}},
        "spec": {
            "type": "NodePort",
            "ports": [
                {"name": "http", "port": 8080, "protocol": "TCP", "targetPort": 8080, "nodePort": node_port}
            ],
        },
    }


def fields(value):
    """What managedFields say of a value: one entry for each field in it."""
    if not isinstance(value, dict):
        return {}
    return {".": {}} | {f"f:{key}": fields(member) for key, member in value.items()}


def route(generation):
    services = [service(f"{kind}-{i}", 30000 + 2 * i + j)
                for i in range(RULES) for j, kind in enumerate(("backend", "canary"))]
    result = {
        "apiVersion": f"{GROUP}/v1alpha1",
        "kind": "Route",
        "metadata": {
            "name": "shop-route",
            "namespace": NAMESPACE,
            "uid": "a1b2c3d4-0000-4000-8000-000000000002",
            "generation": generation,
            "creationTimestamp": "2026-11-22T12:00:00Z",
            "labels": {f"{GROUP}/origin-name": "shop", f"{GROUP}/origin-ns": "shop"},
        },
        "spec": {
            "endpoints": [
                {
                    "addresses": [{"ip": f"10.20.0.{i}"} for i in range(1, 11)],
                    "ports": [{"name": "http", "port": 30000, "protocol": "TCP"}],
                }
            ],
            "source": {
                "kubernetes": {
                    "resource": {
                        "apiVersion": "gateway.networking.k8s.io/v1",
                        "kind": "HTTPRoute",
                        "metadata": {"name": "shop", "namespace": "shop", "generation": generation},
                        "spec": {
                            "parentRefs": [
                                {"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": "web"}
                            ],
                            "hostnames": ["shop.example.com"],
                            "rules": [rule(i) for i in range(RULES)],
                        },
                    },
                    "services": services,
                }
            },
        },
    }
    result["metadata"]["managedFields"] = [
        {
            "manager": "ccm",
            "operation": "Update",
            "apiVersion": f"{GROUP}/v1alpha1",
            "time": "2026-11-22T12:00:00Z",
            "fieldsType": "FieldsV1",
            "fieldsV1": {"f:spec": fields(result["spec"])},
        }
    ]
    return result


kind = {"group": GROUP, "version": "v1alpha1", "kind": "Route"}
resource = {"group": GROUP, "version": "v1alpha1", "resource": "routes"}
review = {
    "kind": "AdmissionReview",
    "apiVersion": "admission.k8s.io/v1",
    "request": {
        "uid": "705ab4f5-6393-11e8-b7cc-42010a800003",
        "kind": kind,
        "resource": resource,
        "requestKind": kind,
        "requestResource": resource,
        "name": "shop-route",
        "namespace": NAMESPACE,
        "operation": "UPDATE",
        "userInfo": {
            "username": f"system:serviceaccount:{NAMESPACE}:kubelb-ccm",
            "uid": "5e2f6a0e-7b0d-4b0e-8a67-6d6e2e1a3a11",
            "groups": [
                "system:serviceaccounts",
                f"system:serviceaccounts:{NAMESPACE}",
                "system:authenticated",
            ],
        },
        "object": route(2),
        "oldObject": route(1),
        "dryRun": False,
        "options": {"kind": "UpdateOptions", "apiVersion": "meta.k8s.io/v1"},
    },
}
json.dump(review, sys.stdout, separators=(",", ":"))
