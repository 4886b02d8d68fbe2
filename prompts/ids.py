"""The names Slack carries back to us, as types. One name from question to column."""

from enum import StrEnum


class Command(StrEnum):
    """Slash commands, as in app_manifest.yml."""

    SUPERVISION = "/supervision"
    REFLECT = "/reflect"
    CHECKLIST = "/checklist"
    TRAINING = "/training"
    MENTORING = "/mentoring"


class Shortcut(StrEnum):
    """Global shortcuts, as in app_manifest.yml."""

    NEW_REFLECTION = "new_reflection"
    SIGN_OFF = "sign_off_criteria"


class Form(StrEnum):
    """Modals, by callback_id."""

    NOTICE = "notice"
    LEDGER = "ledger"
    SNOOZE = "snooze"
    NOT_APPLICABLE = "not_applicable"
    WHY = "why"
    WAIVED = "waived"
    PROGRAMME_HOME = "programme_home"
    PLACE = "place"
    PAIR = "pair"
    PAIR_ANYWAY = "pair_anyway"
    COVER = "cover"
    HAND_OVER = "hand_over"
    ENROL = "enrol"
    LEAVE_PROGRAMME = "leave_programme"
    BEFORE = "before"
    SETTINGS = "programme_settings"
    CLOSURES = "closures"
    WELCOMES = "welcomes"
    MY_TIME = "my_time"
    AWAY = "away"
    SIGN_OFF = "sign_off"
    ASK_FOR_SIGN_OFF = "ask_for_sign_off"
    CHECKLIST = "checklist"
    CRITERION = "criterion"
    RETURN = "return_criterion"
    SIGNATURES = "signatures"
    WITHDRAW = "withdraw_sign_off"
    SESSIONS = "sessions"
    SESSION_WITH = "session_with"
    SCHEDULE = "schedule_session"
    MOVE_SESSION = "move_session"
    HELD = "session_held"
    NOT_HELD = "session_not_held"
    LOG_SESSION = "log_session"
    WRITING = "writing"  # a page of a draft
    READING = "reading"  # a page of the full text, with more to come
    SEND_OUT = "send_out"
    HAND_OVER_PART = "hand_over_part"
    SIGN = "sign_document"
    ACKNOWLEDGE = "acknowledge_document"
    ASK_FOR_CHANGES = "ask_for_changes"
    ADDENDUM = "addendum"
    SIGNED_ON_PAPER = "signed_on_paper"
    PAPER_AGREEMENT = "paper_agreement"
    RECORD_ELSEWHERE = "record_elsewhere"
    PREPARE = "prepare"
    REFLECTION = "reflection"
    REFLECTION_READ = "reflection_read"
    REFLECTIONS = "reflections"
    SHARE_REFLECTION = "share_reflection"
    COMMENT = "comment_on_reflection"
    TRAINING = "training"
    COURSE = "course"
    LOG_TRAINING = "log_training"
    CORRECT_TRAINING = "correct_training"
    WITHDRAW_TRAINING = "withdraw_training"
    VERIFY_TRAINING = "verify_training"
    VERIFY_TRAININGS = "verify_trainings"
    RETURN_TRAINING = "return_training"


