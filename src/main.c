/* SPDX-License-Identifier: Apache-2.0 */
/* The table of subcommands. */
#include <stdio.h>

int main(void)
{
	printf("kubelb %s\n", VERSION_TEXT);
	return 0;
}
