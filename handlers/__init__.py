"""One file a conversation: the command, buttons and forms of one feature. A listener translates; an action does."""

from slack_bolt import App

from handlers import (
    before,
    checklist,
    documents,
    home,
    mentoring,
    my_time,
    notices,
    nudges,
    pairing,
    people,
    programme_settings,
    reflections,
    signing,
    slack_people,
    supervision,
    training,
    waived,
)


def register_all(app: App) -> None:
    """Register every listener: the table of contents. Bolt tries them in turn, so what is asked most comes first."""
    supervision.register(app)
    checklist.register(app)
    people.register(app)
    notices.register(app)
    nudges.register(app)
    mentoring.register(app)
    pairing.register(app)
    before.register(app)
    waived.register(app)
    programme_settings.register(app)
    my_time.register(app)
    training.register(app)
    documents.register(app)
    signing.register(app)
    reflections.register(app)
    slack_people.register(app)
    home.register(app)
