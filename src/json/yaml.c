/* SPDX-License-Identifier: Apache-2.0 */
/* YAML text to JSON trees: libyaml's events, its errors in words for people, and the line of a path. */
#include "json/yaml.h"

#include <ctype.h>
#include <limits.h>
#include <string.h>
#include <yaml.h>

#include "base/memory.h"
#include "base/str.h"
#include "json/canonical.h"
#include "json/scalar.h"
#include "json/yaml_path.h"
#include "json/yaml_tree.h"

#define DIRECTIVES_MAX 100

/* The parser and its current event. */
struct events {
	yaml_parser_t parser;
	yaml_event_t event;
	const char *text;
	size_t length;
};

static struct mark mark_of(const yaml_mark_t *mark)
{
	const unsigned max = UINT_MAX - 1;

	return (struct mark){
		.line = (mark->line < max ? (unsigned)mark->line : max) + 1,
		.column = (mark->column < max ? (unsigned)mark->column : max) + 1,
	};
}

static void events_init(struct events *events, const char *text, size_t length)
{
	*events = (struct events){ .text = text, .length = length };
	if (!yaml_parser_initialize(&events->parser))
		memory_exhausted();
	/* Without this a byte order mark could switch to UTF-16. */
	yaml_parser_set_encoding(&events->parser, YAML_UTF8_ENCODING);
	if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		events->text += 3;
		events->length -= 3;
	}
	yaml_parser_set_input_string(&events->parser, (const unsigned char *)events->text,
				     events->length);
}

static void events_done_cleanup(struct events *events)
{
	yaml_event_delete(&events->event);
	yaml_parser_delete(&events->parser);
}

static bool events_next(struct events *events)
{
	yaml_event_delete(&events->event);
	if (yaml_parser_parse(&events->parser, &events->event))
		return true;
	if (events->parser.error == YAML_MEMORY_ERROR)
		memory_exhausted();
	memset(&events->event, 0, sizeof(events->event));
	return false;
}

/* What would be right, by how libyaml's words begin. */
static const struct {
	const char *problem;
	const char *hint;
} hints[] = {
	{ "found character that cannot start",
	  "indent with spaces, not tabs; quote a text that starts with '@', '`' or '%'" },
	{ "mapping values are not allowed",
	  "check the indentation, or quote a text that holds ': '" },
	{ "could not find expected ':'", "write 'key: value', or quote a text over several lines" },
	{ "did not find expected key", "start the keys of one mapping in the same column" },
	{ "did not find expected '-'", "start the items of one list in the same column" },
	{ "did not find expected ',' or ']'", "separate items with ',' and end the list with ']'" },
	{ "did not find expected ',' or '}'",
	  "separate members with ',' and end the mapping with '}'" },
	{ "did not find expected <document", "separate documents with a line '---'" },
	{ "block sequence entries", "put '- ' on a line of its own, or quote it" },
	{ "found unexpected end of stream", "end the text with its quote" },
	{ "found unexpected document", "end the text with its quote before '---'" },
	{ "did not find expected node", "end the list with ']', the mapping with '}'" },
	{ "found undefined tag handle", "use no tag, or !!str, !!int, !!float, !!bool, !!null" },
	{ "found unknown escape",
	  "write a backslash in double quotes as \\\\, or use single quotes" },
	{ "found invalid Unicode", "write the character itself" },
	{ "control characters", "write it as an escape in double quotes" },
	{ "invalid leading UTF-8", "save the text as UTF-8" },
	{ "invalid trailing UTF-8", "save the text as UTF-8" },
	{ "incomplete UTF-8", "save the text as UTF-8" },
	{ "invalid length of a UTF-8", "save the text as UTF-8" },
	{ "invalid Unicode character", "save the text as UTF-8" },
};

static const char *hint_for(const char *problem)
{
	for (size_t i = 0; i < sizeof(hints) / sizeof(*hints); i++)
		if (str_has_prefix(problem, hints[i].problem))
			return hints[i].hint;
	return "correct the syntax here";
}

/* libyaml knows a byte that it cannot read by its offset alone. */
static struct mark mark_of_offset(const struct events *events, size_t offset)
{
	struct mark mark = { 1, 1 };

	for (size_t i = 0; i < offset && i < events->length; i++) {
		mark.column++;
		if (events->text[i] == '\n')
			mark = (struct mark){ mark.line + 1, 1 };
	}
	return mark;
}

static int events_error(const struct events *events, struct error *err)
{
	const yaml_parser_t *parser = &events->parser;
	const char *problem = parser->problem ? parser->problem : "this is not YAML";
	struct mark mark = mark_of(&parser->problem_mark);

	if (parser->error == YAML_READER_ERROR)
		mark = mark_of_offset(events, parser->problem_offset);
	else if (parser->context && parser->context_mark.line != parser->problem_mark.line)
		return mark_error(mark, err, ERROR_INVALID, "%s, %s that starts in line %u; %s",
				  problem, parser->context, mark_of(&parser->context_mark).line,
				  hint_for(problem));
	return mark_error(mark, err, ERROR_INVALID, "%s; %s", problem, hint_for(problem));
}

