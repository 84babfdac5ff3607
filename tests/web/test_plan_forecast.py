"""How likely a clear answer is: worked out by the worker, once, and told in plain words."""

import pytest
from django.test import Client

from openldn.protocol.plan import Kind
from openldn.web.access import people
from openldn.web.plan import drafts, forecasts, menu, tasks
from openldn.web.plan.models import Forecast
from support.planning import STEPS, fill, walk
from support.web import NOW, visible


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """So few virtual trials that a test can wait for them."""
    monkeypatch.setattr(tasks, "TRIALS", 20)


def test_the_menu_asks_once_for_each_design_and_length(owner: Client, few: None) -> None:
    """Looking again asks for nothing new; another length is another question."""
    walk(owner, until="design")
    assert Forecast.objects.count() == 3  # asked when the doses were saved
    for _look in range(2):
        owner.get("/plan/design")
    assert Forecast.objects.count() == 3
    shorter = {"kind": "open-reversal", "pairs": "3", "weeks": "2", "look": "1"}
    reply = fill(owner, "design", shorter)
    assert reply.status_code == 200
    html = reply.content.decode()
    assert 'value="open-reversal" aria-describedby="about_open-reversal" checked' in html
    assert 'role="alert"' not in html
    assert Forecast.objects.count() == 6
    assert "design" not in drafts.answers_of(people.owner())


def test_a_forecast_is_told_with_its_counts(owner: Client, few: None) -> None:
    """The picture, its words and the sentence come from one row."""
    walk(owner, until="design")
    for one in Forecast.objects.all():
        tasks.compute_forecast.call(one.pk)
    done = Forecast.objects.first()
    assert done is not None
    assert done.found is not None
    assert done.found["worth_it"]["trials"] == done.found["nothing"]["trials"] == 20
    assert (done.done, done.pieces) == (2, 2)
    html = owner.get("/plan/design").content.decode()
    assert "being worked out" not in html
    assert html.count('class="f-clear"') + html.count('class="f-even"') >= 200
    words = visible(html.encode())
    assert "If LDN truly lowers “Worn out” by 1.5 points" in words
    assert "of a clear answer in 32 weeks." in words


def test_the_numbers_depend_on_the_design_and_not_on_names(owner: Client, few: None) -> None:
    """Another prescriber, day or word finds the same forecast; another difference does not."""
    walk(owner)
    answers = drafts.answers_of(people.owner())
    keys = {_key(answers), _key({**answers, "agreed": {}, "start": "2027-01-01"})}
    assert len(keys) == 1
    items = [{**item, "label": "x" + item["label"]} for item in answers["items"]]
    assert {_key({**answers, "items": items})} == keys
    items = [{**item, "mcid": "3"} for item in answers["items"]]
    assert {_key({**answers, "items": items})} != keys


def _key(answers: dict[str, object]) -> str:
    plan = menu.plans(answers)[Kind.BLINDED_WITHDRAWAL]
    return forecasts.ask(person=people.owner(), plan=plan, now=NOW).key


def test_what_a_worker_left_is_asked_again_and_given_up_in_the_end(
    owner: Client, few: None
) -> None:
    """A forecast that ended the worker twice is our mistake, and the design can be chosen."""
    walk(owner, until="design")
    one, other, *_ = Forecast.objects.all()
    Forecast.objects.filter(pk=one.pk).update(attempts=forecasts.MOST_ATTEMPTS)
    forecasts.resume_unfinished()
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.state, other.state) == ("failed", "asked")
    assert "That is our mistake" in visible(owner.get("/plan/design").content)
    assert fill(owner, "design", STEPS["design"]).status_code == 302


def test_a_forecast_that_breaks_is_marked(owner: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said, and does not wait for ever."""
    walk(owner, until="design")
    one = Forecast.objects.all()[0]
    Forecast.objects.filter(pk=one.pk).update(plan_toml="no plan")
    with pytest.raises(Exception, match="plan"):
        tasks.compute_forecast.call(one.pk)
    one.refresh_from_db()
    assert one.state == "failed"
