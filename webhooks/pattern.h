/* SPDX-License-Identifier: Apache-2.0 */
/* Paths and regular expressions of routes: what is wrong with one, in words that follow "must". */
#pragma once

#include <stdbool.h>

#define REGEX_MAX 256

/* Does it hold a character that could end a line or colour a terminal? */
bool text_has_control(const char *text);

/* Of a path that is compared, not searched: absolute and in the form that requests are brought to.
 * NULL: nothing. (Gateway API HTTPPathMatch, Ingress HTTPIngressPath) */
const char *path_fault(const char *path);

/* Of a regular expression in RE2's syntax: a cheap look, which Envoy's own reading follows. NULL:
 * nothing. */
const char *regex_fault(const char *regex);