static int event_resolve(const yaml_event_t *event, struct scalar *ret, struct error *err)
{
	return scalar_resolve((const char *)event->data.scalar.value, event->data.scalar.length,
			      (const char *)event->data.scalar.tag,
			      event->data.scalar.plain_implicit, ret, err);
}

static int read_scalar(struct yaml_tree *tree, const yaml_event_t *event, struct error *err)
{
	struct mark mark = mark_of(&event->start_mark);
	struct scalar scalar;
	struct error why;

	if (event->data.scalar.length > YAML_SCALAR_MAX)
		return mark_error(mark, err, ERROR_TOO_LARGE,
				  "a text of %zu bytes is too long; at most %lu are read",
				  event->data.scalar.length, YAML_SCALAR_MAX);
	if (event_resolve(event, &scalar, &why) < 0)
		return mark_error(mark, err, why.code, "%s", why.text);
	return yaml_tree_scalar(tree, &scalar, (const char *)event->data.scalar.anchor, mark, err);
}

static int read_document_start(const yaml_event_t *event, unsigned index, struct error *err)
{
	if (index < YAML_DOCUMENTS_MAX)
		return 0;
	return mark_error(mark_of(&event->start_mark), err, ERROR_TOO_LARGE,
			  "too many documents; at most %d are read from one text",
			  YAML_DOCUMENTS_MAX);
}

static void documents_add(struct yaml_documents *documents, json_t *root, unsigned line,
			  unsigned index)
{
	documents->items =
		memory_resize(documents->items, documents->count + 1, sizeof(*documents->items));
	documents->items[documents->count++] =
		(struct yaml_document){ .root = root, .line = line, .index = index };
}

static void read_document_end(struct yaml_tree *tree, unsigned index,
			      struct yaml_documents *documents)
{
	struct mark start;
	json_t *root = yaml_tree_take(tree, &start);

	if (root)
		documents_add(documents, root, start.line, index);
}

static int read_event(struct yaml_tree *tree, const yaml_event_t *event, unsigned *index,
		      struct yaml_documents *documents, struct error *err)
{
	struct mark mark = mark_of(&event->start_mark);

	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		return read_document_start(event, *index, err);
	case YAML_DOCUMENT_END_EVENT:
		read_document_end(tree, (*index)++, documents);
		return 0;
	case YAML_SCALAR_EVENT:
		return read_scalar(tree, event, err);
	case YAML_ALIAS_EVENT:
		return yaml_tree_alias(tree, (const char *)event->data.alias.anchor, mark, err);
	case YAML_SEQUENCE_START_EVENT:
		return yaml_tree_open(tree, JSON_ARRAY,
				      (const char *)event->data.sequence_start.anchor, mark, err);
	case YAML_MAPPING_START_EVENT:
		return yaml_tree_open(tree, JSON_OBJECT,
				      (const char *)event->data.mapping_start.anchor, mark, err);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return yaml_tree_close(tree, err);
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
		return 0;
	}
	return 0;
}

/* libyaml compares every %TAG directive of a document with all before it. */
static int directives_within_ceiling(const char *text, size_t length, struct error *err)
{
	const char *p = text, *end = text + length;
	size_t count = 0;

	for (; (p = memmem(p, (size_t)(end - p), "%TAG", 4)); p++)
		count += p == text || strchr("\r\n", p[-1]) || (unsigned char)p[-1] >= 0x80;
	if (count <= DIRECTIVES_MAX)
		return 0;
	return error_set(err, ERROR_TOO_LARGE,
			 "line 1, column 1: %zu %%TAG directives; at most %d are read", count,
			 DIRECTIVES_MAX);
}

static int read_all(const char *text, size_t length, struct yaml_documents *documents,
		    struct error *err)
{
	CLEANUP(yaml_tree_free) struct yaml_tree *tree = yaml_tree_new();
	CLEANUP(events_done) struct events events = { 0 };
	unsigned index = 0;
	int r;

	r = directives_within_ceiling(text, length, err);
	if (r < 0)
		return r;
	events_init(&events, text, length);
	do {
		if (!events_next(&events))
			return events_error(&events, err);
		r = read_event(tree, &events.event, &index, documents, err);
	} while (r == 0 && events.event.type != YAML_STREAM_END_EVENT);
	return r;
}

/* Some JSON is no YAML for libyaml: characters as two escapes (surrogates), keys beyond 1024 bytes. */
static bool read_as_json(const char *text, size_t length, struct yaml_documents *documents)
{
	size_t start = 0;
	unsigned line = 1;
	json_t *root;

	for (; start < length && isspace((unsigned char)text[start]); start++)
		line += text[start] == '\n';
	if (start == length || (text[start] != '{' && text[start] != '['))
		return false;
	if (json_parse(text, length, &root, NULL) < 0)
		return false;
	documents_add(documents, root, line, 0);
	return true;
}

