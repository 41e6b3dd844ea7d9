/* SPDX-License-Identifier: Apache-2.0 */
/* What a pass says of an object: reasons for people, Kubernetes conditions, needs. */
#pragma once

#include "api/endpoint.h"
#include "translate/translate.h"

/* Adds a reason to those that the outcome has; past a few hundred characters the rest is left out. */
void report_reason(struct arena *arena, struct outcome *outcome, const char *format, ...)
	FORMAT(3, 4);

/* Adds what the outcome does not have yet. */
void report_need(struct arena *arena, struct outcome *outcome, enum ir_list list, const char *name);
void report_address(struct arena *arena, struct outcome *outcome, const char *ip, uint16_t port,
		    const char *protocol);

/* Gives the tree to the arena. */
json_t *report_adopt(struct arena *arena, json_t *tree);

/* Appends a condition without lastTransitionTime; generation 0 is left out. */
void report_condition(json_t *conditions, const char *type, bool status, const char *reason,
		      const char *message, int64_t generation);

/* {"ingress": [{"ip", "ports": [{"port", "protocol"}]}]} of the outcome's addresses, without address
 * the list is empty. The caller's. */
json_t *report_load_balancer(const struct outcome *outcome);
