/* SPDX-License-Identifier: Apache-2.0 */
/* kubelb check: the chain's verdict on manifests, without a cluster and without Envoy. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "api/gateway.h"
#include "base/arena.h"
#include "base/log.h"
#include "base/str.h"
#include "cmd/check_input.h"
#include "cmd/check_print.h"
#include "cmd/cmd.h"
#include "manager/attempt.h"
#include "manager/operator.h"
#include "webhooks/webhooks.h"

static const char usage_text[] =
	"usage: kubelb check [OPTIONS] FILE...\n"
	"\n"
	"Judges manifests by the rules of the hub. FILE is a file, a folder or - for standard "
	"input;\n"
	"all are one set, and a Config or Tenants among them are the policy. A folder laid out as\n"
	"for `kubelb run` brings its tenants with it.\n"
	"\n"
	"  --policy DIR         Config and Tenants from there, if FILE has none of their name\n"
	"  --tenant NAME        whose the objects are (default: metadata.namespace: "
	"tenant-<name>)\n"
	"  -o, --output FORMAT  text (default), json: JSON Lines, or github: annotations\n"
	"  --list-rules         list every rule and leave\n"
	"  -h, --help           this text\n"
	"\n"
	"Leaves with 0 when nothing is refused, 1 when something is, 2 when an input is "
	"unusable.\n";

struct check_options {
	const char *policy, *tenant;
	enum check_format format;
	bool list_rules;
};

enum { OPTION_POLICY = 256, OPTION_TENANT, OPTION_RULES };

static const struct option long_options[] = {
	{ "policy", required_argument, NULL, OPTION_POLICY },
	{ "tenant", required_argument, NULL, OPTION_TENANT },
	{ "output", required_argument, NULL, 'o' },
	{ "list-rules", no_argument, NULL, OPTION_RULES },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

/* Everything that lives as long as the check. */
struct check {
	struct check_input input;
	struct operator_records *operator_records;
	struct store *store;	/* nothing is stored before */
	struct record **tables; /* one per group */
	struct judgement **judgements;
	struct check_lines lines;
};

static int usage_error(const char *what, const char *value)
{
	fprintf(stderr, "kubelb check: %s%s\n\n%s", what, value, usage_text);
	return EXIT_UNUSABLE;
}

static bool parse_format(const char *text, enum check_format *ret)
{
	static const char *const names[] = { "text", "json", "github" };

	for (int i = 0; i < 3; i++)
		if (str_equal(text, names[i])) {
			*ret = (enum check_format)i;
			return true;
		}
	return false;
}

/* -1: go on; else the exit status. */
static int parse_options(int argc, char **argv, struct check_options *ret)
{
	int option;

	optind = 1;
	while ((option = getopt_long(argc, argv, "o:h", long_options, NULL)) != -1) {
		switch (option) {
		case OPTION_POLICY:
			ret->policy = optarg;
			break;
		case OPTION_TENANT:
			ret->tenant =
				tenant_of_namespace(optarg) ? tenant_of_namespace(optarg) : optarg;
			break;
		case 'o':
			if (!parse_format(optarg, &ret->format))
				return usage_error("-o takes text, json or github, not ", optarg);
			break;
		case OPTION_RULES:
			ret->list_rules = true;
			break;
		case 'h':
			fputs(usage_text, stdout);
			return EXIT_CLEAN;
		default:
			fputs(usage_text, stderr);
			return EXIT_UNUSABLE;
		}
	}
	if (ret->tenant && !*ret->tenant)
		return usage_error("--tenant takes a name", "");
	if (optind == argc && !ret->list_rules)
		return usage_error("no FILE is given", "");
	return -1;
}

/* Is there an object of this kind and name among the operator's files? */
static bool among_files(const struct check_input *input, const struct folder_document *wanted)
{
	CLEANUP(json_decref) json_t *a = json_loads(wanted->text, JSON_DECODE_ANY, NULL);
	const char *name = json_text(json_object_get(a, "metadata"), "name");

	for (size_t i = 0; i < input->operator_files.count; i++) {
		const struct folder_file *file = &input->operator_files.items[i];

		for (size_t j = 0; j < file->count; j++) {
			CLEANUP(json_decref)
			json_t *b = json_loads(file->documents[j].text, JSON_DECODE_ANY, NULL);

			if (kind_of(a) == kind_of(b) &&
			    str_equal(name, json_text(json_object_get(b, "metadata"), "name")))
				return true;
		}
	}
	return false;
}

/* Judges Config and Tenants as the operator's writes. Those of --policy are told of only when they are
 * refused. */
