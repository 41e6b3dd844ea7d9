/* SPDX-License-Identifier: Apache-2.0 */
/* One line on stderr per event worth an operator's eye; never a secret, never a forged line:
 * control characters are escaped. Any thread. */
#pragma once

#include "base/cleanup.h"

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

/* What is written from now on; INFO at start. */
void log_set_level(enum log_level level);

void log_error(const char *format, ...) FORMAT(1, 2);
void log_warning(const char *format, ...) FORMAT(1, 2);
void log_info(const char *format, ...) FORMAT(1, 2);
void log_debug(const char *format, ...) FORMAT(1, 2);
