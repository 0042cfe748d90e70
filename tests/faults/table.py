"""The 57 faults that the service is owed to survive, each with its outcome and the tests that show it.

`tests/law/test_fault_table.py` checks that every test exists; `bench.faults` writes the table into the docs.
"""

from typing import NamedTuple


class Fault(NamedTuple):
    """One fault: what is done, what must come of it, and where that is shown."""

    number: int
    fault: str
    outcome: str
    tests: tuple[str, ...]


HARM = "tests/faults/test_harm.py::"
MOMENTS = (
    "tests/faults/test_named_moments.py::"
    "test_a_process_that_dies_between_any_two_steps_loses_nothing_and_does_nothing_twice"
)
KILLS = HARM + "test_kill_9_of_any_process_at_any_moment_loses_nothing"
WEATHER = HARM + "test_the_channel_may_refuse_break_fall_silent_and_answer_in_half"
COURIER = "tests/bot/outgoing/test_courier.py::"
INBOX = "tests/bot/test_inbox.py::"
JOBS = "tests/workers/test_jobs.py::"
LOOP = "tests/actions/test_loop.py::"
GUARD = "tests/store/test_guarded_update.py::"
STORE = "tests/store/test_faults.py::"
BUTTONS = "tests/bot/casework/test_buttons.py::"
WORDS = "tests/bot/hostile/test_strange_words.py::"
ORIGIN = "tests/bot/hostile/test_where_it_comes_from.py::"
PLACES = "tests/bot/test_places.py::"
PHOTOS = "tests/bot/test_photos.py::"
LOCATE = "tests/geo/test_locate.py::"
ODD_PLACES = "tests/bot/hostile/test_strange_places.py::"
OUTAGES = "tests/workers/test_outages.py::"
SIGN_IN = "tests/web/test_sign_in.py::"

