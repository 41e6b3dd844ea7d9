/* SPDX-License-Identifier: Apache-2.0 */
/* What a YAML scalar means. The rules are those of sigs.k8s.io/yaml (go-yaml v2, resolve.go), which
 * kubectl reads manifests with. */
#include "json/scalar.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

#define TAG(name) "tag:yaml.org,2002:" name

static const char *const words_null[] = { "", "~", "null", "Null", "NULL", NULL };
static const char *const words_true[] = { "true", "True", "TRUE", "y",	"Y",  "yes",
					  "Yes",  "YES",  "on",	  "On", "ON", NULL };
static const char *const words_false[] = { "false", "False", "FALSE", "n",   "N",   "no",
					   "No",    "NO",    "off",   "Off", "OFF", NULL };
static const char *const words_not_json[] = { ".nan",  ".NaN",	".NAN",	 ".inf",  ".Inf",
					      ".INF",  "+.inf", "+.Inf", "+.INF", "-.inf",
					      "-.Inf", "-.INF", NULL };

/* Digits of the base up to the end; the sign is already taken off. */
static bool digits_read(const char *p, unsigned base, uint64_t *ret, bool *ret_overflow)
{
	uint64_t number = 0;
	unsigned digit;

	*ret_overflow = false;
	if (!*p)
		return false;
	for (; *p; p++) {
		if (!isxdigit((unsigned char)*p))
			return false;
		digit = (unsigned)(isdigit((unsigned char)*p) ? *p - '0' : (*p | 0x20) - 'a' + 10);
		if (digit >= base)
			return false;
		*ret_overflow |= number > (UINT64_MAX - digit) / base;
		number = number * base + digit;
	}
	*ret = number;
	return true;
}

/* True where text is an integer, which *ret holds unless it overflows. */
static bool integer_read(const char *p, int64_t *ret, bool *ret_overflow)
{
	bool negative = *p == '-';
	unsigned base = 10;
	uint64_t number;

	if (*p == '-' || *p == '+')
		p++;
	if (p[0] == '0' && p[1]) {
		base = strchr("xX", p[1]) ? 16 : strchr("bB", p[1]) ? 2 : 8;
		p += strchr("xXbBoO", p[1]) ? 2 : 1;
	}
	if (!digits_read(p, base, &number, ret_overflow))
		return false;
	*ret_overflow |= number > (uint64_t)INT64_MAX + negative;
	*ret = (int64_t)(negative ? -number : number);
	return true;
}

static const char *skip_digits(const char *p)
{
	while (isdigit((unsigned char)*p))
		p++;
	return p;
}

/* Digits with a point and an exponent, each optional. One that overflows is a text. */
static bool float_read(const char *text, double *ret)
{
	const char *p = text + (*text == '-' || *text == '+');
	const char *whole = p;

	p = skip_digits(p);
	if (p == whole && !(p[0] == '.' && isdigit((unsigned char)p[1])))
		return false;
	if (*p == '.')
		p = skip_digits(p + 1);
	if (*p == 'e' || *p == 'E') {
		p += p[1] == '-' || p[1] == '+' ? 2 : 1;
		if (!isdigit((unsigned char)*p))
			return false;
		p = skip_digits(p);
	}
	*ret = strtod(text, NULL);
	return *p == '\0' && isfinite(*ret);
}

/* Underscores separate digits: anywhere in what starts with a digit or sign, between two digits in
 * what starts with a point. */
static bool strip_underscores(const char *text, struct buf *number)
{
	for (const char *p = text; *p; p++) {
		if (*p != '_')
			buf_putc(number, *p);
		else if (*text == '.' &&
			 !(isdigit((unsigned char)p[-1]) && isdigit((unsigned char)p[1])))
			return false;
	}
	return true;
}

static int number_resolve(struct scalar *scalar, struct error *err)
{
	CLEANUP(buf_done) struct buf number = { 0 };
	bool overflow;

	if (!strip_underscores(scalar->text, &number))
		return 0;
	if (integer_read(buf_text(&number), &scalar->integer, &overflow)) {
		if (overflow)
			/* What it is nobody is told: it may be a Secret's. */
			return error_set(
				err, ERROR_INVALID,
				"the integer is beyond 64 bits; quote it to make it a text");
		scalar->kind = SCALAR_INTEGER;
	} else if (float_read(buf_text(&number), &scalar->number)) {
		scalar->kind = SCALAR_FLOAT;
	}
	return 0;
}

