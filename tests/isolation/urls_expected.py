"""Who gets through where: the table of expected codes, one line for every address.

A person who gets through is answered with a page, a redirect or a refusal of what they typed; everybody
else gets a 403. Where a programme is concerned, a contributor who does not work on it gets a 404. A method
that an address does not know is a 405 for everybody.
"""

from __future__ import annotations

EVERYBODY = frozenset({"ada", "dana", "cam", "sam", "spen", "vic", "dee", "coe", "dov"})
ADMINISTRATOR = frozenset({"ada"})
LEADS = frozenset({"dana", "cam"})
DELIVERY = frozenset({"dana", "dee"})
CHANGE = frozenset({"cam", "coe"})
BOTH_FUNCTIONS = DELIVERY | CHANGE
STEERING = LEADS | {"sam"}
GOVERNANCE = BOTH_FUNCTIONS | {"sam", "spen"}

# Addresses that only show something.
PAGES = {
    "jobs:job_list": EVERYBODY,
    "jobs:job_detail": EVERYBODY,
    "jobs:import_list": LEADS | ADMINISTRATOR,
    "jobs:import_detail": ADMINISTRATOR | {"dana"},
    "history:reference_search": EVERYBODY,
    "history:record_trail": EVERYBODY,
    "finder:reference_find": EVERYBODY,
    "accounts:unit_list": EVERYBODY,
    "accounts:unit_detail": EVERYBODY,
    "accounts:person_list": EVERYBODY,
    "accounts:person_detail": EVERYBODY,
    "accounts:thresholds_detail": EVERYBODY,
    "accounts:member_list": ADMINISTRATOR,
    "accounts:invitation_list": ADMINISTRATOR,
    "accounts:invitation_detail": ADMINISTRATOR,
    "programmes:programme_detail": EVERYBODY,
    "programmes:fact_list": EVERYBODY,
    "programmes:milestone_list": EVERYBODY,
    "programmes:milestone_detail": EVERYBODY,
    "programmes:raid_all": EVERYBODY,
    "programmes:raid_list": EVERYBODY,
    "programmes:raid_detail": EVERYBODY,
    "programmes:status_list": EVERYBODY,
    "programmes:status_detail": EVERYBODY,
    "adoption:wave_list": EVERYBODY,
    "adoption:wave_detail": EVERYBODY,
    "adoption:programme_wave_list": EVERYBODY,
    "adoption:signal_list": EVERYBODY,
    "adoption:signal_detail": EVERYBODY,
    "adoption:training_list": EVERYBODY,
    "governance:decision_all": EVERYBODY,
    "governance:group_list": EVERYBODY,
    "governance:group_detail": EVERYBODY,
    "governance:decision_list": EVERYBODY,
    "governance:decision_detail": EVERYBODY,
    "governance:action_list": EVERYBODY,
    "governance:action_detail": EVERYBODY,
    "governance:charter_list": EVERYBODY,
    "governance:charter_detail": EVERYBODY,
    "governance:charter_edition": EVERYBODY,
    "governance:charter_changes": EVERYBODY,
    "governance:review_all": EVERYBODY,
    "governance:review_list": EVERYBODY,
    "governance:review_detail": EVERYBODY,
    "governance:move_all": EVERYBODY,
    "governance:move_list": EVERYBODY,
    "governance:move_detail": EVERYBODY,
    "forecasting:score_list": EVERYBODY,
    "forecasting:score_detail": EVERYBODY,
    "forecasting:score_unit": EVERYBODY,
    "forecasting:signal_list": EVERYBODY,
    "forecasting:signal_detail": EVERYBODY,
    "scorecards:roadmap": EVERYBODY,
    "desk:view_list": EVERYBODY,
    "scorecards:portfolio": EVERYBODY,
    "scorecards:programme_scorecard": EVERYBODY,
}

# Addresses that show a form and take it.
FORMS = {
    "jobs:import_upload": ADMINISTRATOR | {"dana"},
    "accounts:unit_create": ADMINISTRATOR,
    "accounts:unit_edit": ADMINISTRATOR,
    "accounts:person_create": ADMINISTRATOR,
    "accounts:person_edit": ADMINISTRATOR,
    "accounts:thresholds_edit": ADMINISTRATOR,
    "accounts:member_edit": ADMINISTRATOR,
    "accounts:invitation_create": ADMINISTRATOR,
    "programmes:programme_create": LEADS,
    "programmes:programme_edit": LEADS,
    "programmes:milestone_create": BOTH_FUNCTIONS,
    # The rows of the walk stand on the side of delivery.
    "programmes:milestone_edit": DELIVERY,
    "programmes:milestone_move": DELIVERY,
    "programmes:milestone_achieve": DELIVERY,
    "programmes:raid_create": BOTH_FUNCTIONS,
    "programmes:raid_edit": DELIVERY,
    "programmes:status_create": DELIVERY,
    "programmes:status_edit": DELIVERY,
    "adoption:wave_record": {"cam"},
    "adoption:wave_edit": {"cam"},
    "adoption:programme_wave_record": CHANGE,
    "adoption:signal_create": CHANGE,
    "adoption:signal_edit": CHANGE,
    "adoption:signal_resolve": CHANGE,
    "adoption:training_record": CHANGE,
    "governance:group_create": STEERING,
    "governance:group_edit": STEERING,
    "governance:seat_create": STEERING,
    "governance:seat_edit": STEERING,
    "governance:decision_create": GOVERNANCE,
    "governance:decision_edit": GOVERNANCE,
    # The view of delivery; each function writes its own.
    "governance:decision_input": DELIVERY,
    "governance:decision_decide": LEADS | {"sam", "spen"},
    "governance:action_create": GOVERNANCE,
    "governance:action_edit": GOVERNANCE,
    "governance:charter_edit": LEADS,
    # The rows of the walk: a measure of delivery, an assumption of adoption, the voice of delivery.
    "governance:charter_measure_create": BOTH_FUNCTIONS,
    "governance:charter_measure_edit": DELIVERY,
    "governance:charter_assumption_create": BOTH_FUNCTIONS,
    "governance:charter_assumption_edit": CHANGE,
    "governance:charter_sign": {"dana"},
    "governance:review_edit": GOVERNANCE,
    "governance:review_judge": DELIVERY,
    "governance:review_decision": GOVERNANCE,
    "governance:review_action": GOVERNANCE,
    "governance:move_explain": GOVERNANCE,
    "desk:view_create": EVERYBODY,
    # Shared by somebody else.
    "desk:view_edit": ADMINISTRATOR,
}