static void judge_operator(struct check *check)
{
	struct check_input *input = &check->input;
	LIST_OF(struct folder_file)
	files = { input->operator_files.items, input->operator_files.count };

	for (size_t i = 0; i < input->policy_files.count; i++) {
		const struct folder_file *file = &input->policy_files.items[i];

		for (size_t j = 0; j < file->count; j++)
			if (!among_files(input, &file->documents[j]))
				LIST_APPEND(input->arena, &files,
					    (struct folder_file){ .path = file->path,
								  .documents = &file->documents[j],
								  .count = 1 });
	}
	operator_records_run_files(check->operator_records, files.items, files.count);
	for (const struct record *record = operator_records_all(check->operator_records); record;
	     record = record->hh.next) {
		bool own = true;

		for (size_t i = 0; i < input->policy_files.count; i++)
			own = own && !str_equal(record->file, input->policy_files.items[i].path);
		if (own || record->result == RECORD_REFUSED)
			LIST_APPEND(input->arena, &check->lines,
				    (struct check_line){ .tenant = "", .record = record });
	}
}

/* Groups that we read kinds of: an unknown kind there is a slip, unless it is one of these. */
static bool is_slip(const struct record *record)
{
	static const char *const known[] = { "ListenerSet",
					     "BackendTLSPolicy",
					     "NetworkPolicy",
					     "IngressClass",
					     "IPAddress",
					     "ServiceCIDR",
					     NULL };
	char group[256];

	group_of(record->api_version, group, sizeof(group));
	return (str_equal(group, GATEWAY_GROUP) || str_equal(group, "networking.k8s.io") ||
		str_equal(group, "extensions")) &&
	       !str_in(record->type, known);
}

/* What `run` ignores is a warning here, or a refusal where it can only be a slip. */
static void tell_ignored(struct record *record, struct arena *arena)
{
	const char *reason = record->reason;

	if (record->kind == KIND_UNKNOWN && is_slip(record)) {
		record_cause(record, "API001", "kind",
			     arena_printf(arena,
					  "Unsupported: %s: %s has no such kind in this version",
					  problem_quote(arena, record->type ? record->type : ""),
					  record->api_version));
		record->result = RECORD_REFUSED;
	} else if (reason) {
		record_warning(record, reason);
	}
}

static void judge_group(struct check *check, size_t index)
{
	struct check_input *input = &check->input;
	const struct check_group *group = &input->groups.items[index];
	struct attempt attempt = {
		.arena = input->arena,
		.tenant = group->tenant,
		.any_class = true,
		.judge = { .handlers = webhooks,
			   .policy = operator_records_policy(check->operator_records),
			   .serial = 1,
			   .store = check->store,
			   .namespace = arena_printf(input->arena, TENANT_NAMESPACE_PREFIX "%s",
						     group->tenant) },
		.records = &check->tables[index],
		.judgements = &check->judgements[index],
		.first = true,
	};

	attempt_read_files(&attempt, group->files.items, group->files.count);
	attempt_judge(&attempt);
	for (struct record *record = check->tables[index]; record; record = record->hh.next) {
		if (record->result == RECORD_IGNORED)
			tell_ignored(record, input->arena);
		LIST_APPEND(input->arena, &check->lines,
			    (struct check_line){ .tenant = group->tenant, .record = record });
	}
}

static int exit_status(const struct check *check)
{
	if (check->input.unusable)
		return EXIT_UNUSABLE;
	for (size_t i = 0; i < check->lines.count; i++)
		if (check->lines.items[i].record->result == RECORD_REFUSED)
			return EXIT_REFUSED;
	return EXIT_CLEAN;
}

static int run(struct check *check, const struct check_options *options)
{
	size_t groups = check->input.groups.count;
	int status;

	check->operator_records = operator_records_new(webhooks, NULL, 0);
	check->store = store_new();
	check->tables = arena_alloc(check->input.arena, groups + 1, sizeof(struct record *));
	check->judgements = arena_alloc(check->input.arena, groups + 1, sizeof(struct judgement *));
	judge_operator(check);
	for (size_t i = 0; i < groups; i++)
		judge_group(check, i);
	check_print(&check->input, options->format, &check->lines);
	status = exit_status(check);
	for (size_t i = 0; i < groups; i++) {
		judgements_free(&check->judgements[i]);
		records_free(&check->tables[i]);
	}
	store_free(check->store);
	operator_records_free(check->operator_records);
	return status;
}

int cmd_check(int argc, char **argv)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct check check = { .input = { .arena = arena } };
	struct check_options options = { 0 };
	int status = parse_options(argc, argv, &options);

	if (status >= 0)
		return status;
	if (options.list_rules) {
		check_print_rules(options.format);
		return EXIT_CLEAN;
	}
	log_set_level(LOG_ERROR);
	check.input.tenant = options.tenant;
	if (options.policy && !check_input_add_policy(&check.input, options.policy))
		return EXIT_UNUSABLE;
	for (int i = optind; i < argc; i++)
		check_input_add(&check.input, argv[i]);
	if (check.input.tenant_needed)
		return EXIT_UNUSABLE;
	if (!check.input.objects && !check.input.unusable) {
		fputs("kubelb check: there is no object in what is given\n", stderr);
		return EXIT_UNUSABLE;
	}
	return run(&check, &options);
}