static int untagged_resolve(struct scalar *scalar, struct error *err)
{
	char first = scalar->text[0];
	/* The words are short; most of the scalars of a large text are none. */
	bool word = scalar->length <= strlen("false");

	if (word && str_in(scalar->text, words_null)) {
		scalar->kind = SCALAR_NULL;
	} else if (word &&
		   (str_in(scalar->text, words_true) || str_in(scalar->text, words_false))) {
		scalar->kind = SCALAR_BOOL;
		scalar->truth = str_in(scalar->text, words_true);
	} else if (word && str_in(scalar->text, words_not_json)) {
		return error_set(err, ERROR_INVALID,
				 "%s is no number in JSON; quote it to make it a text",
				 scalar->text);
	} else if (first == '+' || first == '-' || first == '.' || isdigit((unsigned char)first)) {
		return number_resolve(scalar, err);
	}
	return 0;
}

static const struct {
	const char *tag;
	enum scalar_kind kind;
	const char *what;
} typed_tags[] = {
	{ TAG("null"), SCALAR_NULL, "null" },
	{ TAG("bool"), SCALAR_BOOL, "true or false" },
	{ TAG("int"), SCALAR_INTEGER, "an integer" },
	{ TAG("float"), SCALAR_FLOAT, "a number" },
};

/* Any other tag, be it !!str or one of an application's, makes a text. */
static int tagged_resolve(struct scalar *scalar, const char *tag, struct error *err)
{
	int r;

	if (str_equal(tag, TAG("binary")))
		return error_set(err, ERROR_INVALID,
				 "!!binary is not read; write the base64 text without a tag");
	for (size_t i = 0; i < sizeof(typed_tags) / sizeof(*typed_tags); i++) {
		if (!str_equal(tag, typed_tags[i].tag))
			continue;
		r = untagged_resolve(scalar, err);
		if (r < 0)
			return r;
		if (typed_tags[i].kind == scalar->kind ||
		    (typed_tags[i].kind == SCALAR_FLOAT && scalar->kind == SCALAR_INTEGER))
			return 0;
		return error_set(err, ERROR_INVALID,
				 "the value has the tag !!%s; write %s or drop the tag",
				 tag + strlen(TAG("")), typed_tags[i].what);
	}
	return 0;
}

int scalar_resolve(const char *text, size_t length, const char *tag, bool plain, struct scalar *ret,
		   struct error *err)
{
	struct scalar scalar = { .kind = SCALAR_STRING, .text = text, .length = length };
	int r = 0;

	if (memchr(text, '\0', length))
		return error_set(err, ERROR_INVALID,
				 "a text cannot hold the character NUL; remove it");
	if ((plain || str_equal(tag, TAG("merge"))) && str_equal(text, "<<"))
		scalar.kind = SCALAR_MERGE;
	else if (tag)
		r = tagged_resolve(&scalar, tag, err);
	else if (plain)
		r = untagged_resolve(&scalar, err);
	if (r < 0)
		return r;
	*ret = scalar;
	return 0;
}

json_t *scalar_value(const struct scalar *scalar)
{
	const double exact = 9007199254740992.0;

	switch (scalar->kind) {
	case SCALAR_NULL:
		return json_null();
	case SCALAR_BOOL:
		return json_boolean(scalar->truth);
	case SCALAR_INTEGER:
		return json_integer(scalar->integer);
	case SCALAR_FLOAT:
		if (fabs(scalar->number) <= exact &&
		    (double)(int64_t)scalar->number == scalar->number)
			return json_integer((json_int_t)scalar->number);
		return json_real(scalar->number);
	case SCALAR_STRING:
	case SCALAR_MERGE:
		break;
	}
	return json_stringn(scalar->text, scalar->length);
}

/* The shortest text that reads back as the same single-precision number, with an exponent from six
 * digits on: Go's FormatFloat(x, 'g', -1, 32). */
static void float_key(double number, struct buf *buf)
{
	float single = (float)number;
	int64_t exponent = 0;
	int digits = 0;
	char text[64];
	const char *power;

	if (!isfinite(single)) {
		buf_puts(buf, number < 0 ? "-.inf" : ".inf");
		return;
	}
	do
		snprintf(text, sizeof(text), "%.*e", digits, (double)single);
	while (digits++ < 9 &&
	       memcmp(&(float){ strtof(text, NULL) }, &single, sizeof(single)) != 0);
	digits--;
	power = strchr(text, 'e') + 1;
	str_to_number(power + (*power == '+'), -99, 99, &exponent);
	if (exponent >= -4 && exponent < 6)
		snprintf(text, sizeof(text), "%.*f", digits > exponent ? digits - (int)exponent : 0,
			 (double)single);
	buf_puts(buf, text);
}

bool scalar_key(const struct scalar *scalar, struct buf *buf)
{
	switch (scalar->kind) {
	case SCALAR_NULL:
		return false;
	case SCALAR_BOOL:
		return buf_puts(buf, scalar->truth ? "true" : "false");
	case SCALAR_INTEGER:
		return buf_printf(buf, "%lld", (long long)scalar->integer);
	case SCALAR_FLOAT:
		float_key(scalar->number, buf);
		return true;
	case SCALAR_STRING:
	case SCALAR_MERGE:
		break;
	}
	return buf_add(buf, scalar->text, scalar->length);
}
