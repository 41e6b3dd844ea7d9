/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base64.h"

#include <string.h>

#include "tests/unit/suite.h"

static bool decode(const char *text, struct buf *out)
{
	return base64_decode(text, strlen(text), out);
}

/* The vectors of RFC 4648 §10. */
START_TEST(decode_vectors_bytes)
{
	static const struct {
		const char *text, *bytes;
	} vectors[] = {
		{ "", "" },
		{ "Zg==", "f" },
		{ "Zm8=", "fo" },
		{ "Zm9v", "foo" },
		{ "Zm9vYg==", "foob" },
		{ "Zm9vYmE=", "fooba" },
		{ "Zm9vYmFy", "foobar" },
	};

	for (size_t i = 0; i < sizeof(vectors) / sizeof(*vectors); i++) {
		CLEANUP(buf_done) struct buf out = { 0 };

		ck_assert(decode(vectors[i].text, &out));
		ck_assert_str_eq(buf_text(&out), vectors[i].bytes);
	}
}
END_TEST

START_TEST(decode_malformed_refused_and_unchanged)
{
	static const char *const texts[] = { "Z",      "Zg=",  "Zg",	   "Z===", "====",
					     "Zm9v\n", "Z g=", "Zg==Zg==", "Zm-_" };
	CLEANUP(buf_done) struct buf out = { 0 };

	buf_puts(&out, "kept");
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		ck_assert_msg(!decode(texts[i], &out), "%s", texts[i]);
	ck_assert_str_eq(buf_text(&out), "kept");
}
END_TEST

START_TEST(encode_every_length_decoded_again)
{
	static const char *const texts[] = { "", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		CLEANUP(buf_done) struct buf text = { 0 };

		ck_assert(base64_encode("foob", i, &text));
		ck_assert_str_eq(buf_text(&text), texts[i]);
	}
}
END_TEST

SUITE(base_base64, encode_every_length_decoded_again, decode_vectors_bytes,
      decode_malformed_refused_and_unchanged)
