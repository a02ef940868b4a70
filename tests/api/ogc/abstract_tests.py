"""Abstract tests of the standards by their names, each with the test of ours that carries it out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

Table = Mapping[str, Mapping[str, str]]

PROCESSES: Final[Table] = {
    "core": {
        "landingpage-op": "test_landing_page_leads_to_definition_conformance_processes_and_jobs",
        "landingpage-success": "test_landing_page_leads_to_definition_conformance_processes_and_jobs",
        "api-definition-op": "test_the_definition_is_openapi_and_tells_every_operation",
        "api-definition-success": "test_the_definition_is_openapi_and_tells_every_operation",
        "conformance-op": "test_conformance_is_what_is_tested",
        "conformance-success": "test_conformance_is_what_is_tested",
        "http": "test_answers_are_json_or_html_as_asked",
        "process-list": "test_processes_are_listed_in_pages",
        "process-list-success": "test_processes_are_listed_in_pages",
        "pl-limit-definition": "test_processes_are_listed_in_pages",
        "pl-limit-response": "test_processes_are_listed_in_pages",
        "pl-links": "test_processes_are_listed_in_pages",
        "process": "test_a_process_is_summed_up_and_described",
        "process-success": "test_a_process_is_summed_up_and_described",
        "process-exception-no-such-process": "test_no_such_process",
        "job-creation-op": "test_without_a_preference_the_answer_is_the_value_itself",
        "job-creation-request": "test_inputs_that_do_not_fit_the_description_are_refused",
        "job-creation-auto-execution-mode": "test_with_the_preference_a_job_is_made",
        "job-creation-default-execution-mode": "test_without_a_preference_the_answer_is_the_value_itself",
        "job-creation-default-outputs": "test_without_a_preference_the_answer_is_the_value_itself",
        "job-creation-inputs": "test_input_values_come_in_every_form",
        "job-creation-input-array": "test_input_values_come_in_every_form",
        "job-creation-input-inline": "test_input_values_come_in_every_form",
        "job-creation-input-inline-object": "test_input_values_come_in_every_form",
        "job-creation-input-inline-mixed": "test_input_values_come_in_every_form",
        "job-creation-input-inline-binary": "no input of any process is binary: files come by POST /uploads",
        "job-creation-input-inline-bbox": "no input of any process is a bounding box",
        "job-creation-input-ref": "test_input_values_come_in_every_form",
        "job-creation-input-validation": "test_inputs_that_do_not_fit_the_description_are_refused",
        "job-creation-sync-raw-value-one": "test_without_a_preference_the_answer_is_the_value_itself",
        "job-creation-sync-raw-value-multi": "no process has more than one output",
        "job-creation-sync-raw-mixed-multi": "no process has more than one output",
        "job-creation-sync-raw-ref": "test_outputs_that_are_not_described_are_refused",
        "job-creation-sync-document": "test_a_document_holds_each_output_as_a_qualified_value",
        "job-creation-success-async": "test_with_the_preference_a_job_is_made",
        "job-op": "test_the_status_of_a_job",
        "job-success": "test_the_status_of_a_job",
        "job-exception-no-such-job": "test_no_such_job",
        "job-results": "test_results_of_a_job_come_as_they_were_asked_for",
        "job-results-sync": "test_without_a_preference_the_answer_is_the_value_itself",
        "job-results-async-raw-value-one": "test_results_of_a_job_come_as_they_were_asked_for",
        "job-results-async-raw-value-multi": "no process has more than one output",
        "job-results-async-raw-mixed-multi": "no process has more than one output",
        "job-results-async-raw-ref": "test_outputs_that_are_not_described_are_refused",
        "job-results-async-document": "test_results_of_a_job_come_as_they_were_asked_for",
        "job-results-no-such-job": "test_no_such_job",
        "job-results-exception-results-not-ready": "test_results_are_not_ready_and_a_job_is_dismissed",
        "job-results-failed": "test_results_of_a_failed_job_are_the_reason",
    },
    "ogc-process-description": {
        "json-encoding": "test_a_process_is_summed_up_and_described",
        "inputs-def": "test_inputs_are_described_by_schemas_of_openapi_3_0",
        "input-def": "test_inputs_are_described_by_schemas_of_openapi_3_0",
        "input-mixed-type": "test_inputs_are_described_by_schemas_of_openapi_3_0",
        "outputs-def": "test_a_process_is_summed_up_and_described",
        "output-def": "test_a_process_is_summed_up_and_described",
        "output-mixed-type": "test_a_process_is_summed_up_and_described",
    },
    "json": {
        "definition": "test_answers_are_json_or_html_as_asked",
        "content": "test_documents_fit_the_schemas_of_the_definition",
    },
    "html": {
        "definition": "test_answers_are_json_or_html_as_asked",
        "content": "test_answers_are_json_or_html_as_asked",
    },
    "oas30": {
        "oas-definition-1": "test_the_definition_is_openapi_and_tells_every_operation",
        "oas-definition-2": "test_the_definition_is_openapi_and_tells_every_operation",
        "oas-impl": "test_the_definition_is_openapi_and_tells_every_operation",
        "completeness": "test_the_definition_is_openapi_and_tells_every_operation",
        "exceptions-codes": "test_the_definition_is_openapi_and_tells_every_operation",
        "security": "test_the_definition_is_openapi_and_tells_every_operation",
    },
    "job-list": {
        "job-list-op": "test_jobs_are_listed_with_links_in_pages",
        "job-list-success": "test_jobs_are_listed_with_links_in_pages",
        "links": "test_jobs_are_listed_with_links_in_pages",
        "type-definition": "test_jobs_are_chosen_by_type",
        "type-response": "test_jobs_are_chosen_by_type",
        "processID-mandatory": "test_jobs_are_chosen_by_process",
        "processID-definition": "test_jobs_are_chosen_by_process",
        "processID-response": "test_jobs_are_chosen_by_process",
        "status-definition": "test_jobs_are_chosen_by_status",
        "status-response": "test_jobs_are_chosen_by_status",
        "datetime-definition": "test_jobs_are_chosen_by_the_time_they_were_made",
        "datetime-response": "test_jobs_are_chosen_by_the_time_they_were_made",
        "duration-definition": "test_jobs_are_chosen_by_how_long_they_took",
        "duration-response": "test_jobs_are_chosen_by_how_long_they_took",
        "limit-definition": "test_jobs_are_listed_with_links_in_pages",
        "limit-response": "test_jobs_are_listed_with_links_in_pages",
    },
    "dismiss": {
        "job-dismiss-op": "test_results_are_not_ready_and_a_job_is_dismissed",
        "job-dismiss-success": "test_results_are_not_ready_and_a_job_is_dismissed",
    },
}
"""OGC API Processes Part 1, 18-062r2, annex A; a sentence stands where nothing of the server is of that kind."""

FEATURES: Final[Table] = {
    "1 core": {
        "http": "test_every_resource_takes_get_and_refuses_other_methods",
        "crs84": "test_without_parameters_everything_is_in_crs84",
        "root-op": "test_landing_page_leads_everywhere",
        "root-success": "test_landing_page_leads_everywhere",
        "api-definition-op": "test_the_openapi_document_is_valid_and_refers_to_nothing_elsewhere",
        "api-definition-success": "test_the_openapi_document_is_valid_and_refers_to_nothing_elsewhere",
        "conformance-op": "test_conformance_names_the_classes",
        "conformance-success": "test_conformance_names_the_classes",
        "fc-md-op": "test_every_layer_is_a_collection_by_itself",
        "fc-md-success": "test_every_layer_is_a_collection_by_itself",
        "fc-md-links": "test_documents_link_to_themselves_and_their_other_forms",
        "fc-md-items": "test_every_layer_is_a_collection_by_itself",
        "fc-md-items-links": "test_every_collection_links_to_its_items_in_every_form",
        "fc-md-extent": "test_every_extent_is_a_box_in_crs84",
        "sfc-md-op": "test_every_layer_is_a_collection_by_itself",
        "sfc-md-success": "test_every_layer_is_a_collection_by_itself",
        "query-param-unknown": "test_unknown_and_wrong_parameters_are_400_everywhere",
        "query-param-invalid": "test_a_wrong_value_is_a_problem_document",
        "fc-op": "test_every_collection_gives_its_features",
        "fc-bbox-definition": "test_parameters_are_defined_as_the_standard_says",
        "fc-bbox-response": "test_bbox_selects_what_meets_it",
        "fc-limit-definition": "test_parameters_are_defined_as_the_standard_says",
        "fc-limit-response": "test_limit_is_kept_clipped_and_counts_are_only_made_on_request",
        "fc-time-definition": "test_parameters_are_defined_as_the_standard_says",
        "fc-time-response": "test_datetime_is_understood",
        "fc-response": "test_every_collection_gives_its_features",
        "fc-links": "test_documents_link_to_themselves_and_their_other_forms",
        "fc-timeStamp": "no answer has a timeStamp: it would make equal answers differ",
        "fc-numberMatched": "test_limit_is_kept_clipped_and_counts_are_only_made_on_request",
        "fc-numberReturned": "test_every_collection_gives_its_features",
        "f-op": "test_one_item_is_the_same_as_in_its_page",
        "f-success": "test_one_item_is_the_same_as_in_its_page",
        "f-links": "test_documents_link_to_themselves_and_their_other_forms",
    },
    "1 geojson": {
        "definition": "test_content_is_negotiated",
        "content": "test_items_are_strict_geojson_whatever_stands_in_them",
    },
    "1 html": {
        "definition": "test_content_is_negotiated",
        "content": "test_every_page_for_people_is_escaped",
    },
    "1 oas30": {
        "completeness": "test_every_address_of_the_definition_answers_as_it_says",
        "definition-1": "test_the_openapi_document_is_valid_and_refers_to_nothing_elsewhere",
        "definition-2": "test_the_openapi_document_is_valid_and_refers_to_nothing_elsewhere",
        "exception-codes": "test_every_address_of_the_definition_answers_as_it_says",
        "oas-impl": "test_every_address_of_the_definition_answers_as_it_says",
        "security": "test_every_address_of_the_definition_answers_as_it_says",
    },
    "2 crs": {
        "crs-uri": "test_systems_are_named_by_addresses_of_the_register",
        "default-crs": "test_systems_are_named_by_addresses_of_the_register",
        "storageCrs": "test_every_advertised_system_answers_and_takes_boxes",
        "crs-parameter": "test_every_collection_answers_in_every_system_and_says_so",
        "crs-parameter-default": "test_without_parameters_everything_is_in_crs84",
        "crs-parameter-invalid": "test_a_system_that_is_not_offered_is_400",
        "crs-parameter-transform": "test_each_system_has_its_own_axis_order",
        "crs-transform": "test_each_system_has_its_own_axis_order",
        "bbox-crs-parameter": "test_every_advertised_system_answers_and_takes_boxes",
        "bbox-crs-parameter-default": "test_without_parameters_everything_is_in_crs84",
        "bbox-crs-parameter-invalid": "test_a_system_that_is_not_offered_is_400",
    },
}
"""OGC API Features Part 1 (17-069r4) and Part 2 (18-058r1), annex A of each, by part and class."""


def missing(table: Table, module: Mapping[str, Any]) -> list[str]:
    """Return abstract tests without a test in a module, unless a sentence says why there is nothing to test."""
    return [
        f"/conf/{part}/{name}"
        for part, tests in table.items()
        for name, test in tests.items()
        if " " not in test and not callable(module.get(test))
    ]