class Action(StrEnum):
    """Buttons and menus that are not a duty's own, by action_id."""

    # setting up and My time: handlers/mentoring.py, pairing.py, programme_settings.py, my_time.py
    OPEN_PROGRAMME = "open_programme"  # value: PROGRAMME:FILTER:PAGE, or nothing
    CHOOSE_PROGRAMME = "choose_programme"
    FILTER_PROGRAMME = "filter_programme"
    MY_PROGRAMMES = "my_programmes"
    PREVIOUS_PLACES = "previous_places"
    NEXT_PLACES = "next_places"
    OPEN_PLACE = "open_place"  # Ref enrolment: one person's place on a programme, for the lead
    PAIR = "pair"  # value: pair:ENROLMENT:KIND
    COVER = "cover"  # Ref relationship
    HAND_OVER = "hand_over"  # Ref person who hands over; empty: to be chosen
    ENROL = "enrol"  # value: programme key
    LEAVE_PROGRAMME = "leave_programme"  # Ref enrolment
    BEFORE = "before"  # Ref enrolment: what is known from before the programme was run here
    WAIVED = "waived"  # Ref enrolment: what its person said does not apply
    READ_REASON = "read_reason"  # Ref due
    ASK_AGAIN = "ask_again"  # Ref due
    SETTINGS = "programme_settings"  # value: programme key
    CLOSURES = "closures"
    REMOVE_CLOSURE = "remove_closure"  # Ref absence
    WELCOMES = "welcomes"  # value: programme key
    MY_TIME = "my_time"  # Ref person; empty: one's own
    TIME_OF = "time_of"  # menu of those one may enter it for; value: person id
    OFF_TODAY = "off_today"  # Ref person
    AWAY = "away"  # Ref person
    BACK_AGAIN = "back_again"  # Ref absence
    HOURS_IN_WORDS = "hours_in_words"  # Ref person
    HOURS_BY_DAY = "hours_by_day"  # Ref person
    PEOPLE = "people"  # every select over the people list
    OPEN_CHECKLIST = "open_checklist"  # value: an enrolment's Ref
    OPEN_CRITERION = "open_criterion"  # these six: a CriterionRef
    ASK_FOR_SIGN_OFF = "ask_for_sign_off"
    SIGN_OFF = "sign_off"
    RETURN = "return_criterion"
    ASK_FOR_TWO = "ask_for_two"
    ASK_FOR_ONE = "ask_for_one"
    SIGN_OFF_MANY = "sign_off_many"  # value: an enrolment's Ref
    UNDO = "undo_sign_off"  # value: a signoff's Ref
    WITHDRAW = "withdraw_sign_off"
    GO_CHECKLIST = "go_checklist"
    MORE = "more"  # the menu beside a thing asked for; its values begin with a More
    GO_MENTORING = "go_mentoring"
    GO_TRAINING = "go_training"
    GO_REFLECT = "go_reflect"
    GO_SUPERVISION = "go_supervision"
    SCHEDULE = "schedule_session"  # value: a choice's key; empty: to be chosen
    LOG_SESSION = "log_session"
    SESSION_PARTNER = "session_partner"  # select over those one may meet
    MOVE_SESSION = "move_session"  # these four: a session's Ref
    CANCEL_SESSION = "cancel_session"
    HELD = "session_held"
    NOT_HELD = "session_not_held"
    SESSION_HISTORY = "session_history"  # value: a page, from 0
    ADD_TO_CALENDAR = "add_to_calendar"
    LEDGER = "ledger"  # opens what was sent and what was not, for leads
    LEDGER_SHOWN = "ledger_shown"  # which of it
    ARRIVED = "arrived"  # a lead says that a message in doubt did arrive
    SEND_AGAIN = "send_again"
    # everything written (handlers/documents.py, signing.py, reflections.py)
    OPEN_DOCUMENT = "open_document"  # Ref document: read it, and sign it where that is asked
    WRITE_RECORD = "write_record"  # Ref session: start or resume its record
    OPEN_AGREEMENT = "open_agreement"  # Ref relationship
    PREPARE = "prepare"  # Ref session: one's own private note for it
    RECORD_ELSEWHERE = "record_elsewhere"  # Ref session: its record is kept elsewhere
    PAPER_AGREEMENT = "paper_agreement"  # Ref relationship: its agreement was signed on paper before
    ADD_MORE = "add_more"  # value: the part that is given another field
    PAGE_BACK = "page_back"
    SAVE_FOR_NOW = "save_for_now"
    READ_BACK = "read_back"
    WRITE_AGAIN = "write_again"
    ASK_TO_WRITE = "ask_to_write"
    ASK_FOR_CHANGES = "ask_for_changes"
    NEXT_VERSION = "next_version"
    TAKE_BACK = "take_back_document"
    ADDENDUM = "addendum"
    SIGNED_ON_PAPER = "signed_on_paper"
    NEW_REFLECTION = "new_reflection"  # value: a form's name; empty: the first there is
    OPEN_REFLECTION = "open_reflection"  # Ref document
    ANOTHER_WAY = "another_way_to_reflect"
    REFLECTION_BACK = "reflection_back"
    REFLECTION_SAVE = "reflection_save"
    REFLECTION_MORE = "reflection_more"  # value: the part that is given another field
    CHANGE_REFLECTION = "change_reflection"
    DELETE_REFLECTION = "delete_reflection"
    SHARE_REFLECTION = "share_reflection"
    UNSHARE_REFLECTION = "unshare_reflection"
    COMMENT = "comment_on_reflection"
    # training (handlers/training.py)
    OPEN_TRAINING = "open_training"  # menu: a person's Ref
    OPEN_COURSE = "open_course"  # value: a CourseRef
    OPEN_TRAINING_RECORD = "open_training_record"  # these five: a training's Ref
    CORRECT_TRAINING = "correct_training"
    WITHDRAW_TRAINING = "withdraw_training"
    CHECK_TRAINING = "check_training"
    RETURN_TRAINING = "return_training"
    LOG_TRAINING = "log_training"  # value: a CourseRef; empty: to be chosen
    CHECK_TRAININGS = "check_trainings"
    RETIRED = "retired"  # the one button of a digest that a newer one replaced


class More(StrEnum):
    """What can be said of a thing beside doing it; written before its `due:UUID:version`."""

    SNOOZE = "snooze"
    SNOOZE_ALIKE = "snooze_alike"  # and all that is alike for other people
    NOT_APPLICABLE = "not_applicable"
    WHY = "why"


class Do(StrEnum):
    """A duty's own button: one for each bot.values.Step; its value is `due:UUID:version`."""

    HOLD = "do_hold"
    SAY_HELD = "do_say_held"
    PREPARE = "do_prepare"
    WRITE = "do_write"
    SIGN = "do_sign"
    ACKNOWLEDGE = "do_acknowledge"
    AGREE = "do_agree"
    REVIEW = "do_review"
    CHANGE = "do_change"
    REFLECT = "do_reflect"
    CHECKLIST = "do_checklist"
    SIGN_OFF = "do_sign_off"
    TRAIN = "do_train"
    RENEW = "do_renew"
    VERIFY = "do_verify"
    PAIR = "do_pair"