FAULTS: tuple[Fault, ...] = (
    Fault(1, "kill -9 after an update is received, before the commit", "delivered again, one report", (MOMENTS, KILLS)),
    Fault(2, "kill -9 after the commit, before 200", "the second delivery meets the key, one report", (MOMENTS, KILLS)),
    Fault(3, "kill -9 between commit and enqueue", "the relay finds the rows", (MOMENTS, KILLS)),
    Fault(
        4,
        "kill -9 of a worker in its transaction",
        "rolled back, done again, one effect",
        (MOMENTS, JOBS + "test_the_job_of_a_killed_worker_comes_back"),
    ),
    Fault(5, "kill -9 of a worker after the commit, before rq knows", "the repeat does nothing", (MOMENTS,)),
    Fault(
        6,
        "a worker dies and its work goes on elsewhere too",
        "there is no forked horse; a job performed twice has one effect",
        (JOBS + "test_a_job_that_is_handed_on_twice_is_performed_once", KILLS),
    ),
    Fault(
        7,
        "kill -9 of a sender after the channel took the message",
        "the text may come twice, the state changed once",
        (MOMENTS, COURIER + "test_a_sender_that_died_after_sending_sends_again_and_loses_nothing"),
    ),
    Fault(
        8,
        "SIGTERM under load; two versions at once",
        "nothing lost",
        (HARM + "test_a_new_version_may_take_over_in_the_middle_of_work",),
    ),
    Fault(
        9,
        "Redis FLUSHALL under load",
        "later, not less; jobs come back in seconds",
        (
            HARM + "test_redis_may_be_emptied_at_any_moment",
            "tests/workers/test_orphans.py::test_jobs_that_an_emptied_redis_forgot_are_handed_on_again",
        ),
    ),
    Fault(
        10,
        "Redis is away for a minute, or for ever",
        "reports and receipts go on",
        (
            HARM + "test_without_redis_everything_goes_on",
            JOBS + "test_without_redis_the_relay_performs_jobs_and_sends_messages_itself",
        ),
    ),
    Fault(
        11,
        "Redis is full, wants another password, hangs",
        "done without it after two seconds a call",
        (
            "tests/workers/test_a_bad_redis.py::test_a_redis_that_is_full_is_done_without",
            "tests/workers/test_a_bad_redis.py::test_a_redis_that_does_not_know_us_is_done_without",
            "tests/workers/test_a_bad_redis.py::test_a_redis_that_hangs_is_done_without_after_seconds",
        ),
    ),
    Fault(
        12,
        "SQLite held for 10 s by another writer",
        "503 with Retry-After, then accepted once",
        (
            HARM + "test_sqlite_may_be_held_for_ten_seconds_by_somebody_else",
            STORE + "test_a_database_that_others_hold_too_long_is_busy_and_not_broken",
        ),
    ),
    Fault(
        13,
        "PostgreSQL cut off, killed and restarted",
        "nothing lost",
        (
            HARM + "test_postgresql_may_cut_connections_and_die",
            STORE + "test_a_lost_connection_is_away_and_the_next_transaction_finds_a_new_one",
        ),
    ),
    Fault(
        14,
        "failover to the replica by hand",
        "nothing lost with a synchronous replica; with an asynchronous one its lag",
        ("tests/faults/test_failover.py::test_a_replica_that_was_in_step_takes_over_by_hand",),
    ),
    Fault(
        15,
        "disk full",
        "no 200 without a commit; goes on when there is room",
        (
            "tests/faults/test_disk_full.py::test_a_full_disk_acknowledges_nothing_and_loses_nothing",
            STORE + "test_a_full_disk_is_named_and_what_was_written_before_stays",
        ),
    ),
    Fault(
        16,
        "power cut",
        "every commit waits for the disk (checked as a setting; the power itself was not cut)",
        (STORE + "test_a_commit_is_durable_by_setting", KILLS),
    ),
    Fault(
        17,
        "damaged file, schema of another version, half a migration",
        "start or doctor refuses in one sentence; a migration is one transaction",
        (
            "tests/cli/test_doctor.py::test_a_damaged_database_is_named_before_the_city_relies_on_it",
            STORE + "test_a_file_that_is_no_database_is_away",
            "tests/law/test_migrations.py::test_two_processes_may_migrate_at_once",
        ),
    ),
    Fault(
        18,
        "clocks an hour ahead or behind; zones",
        "nothing lost, nothing left waiting for the hour; moments are stored in UTC",
        (
            HARM + "test_the_clock_may_jump_an_hour_and_back",
            "tests/workers/test_a_wrong_clock.py::test_what_an_hour_ahead_wrote_claimed_and_put_off_goes_on_at_once",
            "tests/store/test_columns.py::test_a_moment_is_kept_to_the_microsecond_whatever_its_zone",
        ),
    ),
    Fault(
        19,
        "away for 30 minutes, 23 hours, 25 hours",
        "all handled in order; the admins hear how long, and when messages may be lost",
        (
            OUTAGES + "test_an_outage_is_told_once_and_its_loss_too",
            "tests/faults/test_telegram_rules.py::test_a_press_lives_for_150_seconds_and_a_message_for_a_day",
            "tests/journeys/test_nobody_answers.py::test_an_outage_of_a_night_skips_no_step",
        ),
    ),
    Fault(
        20,
        "away for more than 150 s with presses under way",
        "nothing stale is done, the present state is shown",
        (
            "tests/bot/casework/test_two_people_at_once.py::test_a_press_that_waited_too_long_only_shows_how_things_are",
            "tests/bot/test_drafts.py::test_a_press_that_waited_too_long_shows_the_card_instead",
        ),
    ),
    Fault(
        21,
        "yesterday's backup is restored",
        "the same updates make one report, answers of before are not repeated",
        ("tests/bot/test_going_back_to_a_backup.py::test_updates_of_after_the_backup_come_again_and_make_one_report",),
    ),
    Fault(
        22,
        "two pollers, or polling beside a webhook",
        "409 is waited out",
        (
            "tests/bot/test_updates.py::test_a_refusal_of_the_channel_is_waited_out",
            "tests/gateway/test_bot_api_conformance.py::test_webhook_and_polling_exclude_each_other",
        ),
    ),
    Fault(
        23,
        "two sweepers, two clocks",
        "each step and each brief once",
        (
            LOOP + "test_two_sweeps_at_once_take_each_step_once",
            "tests/workers/test_daily_duties.py::test_two_clocks_write_one_brief",
        ),
    ),
    Fault(
        24,
        "a storm of reports",
        "nothing lost, life in danger first, receipts not behind notices (`bench.pipeline`, `bench.courier`)",
        (
            "tests/gateway/test_webhook_delivery.py::test_a_storm_of_many_chats_is_delivered_whole",
            COURIER + "test_own_replies_do_not_wait_behind_a_storm",
            COURIER + "test_life_in_danger_is_never_bundled_and_goes_first",
        ),
    ),
    Fault(
        25,
        "an update three times, at once, out of order",
        "one report",
        (
            INBOX + "test_an_update_delivered_three_times_is_handled_once",
            "tests/store/test_inbox_rows.py::test_two_processors_of_one_update_have_one_effect",
            KILLS,
        ),
    ),
    Fault(
        26,
        "a message and a press in the reverse order",
        "no wrong state",
        (INBOX + "test_a_message_and_a_press_in_reverse_order_do_no_harm",),
    ),
    Fault(
        27,
        "429 with retry_after",
        "waited for to the letter, sent once, other chats go on",
        (
            COURIER + "test_a_message_that_must_wait_waits_exactly_so_long",
            "tests/bot/outgoing/test_limiter.py::test_retry_after_is_obeyed_to_the_letter",
            WEATHER,
        ),
    ),
    Fault(
        28,
        "5xx, or no connection, for long",
        "the outbox grows and drains in the order of each chat",
        (
            COURIER + "test_a_channel_that_is_down_is_tried_again_and_again",
            COURIER + "test_what_waits_does_not_overtake_within_a_chat",
            WEATHER,
        ),
    ),
    Fault(29, "half an answer after the channel took it", "one more message with the same number", (WEATHER, MOMENTS)),
    Fault(
        30,
        "403: the person blocked the bot",
        "the address is dead, the street hears, who blocked it may come back",
        (
            COURIER + "test_whoever_blocked_the_bot_gets_nothing_more_and_the_street_hears_of_it",
            "tests/bot/test_binding.py::test_a_chat_that_blocked_the_bot_is_noted_and_one_that_comes_back_too",
        ),
    ),
    Fault(
        31,
        "400: markup, length, refused for good",
        "sent plain, shortened, or set aside; the next goes out",
        (
            COURIER + "test_markup_that_the_channel_cannot_read_is_sent_plain",
            COURIER + "test_a_text_that_is_too_long_is_shortened",
            COURIER + "test_a_message_that_is_refused_for_good_is_set_aside_and_the_next_goes_out",
        ),
    ),
    Fault(
        32,
        "a photo over 20 MB, of 0 bytes, broken, not to be fetched",
        "the report stays, another photo is asked for, or it is fetched later",
        (
            PHOTOS + "test_a_photo_that_is_too_large_is_refused_with_words",
            PHOTOS + "test_a_broken_photo_is_refused_and_the_draft_goes_on",
            PHOTOS + "test_a_photo_that_cannot_be_fetched_yet_does_not_hold_up_the_report",
            PHOTOS + "test_a_channel_that_answers_no_json_does_not_hold_up_the_report",
            "tests/actions/test_media.py::test_what_is_no_usable_picture_is_refused_by_its_reason",
        ),
    ),
    Fault(
        33,
        "edited, forwarded, via a bot, anonymous, of a channel or a group",
        "followed, marked, or quietly done; never a report of nobody's",
        (
            ORIGIN + "test_a_forwarded_report_is_taken",
            ORIGIN + "test_a_group_is_not_answered_and_gets_no_report",
            ORIGIN + "test_a_post_of_a_channel_is_simply_done",
            ORIGIN + "test_what_is_no_report_is_answered_with_words",
            "tests/bot/test_drafts.py::test_what_was_filed_does_not_change_with_the_message",
        ),
    ),
    Fault(
        34,
        "an album with words between",
        "one report with all photos",
        ("tests/bot/test_filing.py::test_an_album_with_words_between_its_photos_stays_one_report",),
    ),
    Fault(
        35,
        "no JSON, a list, `{}`, deep nesting, missing or strange fields, megabytes; every kind of update, broken",
        "kept, set aside where nobody could act on it, 200; the admins hear",
        (
            INBOX + "test_what_cannot_be_read_is_kept_and_set_aside",
            INBOX + "test_the_admin_hears_once_of_a_flood_of_updates_that_were_set_aside",
            "tests/bot/hostile/test_every_kind_of_update.py::test_no_update_of_any_kind_is_left_undone",
            "tests/bot/test_updates.py::test_what_is_far_too_long_is_kept_in_part_and_answered_200",
        ),
    ),
    Fault(
        36,
        "the secret is missing, wrong, no ASCII, endless",
        "401",
        ("tests/bot/test_updates.py::test_who_does_not_know_the_secret_is_turned_away",),
    ),
    Fault(
        37,
        "a million signs, NUL, zero-width, right-to-left, half characters, emoji, endless digits",
        "answered, cleaned, the draft kept",
        (
            WORDS + "test_as_messages_within_a_report",
            WORDS + "test_as_the_first_words_of_all",
            WORDS + "test_as_corrections_of_what_was_said",
            "tests/bot/hostile/test_strange_figures_and_dates.py::test_absurd_figures_are_asked_again",
            "tests/rules/test_parsers_of_words.py::test_no_text_breaks_what_looks_for_kinds_danger_and_numbers",
            "tests/store/test_columns.py::test_a_nasty_text_is_kept_readable",
        ),
    ),
    Fault(
        38,
        "markup, formulas, SQL, templates, control codes",
        "text, everywhere",
        (
            INBOX + "test_strange_words_are_shown_safely_and_filed_as_they_are",
            WORDS + "test_under_photos_and_as_addresses",
            COURIER + "test_what_a_person_wrote_never_becomes_markup",
            "tests/web/test_exports.py::test_the_workbook_holds_times_and_no_formula",
            "tests/browser/test_board.py::test_what_stands_in_an_address_stays_text",
        ),
    ),
    Fault(
        39,
        "NaN, infinity, 0/0, out of range, swapped, no numbers",
        "asked again, nothing typed is lost",
        (
            ODD_PLACES + "test_a_place_that_cannot_be",
            ODD_PLACES + "test_numbers_the_wrong_way_round_are_noticed",
            LOCATE + "test_numbers_that_are_no_place_are_unknown_with_the_reason",
        ),
    ),
    Fault(
        40,
        "outside the city, on a border, in a hole",
        "asked, or named with the reason; never silently a street",
        (
            PLACES + "test_outside_the_city_is_refused_kindly_and_nothing_typed_is_lost",
            LOCATE + "test_exactly_on_the_border_of_two_streets_both_are_offered_at_no_distance",
            LOCATE + "test_in_a_lake_between_streets_the_nearest_is_named_and_nothing_is_asserted",
        ),
    ),
    Fault(
        41,
        "a pin of a map with shifted coordinates",
        "both readings tried, asked by name",
        (
            PLACES + "test_a_pin_of_a_map_with_shifted_coordinates_is_asked_about_by_name",
            LOCATE + "test_a_shifted_pin_is_noticed_when_only_the_conversion_fits_the_workers_own_street",
        ),
    ),
    Fault(
        42,
        "a fix of 1,500 m",
        "the street is asked for",
        (
            LOCATE + "test_a_circle_over_half_the_city_says_nothing",
            PLACES + "test_a_fix_too_coarse_to_tell_the_street_is_kept_beside_the_chosen_one",
        ),
    ),
    Fault(
        43,
        "boundaries that cross themselves, are empty, overlap, of another datum",
        "repaired and listed, or refused by name",
        (
            "tests/geo/test_boundaries.py::test_a_crossed_ring_is_repaired_and_listed",
            "tests/geo/test_boundaries.py::test_what_cannot_be_used_is_refused_by_name_and_the_rest_goes_on",
            "tests/geo/test_boundaries.py::test_a_datum_that_was_not_declared_is_suspected_when_another_fits_better",
        ),
    ),
    Fault(
        44,
        "pixel bombs, polyglots, SVG, HEIC, endless EXIF",
        "refused by reason in a child with limits, or made anew",
        (
            "tests/actions/test_media.py::test_a_pixel_bomb_is_refused_before_it_is_decoded",
            "tests/actions/test_media.py::test_what_is_no_usable_picture_is_refused_by_its_reason",
            "tests/bot/hostile/test_strange_pictures.py::test_a_picture_that_is_something_else_too_is_only_the_picture",
            "tests/bot/hostile/test_strange_pictures.py::"
            "test_what_is_no_picture_is_refused_with_words_and_the_draft_goes_on",
        ),
    ),
    Fault(
        45,
        "a forged button",
        "nothing done, the card is shown anew",
        (
            BUTTONS + "test_a_forged_button_on_a_card_only_shows_the_card_anew",
            BUTTONS + "test_somebody_elses_button_does_nothing_even_for_who_might_press_their_own",
        ),
    ),
    Fault(
        46,
        "a press replayed, or after days",
        "nothing done twice, fresh buttons",
        (
            BUTTONS + "test_a_replayed_press_does_not_urge_twice",
            BUTTONS + "test_a_button_is_over_after_its_days_and_the_fresh_card_has_new_ones",
        ),
    ),
    Fault(
        47,
        "a role revoked between card and tap",
        "0 rows, a refusal, words kept",
        (
            LOOP + "test_a_post_taken_away_between_card_and_tap_stops_the_tap",
            GUARD + "test_a_post_that_ended_between_look_and_tap_changes_nothing",
            BUTTONS + "test_a_post_that_ended_takes_the_power_out_of_buttons_already_sent",
        ),
    ),
    Fault(
        48,
        "many take one case at once",
        "exactly one wins, the others are told who",
        (
            GUARD + "test_of_fifty_who_tap_at_once_exactly_one_wins",
            GUARD + "test_of_two_processes_that_write_at_once_exactly_one_wins",
            "tests/journeys/test_two_tap_at_once.py::"
            "test_one_of_two_who_sign_at_once_gets_the_case_and_the_other_an_explanation",
        ),
    ),
    Fault(
        49,
        "a worker hands in as the clock runs out",
        "one ordered history, no step after the clock stopped",
        ("tests/faults/test_at_the_last_second.py::test_the_worker_and_the_clock_make_one_history",),
    ),
    Fault(
        50,
        "one job twice, also at the same time",
        "one effect",
        (JOBS + "test_a_job_that_is_handed_on_twice_is_performed_once", LOOP + "test_a_case_is_not_routed_twice"),
    ),
    Fault(
        51,
        "own work verified, another street, nobody's chat, who left",
        "refused: every role, verb and area is decided",
        (
            "tests/actions/test_rights.py::test_every_role_verb_and_area_ends_as_it_was_decided",
            GUARD + "test_the_rectifier_never_passes_the_check_even_if_the_judge_was_fooled",
            GUARD + "test_somebody_struck_off_the_roster_does_nothing_more",
        ),
    ),
    Fault(
        52,
        "an invite used twice at once, expired, guessed, forwarded",
        "one binding, confirmed by an admin, tries counted",
        (
            "tests/store/test_roster_in_use.py::test_a_code_binds_once_whoever_races",
            "tests/bot/test_binding.py::test_after_five_wrong_codes_one_has_to_wait",
            "tests/bot/casework/test_confirming.py::test_nothing_is_done_before_an_admin_confirms_and_everything_after",
        ),
    ),
    Fault(
        53,
        "a sign-in replayed or expired, a stolen cookie, another site's form",
        "401 or 403",
        (
            SIGN_IN + "test_the_link_is_good_once",
            SIGN_IN + "test_a_session_ends_by_itself_and_when_its_person_leaves",
            SIGN_IN + "test_a_write_needs_the_token_of_the_page",
        ),
    ),
    Fault(
        54,
        "the board against a count from the events",
        "equal at every step",
        ("tests/store/test_statistics.py::test_every_figure_is_that_of_the_events_at_any_moment",),
    ),
    Fault(
        55,
        "an event edited, removed, cut off",
        "the check names it",
        (
            "tests/store/test_chain.py::test_the_first_bad_event_is_named",
            "tests/cli/test_auditing.py::test_every_tampering_is_named",
        ),
    ),
    Fault(
        56,
        "nobody answers, nobody can be reached",
        "climbs to the district; what reached nobody is kept and shown",
        (
            "tests/journeys/test_nobody_answers.py::"
            "test_silence_climbs_the_ladder_in_working_time_until_the_district_designates_somebody",
            "tests/store/test_messages.py::test_a_message_for_somebody_without_a_chat_is_kept_and_shown",
            LOOP + "test_the_self_audit_names_what_is_late",
        ),
    ),
    Fault(
        57,
        "the token in a log, an exception, an answer",
        "nowhere: a canary token is looked for after every drill",
        (COURIER + "test_the_token_is_never_written_down", KILLS),
    ),
)