int yaml_read(const char *text, size_t length, struct yaml_documents *ret, struct error *err)
{
	CLEANUP(yaml_documents_done) struct yaml_documents documents = { 0 };
	struct error why;
	int r;

	if (length > YAML_TEXT_MAX)
		return error_set(err, ERROR_TOO_LARGE,
				 "the text has %zu bytes; at most %lu are read", length,
				 YAML_TEXT_MAX);
	r = read_all(text, length, &documents, &why);
	if (r == -(int)ERROR_INVALID) {
		yaml_documents_done(&documents);
		if (read_as_json(text, length, &documents))
			r = 0;
	}
	if (r < 0)
		return error_set(err, why.code, "%s", why.text);
	*ret = documents;
	documents = (struct yaml_documents){ 0 };
	return 0;
}

void yaml_documents_done(struct yaml_documents *documents)
{
	for (size_t i = 0; i < documents->count; i++)
		json_decref(documents->items[i].root);
	free(documents->items);
	*documents = (struct yaml_documents){ 0 };
}

/* A path followed through the events of one document: only the innermost container that lies on the
 * path is known, everything beside the path is skipped. */
struct search {
	const char *path;      /* what is left of it */
	struct yaml_step step; /* the first of that, in the container */
	bool mapping;	       /* the container is one */
	bool has_key;	       /* of a mapping: a key was read, its value comes next */
	bool key_matches;
	unsigned key_line;
	size_t items; /* of a sequence: those already seen */
	bool at_root;
	unsigned skipping; /* open containers beside the path */
	unsigned line;
};

static void search_key(struct search *search, const yaml_event_t *event)
{
	CLEANUP(buf_done) struct buf key = { 0 };
	struct scalar scalar;

	search->has_key = true;
	search->key_line = mark_of(&event->start_mark).line;
	search->key_matches =
		event->type == YAML_SCALAR_EVENT && event_resolve(event, &scalar, NULL) == 0 &&
		scalar_key(&scalar, &key) && yaml_step_is_key(&search->step, buf_text(&key));
}

/* Is the node that begins here on the path? */
static bool search_matches(struct search *search, const yaml_event_t *event)
{
	unsigned line = mark_of(&event->start_mark).line;
	bool matches = true;

	if (search->at_root) {
		search->at_root = false;
	} else if (search->mapping) {
		matches = search->key_matches;
		line = search->key_line;
	} else {
		matches = yaml_step_is_index(&search->step, search->items++);
	}
	search->has_key = false;
	if (matches)
		search->line = line;
	return matches;
}

/* False when nothing that follows can bring the search nearer. */
static bool search_node(struct search *search, const yaml_event_t *event)
{
	bool opens =
		event->type == YAML_MAPPING_START_EVENT || event->type == YAML_SEQUENCE_START_EVENT;

	if (!search->at_root && search->mapping && !search->has_key) {
		search_key(search, event);
		search->skipping = opens;
		return true;
	}
	if (!search_matches(search, event)) {
		search->skipping = opens;
		return true;
	}
	if (!opens || !yaml_step_next(&search->path, &search->step))
		return false;
	search->mapping = event->type == YAML_MAPPING_START_EVENT;
	search->items = 0;
	return true;
}

static bool search_event(struct search *search, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return search->skipping && search->skipping--;
	case YAML_SEQUENCE_START_EVENT:
	case YAML_MAPPING_START_EVENT:
		return search->skipping ? ++search->skipping : search_node(search, event);
	case YAML_SCALAR_EVENT:
	case YAML_ALIAS_EVENT:
		return search->skipping || search_node(search, event);
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
	case YAML_DOCUMENT_START_EVENT:
		return true;
	case YAML_DOCUMENT_END_EVENT:
		return false;
	}
	return false;
}

bool yaml_locate(const char *text, size_t length, unsigned document, const char *path,
		 unsigned *ret_line)
{
	CLEANUP(events_done) struct events events = { 0 };
	struct search search = { .path = path, .at_root = true };
	unsigned index = 0;

	if (length > YAML_TEXT_MAX || directives_within_ceiling(text, length, NULL) < 0)
		return false;
	events_init(&events, text, length);
	while (index < document && events_next(&events) &&
	       events.event.type != YAML_STREAM_END_EVENT)
		index += events.event.type == YAML_DOCUMENT_END_EVENT;
	if (index < document)
		return false;
	while (events_next(&events) && events.event.type != YAML_STREAM_END_EVENT)
		if (!search_event(&search, &events.event))
			break;
	if (search.line)
		*ret_line = search.line;
	return search.line != 0;
}