# Addresses that only take something.
BUTTONS = {
    "jobs:job_retry": ADMINISTRATOR,
    "jobs:import_confirm": ADMINISTRATOR | {"dana"},
    "history:record_restore": DELIVERY,
    "accounts:member_end": ADMINISTRATOR,
    "accounts:member_resume": ADMINISTRATOR,
    "accounts:invitation_resend": ADMINISTRATOR,
    "accounts:invitation_withdraw": ADMINISTRATOR,
    "programmes:programme_remove": LEADS,
    "programmes:programme_members": LEADS,
    "programmes:programme_member_remove": LEADS,
    "programmes:milestone_remove": DELIVERY,
    "programmes:raid_update": BOTH_FUNCTIONS,
    "programmes:raid_close": DELIVERY,
    "programmes:raid_remove": DELIVERY,
    "programmes:status_remove": DELIVERY,
    "adoption:wave_withdraw": {"cam"},
    "adoption:signal_reopen": CHANGE,
    "adoption:signal_remove": CHANGE,
    "governance:group_remove": STEERING,
    "governance:seat_leave": STEERING,
    "governance:decision_withdraw": GOVERNANCE,
    "governance:decision_remove": GOVERNANCE,
    "governance:action_finish": GOVERNANCE,
    "governance:action_drop": GOVERNANCE,
    "governance:action_reopen": GOVERNANCE,
    "governance:action_remove": GOVERNANCE,
    "governance:charter_create": LEADS,
    "governance:charter_offer": LEADS,
    "governance:charter_remove": LEADS,
    "governance:charter_withdraw": {"dana"},
    "governance:charter_measure_remove": DELIVERY,
    "governance:charter_measure_restore": DELIVERY,
    "governance:charter_assumption_remove": CHANGE,
    "governance:charter_assumption_restore": CHANGE,
    "governance:review_complete": {"dana"},
    "governance:review_reopen": {"dana"},
    "governance:review_link": GOVERNANCE,
    "governance:review_unlink": GOVERNANCE,
    "desk:view_remove": ADMINISTRATOR,
    "forecasting:signal_recompute": LEADS | ADMINISTRATOR,
}

# Outside every tenant: what anonymous visitors, a member and an operator get for GET, then for POST.
PLATFORM = {
    "livez": ((200, 200, 200), (405, 405, 405)),
    "readyz": ((200, 200, 200), (405, 405, 405)),
    "styleguide": ((200, 200, 200), (200, 200, 200)),
    "accounts:home": ((302, 302, 302), (405, 405, 405)),
    "accounts:theme_set": ((405, 405, 405), (302, 302, 302)),
    "accounts:invitation_accept": ((404, 404, 404), (404, 404, 404)),
    "operations:tenant_list": ((302, 404, 200), (405, 405, 405)),
    "operations:tenant_create": ((302, 404, 200), (302, 404, 422)),
    "operations:tenant_detail": ((302, 404, 200), (405, 405, 405)),
    "operations:tenant_suspend": ((405, 405, 405), (302, 404, 302)),
    "operations:tenant_resume": ((405, 405, 405), (302, 404, 422)),
    "operations:tenant_close": ((405, 405, 405), (302, 404, 422)),
}

# Pages of allauth: their codes are its own business, a 500 or a stranger's data is ours.
LIBRARY = frozenset(
    {
        "account_login", "account_logout", "account_inactive", "account_signup", "account_reauthenticate",
        "account_email", "account_email_verification_sent", "account_change_password", "account_set_password",
        "account_reset_password", "account_confirm_login_code", "account_confirm_email",
        "account_reset_password_from_key_done", "account_reset_password_from_key", "account_reset_password_done",
        "mfa_index", "mfa_authenticate", "mfa_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp",
        "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_download_recovery_codes",
        "mfa_list_webauthn", "mfa_add_webauthn", "mfa_reauthenticate_webauthn", "mfa_remove_webauthn",
        "mfa_edit_webauthn", "mfa_login_webauthn",
        "socialaccount_login_cancelled", "socialaccount_login_error", "socialaccount_signup",
        "socialaccount_connections",
        "accounts/social/login/cancelled/", "accounts/social/login/error/", "accounts/social/signup/",
        "accounts/social/connections/",
        "usersessions_list",
    }
)  # fmt: skip
