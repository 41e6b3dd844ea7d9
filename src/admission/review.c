/* SPDX-License-Identifier: Apache-2.0 */
/* Step 1: what an AdmissionReview asks. Read from the bytes of the body; a tree is built of the objects
 * alone, and of them only of what a rule may read. */
#include <string.h>

#include "admission/steps.h"
#include "api/metadata.h"
#include "base/arena.h"
#include "base/str.h"
#include "json/scan_tree.h"

static const char *const review_keys[] = { "apiVersion", "kind", "request", "response", NULL };
static const char *const request_keys[] = {
	"uid",	     "kind",	  "resource",	 "subResource",	    "name",
	"namespace", "operation", "userInfo",	 "object",	    "oldObject",
	"dryRun",    "options",	  "requestKind", "requestResource", "requestSubResource",
	NULL,
};
static const char *const user_keys[] = { "username", "uid", "groups", "extra", NULL };

static const struct scan_node *member(const struct review *review, const char *key)
{
	return scan_member(&review->scan, review->request, key);
}

/* "" for what is missing or no string. */
static const char *text_at(const struct review *review, const struct scan_node *object,
			   const char *key, struct arena *arena)
{
	const char *text =
		scan_string(&review->scan, scan_member(&review->scan, object, key), arena);

	return text ? text : "";
}

static bool text_is(const struct review *review, const char *key, const char *wanted)
{
	const struct scan_node *node = scan_member(&review->scan, review->scan.nodes, key);

	return node && node->type == SCAN_STRING && node->length == strlen(wanted) &&
	       memcmp(review->scan.text + node->start, wanted, node->length) == 0;
}

/* Whoever sent it may have meant the known key, and whoever reads it after us may take it for that. */
static int refuse_twins(const struct review *review, struct error *err)
{
	const struct scan *scan = &review->scan;
	const char *known = scan_case_twin(scan, scan->nodes, review_keys);

	if (!known)
		known = scan_case_twin(scan, review->request, request_keys);
	if (!known)
		known = scan_case_twin(scan, member(review, "userInfo"), user_keys);
	if (known)
		return error_set(err, ERROR_INVALID,
				 "the AdmissionReview holds a key that differs from '%s' only by "
				 "its case",
				 known);
	return 0;
}

int review_read(const char *body, size_t length, struct review *ret, struct error *err)
{
	CLEANUP(review_done) struct review review = { 0 };
	int r;

	r = scan_text(body, length, SCAN_INTEGERS_ROUND, &review.scan, err);
	if (r < 0)
		return r;
	review.request = scan_member(&review.scan, review.scan.nodes, "request");
	review.uid = member(&review, "uid");
	if (!text_is(&review, "apiVersion", "admission.k8s.io/v1") ||
	    !text_is(&review, "kind", "AdmissionReview"))
		return error_set(err, ERROR_INVALID,
				 "not an AdmissionReview of admission.k8s.io/v1");
	if (scan_member(&review.scan, review.scan.nodes, "response"))
		return error_set(err, ERROR_INVALID, "the AdmissionReview holds a response");
	if (!review.uid || review.uid->type != SCAN_STRING || !review.uid->length)
		return error_set(err, ERROR_INVALID, "the AdmissionReview has no request.uid");
	r = refuse_twins(&review, err);
	if (r < 0)
		return r;
	*ret = review;
	review = (struct review){ 0 };
	return 0;
}

void review_done(struct review *review)
{
	scan_done(&review->scan);
}

static const char *const *groups_of(const struct review *review, const struct scan_node *user,
				    struct arena *arena)
{
	const struct scan *scan = &review->scan;
	const struct scan_node *list = scan_member(scan, user, "groups"), *end;
	struct string_list groups = { 0 };

	if (list && list->type != SCAN_ARRAY)
		list = NULL;
	end = list ? scan_next(scan, list) : NULL;
	for (const struct scan_node *at = list ? list + 1 : NULL; at < end;
	     at = scan_next(scan, at)) {
		const char *group = scan_string(scan, at, arena);

		if (group)
			LIST_APPEND(arena, &groups, group);
	}
	LIST_APPEND(arena, &groups, NULL);
	return groups.items;
}

static bool read_operation(struct admission *admission, const char *text)
{
	if (str_equal(text, "CREATE"))
		admission->operation = OPERATION_CREATE;
	else if (str_equal(text, "UPDATE"))
		admission->operation = OPERATION_UPDATE;
	else if (str_equal(text, "DELETE"))
		admission->operation = OPERATION_DELETE;
	else
		return false;
	return true;
}

static enum kind kind_asked(const struct review *review, struct arena *arena)
{
	const struct scan_node *gvk = member(review, "kind");
	const char *group = text_at(review, gvk, "group", arena);
	const char *version = text_at(review, gvk, "version", arena);

	return kind_find(*group ? arena_printf(arena, "%s/%s", group, version) : version,
			 text_at(review, gvk, "kind", arena));
}

/* Does the path that was asked judge this kind? The Scale of a scale subresource is none of ours. */
static bool check_kind(struct admission *admission, const struct review *review, enum kind kind)
{
	const struct path path = path_key(NULL, "kind");
	const struct path subresource = path_key(NULL, "subResource");

	if (kind == KIND_UNKNOWN || admission->kind == kind)
		return true;
	admission->kind = kind;
	if (*admission->subresource && !str_equal(admission->subresource, "status"))
		admission_refuse_subresource(admission, &subresource);
	else
		problems_add(&admission->problems, "API001", PROBLEM_INVALID, &path,
			     text_at(review, member(review, "kind"), "kind", admission->arena),
			     "must be %s, which is judged at this path", kind_info(kind)->kind);
	return false;
}

