/* SPDX-License-Identifier: Apache-2.0 */
/* Scope-bound release of what a function owns, and handing it out of the scope. */
#pragma once

/* Runs `<type>_cleanup(&variable)` when the variable leaves its scope. */
#define CLEANUP(function) __attribute__((cleanup(function##_cleanup)))

/* Defines what CLEANUP(function) calls: function(value) for every value that is not NULL. */
#define CLEANUP_DEFINE(function, type)                        \
	static inline void function##_cleanup(type *variable) \
	{                                                     \
		if (*variable)                                \
			function(*variable);                  \
	}

/* Moves a pointer out of a variable: the value is returned, the variable becomes NULL. */
#define take(pointer)                                   \
	__extension__({                                 \
		__typeof__(pointer) taken_ = (pointer); \
		(pointer) = NULL;                       \
		taken_;                                 \
	})

#define FORMAT(string, first) __attribute__((format(printf, string, first)))
#define MUST_CHECK __attribute__((warn_unused_result))
