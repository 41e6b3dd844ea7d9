-- SPDX-License-Identifier: Apache-2.0
-- wrk: every request posts the review in the file that REVIEW names, as the API server does.
local file = assert(io.open(os.getenv("REVIEW"), "rb"))
wrk.method = "POST"
wrk.body = file:read("*a")
wrk.headers["Content-Type"] = "application/json"
file:close()
