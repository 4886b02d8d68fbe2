"""What a person does in the workspace, carried to the app, and what the app's answer changes for them."""

from __future__ import annotations

from typing import Any

from bot.practice import payloads
from bot.practice.answers import apply_command_answer, apply_submission_answer, read_suggestions
from bot.practice.client_checks import find_form_errors
from bot.practice.conversations import Conversation, Message
from bot.practice.element_state import Key, field_of, find_element, is_stateful, read_raw, states_for
from bot.practice.form_files import keep_uploads
from bot.practice.identity import dm_id
from bot.practice.mentions import escape_mentions, escape_text
from bot.practice.post_office import Ack, PostOffice
from bot.practice.refusals import Json, NotPossibleError
from bot.practice.views import View
from bot.practice.workspace import Workspace

TROUBLE = "We had some trouble connecting. Try again?"
NO_ANSWER = "This app did not answer in time. Try again?"


class Interactions:
    """Do what people do at the page; every method returns after the app answered, or after three seconds."""

    def __init__(self, workspace: Workspace, post_office: PostOffice) -> None:
        """Act on a workspace through a post office."""
        self._workspace = workspace
        self._post_office = post_office

    async def command(self, person_id: str, channel: str, text: str) -> None:
        """Type a slash command."""
        workspace = self._workspace
        with workspace.lock:
            self._begin(person_id)
            word, _, rest = text.strip().partition(" ")
            command = workspace.manifest.commands.get(word)
            if command is None:
                raise NotPossibleError(f"{word} is not a command here. Type / to see those there are.")
            self._refuse_strangers(person_id)
            conversation = self._conversation(person_id, channel)
            typed = escape_mentions(workspace, rest.strip()) if command.should_escape else rest.strip()
            answer = {
                "response_url": workspace.reply_url("commands", person_id, conversation.id),
                "trigger_id": workspace.triggers.issue(person_id, "slash_command"),
            }
            member = workspace.person(person_id)
            payload = payloads.slash_command(workspace.identity, member, conversation, command, typed, answer)
        ack = await self._post_office.send("slash_commands", payload)
        if not ack.is_ok:
            self._notice(person_id, f"{word} failed with the error “{ack.problem}”")
            return
        apply_command_answer(workspace, conversation, person_id, ack.body)

    async def say(self, person_id: str, channel: str, text: str) -> None:
        """Write a message of one's own."""
        workspace = self._workspace
        with workspace.lock:
            self._begin(person_id)
            conversation = self._conversation(person_id, channel)
            if conversation.is_archived:
                raise NotPossibleError("This channel is archived: nobody can write in it any more.")
            words = escape_mentions(workspace, escape_text(text))
            message = Message(workspace.stamps.next_ts(), conversation.id, person_id, words)
            conversation.messages.append(message)
            workspace.touch(*workspace.people_of(conversation))
            event = payloads.said(workspace.identity, message, text) | {"channel_type": _channel_type(conversation)}
            payload = workspace.event_payload(event) if workspace.is_app_in(conversation) else None
        if payload:
            await self._post_office.send_event(payload)

    async def home(self, person_id: str) -> None:
        """Open the app's Home tab."""
        workspace = self._workspace
        with workspace.lock:
            self._begin(person_id)
            if not workspace.home_tab_on:
                raise NotPossibleError("This app’s Home tab is switched off.")
            conversation, _ = workspace.open_dm(person_id)
            event: Json = {"type": "app_home_opened", "user": person_id, "channel": conversation.id, "tab": "home"}
            home = workspace.views.home(person_id)
            if home:
                event["view"] = home.as_payload(workspace.identity)
            payload = workspace.event_payload(event)
        if payload:
            await self._post_office.send_event(payload)

    async def shortcut(self, person_id: str, callback_id: str) -> None:
        """Choose a global shortcut."""
        workspace = self._workspace
        with workspace.lock:
            self._begin(person_id)
            self._refuse_strangers(person_id)
            known = workspace.manifest.shortcuts.get(callback_id)
            if known is None or not known.is_global:
                raise NotPossibleError("There is no such shortcut here.")
            trigger = workspace.triggers.issue(person_id, "shortcut")
            member, ts = workspace.person(person_id), workspace.stamps.next_ts()
            payload = payloads.shortcut(workspace.identity, member, callback_id, trigger, ts)
        ack = await self._post_office.send("interactive", payload)
        self._expect(ack, person_id, NO_ANSWER)

    async def press(self, person_id: str, where: Json, key: Key, value: Any, values: Json | None = None) -> None:
        """Press a button, or choose or type in an element; what is only typed in a form stays with the form."""
        with self._workspace.lock:
            self._begin(person_id)
            payload = self._pressed(person_id, where, key, value, values)
        if payload:
            ack = await self._post_office.send("interactive", payload)
            self._expect(ack, person_id, NO_ANSWER)

    async def submit(self, person_id: str, view_id: str, values: Json) -> None:
        """Send a form, unless Slack's own client would stop it."""
        workspace = self._workspace
        with workspace.lock:
            self._begin(person_id)
            view = self._top_view(person_id, view_id)
            self._store(view, values)
            errors = find_form_errors(view.blocks, view.states)
            if errors:
                workspace.form_errors[person_id] = errors
                return
            trigger = workspace.triggers.issue(person_id, "view_submission", view.id)
            body, urls = view.as_payload(workspace.identity), self._reply_urls(person_id, view)
            payload = payloads.view_submission(workspace.identity, workspace.person(person_id), trigger, body, urls)
        ack = await self._post_office.send("interactive", payload)
        if not ack.is_ok or not apply_submission_answer(workspace, view, ack.body):
            self._notice(person_id, TROUBLE)

    async def close(self, person_id: str, view_id: str, *, everything: bool) -> None:
        """Close a form with its button, or the whole stack with the cross."""
        workspace = self._workspace
        with workspace.lock:
            self._begin(person_id)
            stack, view = workspace.views.stack(person_id), self._top_view(person_id, view_id)
            closed = stack[0] if everything else view
            if everything or view.clear_on_close:
                workspace.views.clear(person_id)
            else:
                workspace.views.close(view)
            payload = self._closed(person_id, closed, everything=everything) if closed.notify_on_close else None
        if payload:
            await self._post_office.send("interactive", payload)

    async def suggest(self, person_id: str, where: Json, key: Key, query: str) -> Json:
        """Ask the app for the options of an external select; an app that does not answer has none."""
        workspace = self._workspace
        with workspace.lock:
            blocks, place, offered = self._place(person_id, where)
            find_element(blocks, *key)
            member = workspace.person(person_id)
            payload = payloads.block_suggestion(workspace.identity, member, place, key, query)
        ack = await self._post_office.send("interactive", payload)
        answer, options = read_suggestions(ack.body if ack.is_ok else None)
        offered.setdefault(key, {}).update(options)
        return answer

    def _begin(self, person_id: str) -> None:
        self._workspace.person(person_id)
        self._workspace.notices.pop(person_id, None)
        self._workspace.form_errors.pop(person_id, None)
        self._workspace.touch(person_id)

    def _refuse_strangers(self, person_id: str) -> None:
        if self._workspace.person(person_id).is_stranger:
            raise NotPossibleError("People from another organisation cannot use this app’s commands and shortcuts.")

    def _conversation(self, person_id: str, channel: str) -> Conversation:
        if channel == dm_id(person_id):
            return self._workspace.open_dm(person_id)[0]
        conversation = self._workspace.conversations.get(channel)
        if conversation is None or person_id not in conversation.members:
            raise NotPossibleError("You are not in that conversation.")
        return conversation

    def _top_view(self, person_id: str, view_id: str) -> View:
        top = self._workspace.views.top(person_id)
        if top is None or top.id != view_id:
            raise NotPossibleError("That form is no longer open.")
        return top

    def _store(self, view: View, values: Json) -> None:
        for block_id, actions in values.items():
            for action_id, raw in actions.items():
                key = (block_id, action_id)
                _block, element = find_element(view.blocks, *key)
                view.states[key] = self._read(view.person_id, element, raw, view.offered.get(key, {}))

    def _read(self, person_id: str, element: Json, raw: Any, offered: dict[str, Json]) -> Json:
        if element["type"] == "file_input":
            raw = keep_uploads(self._workspace, person_id, raw)
        return read_raw(element, raw, offered)

    def _pressed(self, person_id: str, where: Json, key: Key, value: Any, values: Json | None) -> Json | None:
        workspace = self._workspace
        view = self._view(person_id, where)
        blocks, _place, offered = self._place(person_id, where)
        block, element = find_element(blocks, *key)
        if view and values:
            self._store(view, values)
        if is_stateful(element):
            states = view.states if view else self._message_states(person_id, where)
            states[key] = self._read(person_id, element, value, offered.get(key, {}))
        if block["type"] == "input" and not block.get("dispatch_action"):
            return None
        if not workspace.manifest.interactive:
            raise NotPossibleError("This app does not take button presses: interactivity is off in its manifest.")
        action = self._action(key, element, value, view.states if view else self._message_states(person_id, where))
        trigger = workspace.triggers.issue(person_id, "block_actions", self._modal_id(view))
        place = self._place(person_id, where)[1]
        if "message" in where:
            ts = where["message"]["ts"]
            place["response_url"] = workspace.reply_url("actions", person_id, where["message"]["channel"], ts)
        return payloads.block_actions(workspace.identity, workspace.person(person_id), trigger, place, action)

    def _action(self, key: Key, element: Json, value: Any, states: dict[Key, Json]) -> Json:
        block_id, action_id = key
        action: Json = {
            "action_ts": self._workspace.stamps.next_ts(),
            "type": element["type"],
            "action_id": action_id,
            "block_id": block_id,
        }
        if element["type"] == "button":
            return action | {name: element[name] for name in ("text", "value", "style") if name in element}
        if element["type"] == "overflow":
            chosen = [option for option in element["options"] if option["value"] == value]
            if not chosen:
                raise NotPossibleError("That choice is not in the list.")
            return action | {"selected_option": chosen[0]}
        action[field_of(element)] = states[key][field_of(element)]
        return action | ({"placeholder": element["placeholder"]} if "placeholder" in element else {})

    def _view(self, person_id: str, where: Json) -> View | None:
        if "message" in where:
            return None
        if where.get("home"):
            home = self._workspace.views.home(person_id)
            if home is None:
                raise NotPossibleError("There is nothing on the Home tab yet.")
            return home
        return self._top_view(person_id, where["modal"])

    @staticmethod
    def _modal_id(view: View | None) -> str | None:
        return view.id if view and view.type == "modal" else None

    def _message(self, person_id: str, where: Json) -> tuple[Conversation, Message]:
        conversation = self._conversation(person_id, where["message"]["channel"])
        message = conversation.find_for(person_id, where["message"]["ts"])
        if message is None or message.bot_id is None:
            raise NotPossibleError("That message is no longer there.")
        return conversation, message

    def _message_states(self, person_id: str, where: Json) -> dict[Key, Json]:
        conversation, message = self._message(person_id, where)
        place = (person_id, message.ts)
        conversation.touched[place] = states_for(message.blocks or [], conversation.touched.get(place, {}))
        return conversation.touched[place]

    def _place(self, person_id: str, where: Json) -> tuple[list[Json], Json, dict[Key, dict[str, Json]]]:
        view = self._view(person_id, where)
        if view:
            return view.blocks, payloads.in_view(view.as_payload(self._workspace.identity)), view.offered
        conversation, message = self._message(person_id, where)
        states = self._message_states(person_id, where)
        place = payloads.in_message(self._workspace.identity, conversation, message, states)
        return message.blocks or [], place, conversation.offered.setdefault((person_id, message.ts), {})

    def _closed(self, person_id: str, view: View, *, everything: bool) -> Json:
        body = view.as_payload(self._workspace.identity, with_state=False)
        member = self._workspace.person(person_id)
        return payloads.view_closed(self._workspace.identity, member, body, is_cleared=everything)

    def _reply_urls(self, person_id: str, view: View) -> list[Json]:
        urls = []
        for block in view.blocks:
            element = block.get("element") or {}
            if not element.get("response_url_enabled"):
                continue
            channel = view.states[(block["block_id"], element["action_id"])][field_of(element)]
            if channel:
                url = self._workspace.reply_url("app", person_id, channel)
                ids = {"block_id": block["block_id"], "action_id": element["action_id"]}
                urls.append({"response_url": url, "channel_id": channel, **ids})
        return urls

    def _expect(self, ack: Ack, person_id: str, words: str) -> None:
        if not ack.is_ok:
            self._notice(person_id, words)

    def _notice(self, person_id: str, words: str) -> None:
        with self._workspace.lock:
            self._workspace.notices[person_id] = words
            self._workspace.touch(person_id)


def _channel_type(conversation: Conversation) -> str:
    return {"private": "group"}.get(conversation.kind, conversation.kind)