/* The request's words about the object have to be the object's own. */
static bool check_agreement(struct admission *admission, const struct review *review,
			    const struct scan_node *judged)
{
	const struct path kind = path_key(NULL, "kind");
	const struct path metadata = path_key(NULL, "metadata");
	const struct path at = path_key(&metadata, "namespace");
	struct arena *arena = admission->arena;
	const char *own_kind = text_at(review, judged, "kind", arena);
	const char *namespace =
		text_at(review, scan_member(&review->scan, judged, "metadata"), "namespace", arena);

	if (kind_find(text_at(review, judged, "apiVersion", arena), own_kind) != admission->kind) {
		problems_add(&admission->problems, "API001", PROBLEM_INVALID, &kind, own_kind,
			     "must be the kind of the request");
		return false;
	}
	if (*namespace && !str_equal(namespace, admission->namespace)) {
		problems_add(&admission->problems, "ID001", PROBLEM_INVALID, &at, namespace,
			     "must be the namespace of the request");
		return false;
	}
	return true;
}

/* What no rule reads is not built: the server's own bookkeeping of who wrote which field, as long as
 * the rest. */
static int build(struct admission *admission, const struct review *review,
		 const struct scan_node *node, const struct scan_node *without,
		 struct scan_tree *ret, json_t **ret_json, struct error *err)
{
	const struct scan *scan = &review->scan;
	const struct scan_node *metadata = scan_member(scan, node, "metadata");
	size_t used = arena_used(admission->arena), max = admission_memory_max(admission->config);

	*ret = (struct scan_tree){
		.scan = scan,
		.without = { scan_member(scan, metadata, "managedFields"), without },
		.items_max = REVIEW_ITEMS_MAX,
		.bytes_max = used < max ? max - used : 1,
	};
	*ret_json = scan_tree_build(ret, node);
	if (!*ret_json)
		return admission_refuse_memory(err);
	json_adopt(admission->arena, *ret_json);
	return 0;
}

static int build_object(struct admission *admission, struct review *review,
			const struct scan_node *object, struct error *err)
{
	struct scan_tree tree;
	json_t *json;
	int r = build(admission, review, object, NULL, &tree, &json, err);

	if (r < 0)
		return r;
	review->is_cut = tree.is_cut;
	admission->original = json;
	admission->spare = admission->config->without_patch ? json : NULL;
	return 0;
}

/* The spec is compared for those who let an object go, and may not change it meanwhile, and where a
 * status alone is written. */
static bool reads_old_spec(const struct admission *admission, const struct review *review,
			   const struct scan_node *old_object)
{
	const struct scan_node *metadata = scan_member(&review->scan, old_object, "metadata");

	return *admission->subresource || kind_info(admission->kind)->cluster_scoped ||
	       !str_has_prefix(admission->user, "system:serviceaccount:" TENANT_NAMESPACE_PREFIX) ||
	       scan_member(&review->scan, metadata, "deletionTimestamp");
}

static int build_old_object(struct admission *admission, const struct review *review,
			    const struct scan_node *old_object, struct error *err)
{
	const struct scan_node *spec = scan_member(&review->scan, old_object, "spec");
	struct scan_tree tree;
	json_t *json;
	int r;

	if (reads_old_spec(admission, review, old_object))
		spec = NULL;
	r = build(admission, review, old_object, spec, &tree, &json, err);
	if (r == 0)
		admission->old_object = json;
	return r;
}

static void require_object(struct admission *admission, const char *key)
{
	const struct path path = path_key(NULL, key);

	problems_add(&admission->problems, "API001", PROBLEM_REQUIRED, &path, NULL,
		     "must hold the object");
}

static enum step_result read_objects(struct admission *admission, struct review *review,
				     struct error *err)
{
	const struct scan_node *object = member(review, "object");
	const struct scan_node *old_object = member(review, "oldObject");
	bool is_delete = admission->operation == OPERATION_DELETE;
	const struct scan_node *judged = is_delete ? old_object : object;

	if (!is_delete && (!object || object->type != SCAN_OBJECT)) {
		require_object(admission, "object");
		return STEP_DECIDED;
	}
	if (judged && !check_agreement(admission, review, judged))
		return STEP_DECIDED;
	/* Who may delete is a question of names alone. */
	if (is_delete)
		return STEP_NEXT;
	if (build_object(admission, review, object, err) < 0)
		return STEP_FAILED;
	if (admission->operation == OPERATION_UPDATE && old_object &&
	    build_old_object(admission, review, old_object, err) < 0)
		return STEP_FAILED;
	return STEP_NEXT;
}

enum step_result step_review(struct admission *admission, struct review *review, enum kind kind,
			     struct error *err)
{
	const struct path path = path_key(NULL, "operation");
	const struct scan_node *user = member(review, "userInfo");
	const struct scan_node *dry_run = member(review, "dryRun");
	struct arena *arena = admission->arena;

	admission->user = text_at(review, user, "username", arena);
	admission->groups = groups_of(review, user, arena);
	admission->subresource = text_at(review, review->request, "subResource", arena);
	admission->kind = kind_asked(review, arena);
	admission->namespace = text_at(review, review->request, "namespace", arena);
	admission->name = text_at(review, review->request, "name", arena);
	review->operation = text_at(review, review->request, "operation", arena);
	review->dry_run = dry_run && dry_run->type == SCAN_TRUE;
	if (!check_kind(admission, review, kind))
		return STEP_DECIDED;
	if (!read_operation(admission, review->operation)) {
		problems_add(&admission->problems, "API001", PROBLEM_NOT_SUPPORTED, &path,
			     review->operation, "must be CREATE, UPDATE or DELETE");
		return STEP_DECIDED;
	}
	return read_objects(admission, review, err);
}
