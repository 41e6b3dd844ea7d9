# SPDX-License-Identifier: Apache-2.0
def rotate_under_writes(hub):
    return []
