"""Officers sign in both ways, stay signed in, and sign out here and everywhere."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.exc import IntegrityError

from local.sample_people import PASSWORD
from shared.models.officers import ADMINISTRATORS, Officer, OfficerRole, OfficerSession
from tests.integration.officers.browser import SESSION, Browser, code_of
from tests.integration.problems import assert_problem
from tests.integration.world import World

ME = "/approve/v1/me"


@pytest.fixture
def browser(world: World) -> Browser:
    return Browser(world)


def test_through_wecom_and_back_to_the_page_that_was_wanted(browser: Browser) -> None:
    answer = browser.sign_in_by_wecom("wang.visit", return_to="/visits/42?tab=alerts")
    assert answer.status == 200, answer.text
    assert answer.json["return_to"] == "/visits/42?tab=alerts"
    me = browser.call("GET", ME).json
    assert (me["name"], me["roles"], me["wards"]) == ("王警官", ["visit_officer"], [])


def test_a_code_of_wecom_is_good_once(browser: Browser) -> None:
    given = browser.go_to_wecom("wang.visit")
    assert browser.call("POST", f"{SESSION}/wecom", given).status == 200
    assert_problem(browser.call("POST", f"{SESSION}/wecom", given), 422, "wecom_code_false")


def test_a_sign_in_begun_in_another_browser_or_by_nobody(world: World, browser: Browser) -> None:
    """Otherwise a link could sign somebody in as somebody else."""
    given = Browser(world).go_to_wecom("wang.visit")
    assert_problem(browser.call("POST", f"{SESSION}/wecom", given), 422, "wecom_state_false")
    browser.go_to_wecom("wang.visit")
    assert_problem(browser.call("POST", f"{SESSION}/wecom", given), 422, "wecom_state_false")
    forged = {**given, "state": "forged"}
    assert_problem(browser.call("POST", f"{SESSION}/wecom", forged), 422, "wecom_state_false")


def test_a_state_grows_old(world: World, browser: Browser) -> None:
    given = browser.go_to_wecom("wang.visit")
    world.clock.forward(minutes=11)
    assert_problem(browser.call("POST", f"{SESSION}/wecom", given), 422, "wecom_state_false")


@pytest.mark.parametrize(
    "elsewhere",
    ["//evil.example", "https://evil.example", "/%5Cevil.example", "\\evil", "/a//b:c", "/%0d%0aX:1",
     "javascript:alert(1)", "", "/@evil.example", "/..%2f"],
)  # fmt: skip
def test_no_open_redirect(browser: Browser, elsewhere: str) -> None:
    answer = browser.call("GET", f"{SESSION}/wecom?return_to={elsewhere}")
    assert_problem(answer, 422, "return_to_outside")


def test_somebody_wecom_knows_and_we_do_not(world: World, browser: Browser) -> None:
    world.emulator.ask("/local/wecom/users", {"users": ["nobody.here"]})
    assert_problem(browser.sign_in_by_wecom("nobody.here"), 403, "officer_unknown")


def test_by_password_and_code(world: World, browser: Browser) -> None:
    assert_problem(browser.sign_in("wang", PASSWORD), 422, "totp_needed")
    assert_problem(browser.sign_in("wang", PASSWORD, code="000000"), 401, "totp_wrong")
    code = code_of(world, "wang")
    answer = browser.sign_in("wang", PASSWORD, code=code)
    assert answer.json["roles"] == ["visit_officer"]
    again = Browser(world).sign_in("wang", PASSWORD, code=code)
    assert_problem(again, 401, "totp_wrong")


def test_a_code_used_twice_at_once_works_once(world: World) -> None:
    code = code_of(world, "wang")

    def sign_in(_: int) -> int:
        return Browser(world).sign_in("wang", PASSWORD, code=code).status

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(sign_in, range(4))) == [200, 401, 401, 401]


def test_the_first_sign_in_sets_a_password_and_the_app(world: World, browser: Browser) -> None:
    wang = world.one(Officer, username="wang")
    wang.totp_secret = wang.totp_confirmed_at = None
    wang.password_is_first = True
    world.add(wang)
    first = browser.sign_in("wang", PASSWORD)
    assert first.codes == ["password_change_needed", "totp_setup"]
    assert first.json["totp"]["uri"].startswith("otpauth://totp/")
    weak = browser.sign_in("wang", PASSWORD, new_password="wang12345678")
    assert weak.codes == ["password_weak", "totp_setup"]
    assert weak.json["totp"] == first.json["totp"], "the code scanned already stays good"
    code, new = code_of(world, "wang"), "a-new-Password-2"
    done = browser.sign_in("wang", PASSWORD, code=code, new_password=new)
    assert done.status == 200, done.text
    world.clock.forward(seconds=60)
    assert_problem(browser.sign_in("wang", PASSWORD), 401, "password_wrong")
    assert browser.sign_in("wang", new, code=code_of(world, "wang")).status == 200


@pytest.mark.parametrize("username", ["wang", "nobody"])
def test_a_lock_tells_nobody_who_exists(world: World, browser: Browser, username: str) -> None:
    for _ in range(5):
        assert_problem(browser.sign_in(username, "wrong"), 401, "password_wrong")
    assert_problem(browser.sign_in(username, PASSWORD), 429, "sign_in_locked")
    world.clock.forward(minutes=16)
    again = browser.sign_in(username, PASSWORD)
    assert again.codes == (["totp_needed"] if username == "wang" else ["password_wrong"])


def test_guessing_in_parallel_gains_nothing(world: World) -> None:
    def guess(number: int) -> int:
        return Browser(world).sign_in("wang", f"guess-{number}").status

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(guess, range(12)))
    assert statuses == [401] * 5 + [429] * 7


def test_the_right_password_without_a_code_is_no_guess(browser: Browser) -> None:
    for _ in range(8):
        assert_problem(browser.sign_in("wang", PASSWORD), 422, "totp_needed")


def test_a_token_is_short_and_the_cookie_renews_it(world: World, browser: Browser) -> None:
    browser.sign_in_by_wecom("wang.visit")
    world.clock.forward(minutes=16)
    assert_problem(browser.call("GET", ME), 401, "session_expired")
    assert browser.refresh().status == 200
    assert browser.call("GET", ME).status == 200


def test_the_cookie_ends_when_idle_and_after_a_shift(world: World, browser: Browser) -> None:
    browser.sign_in_by_wecom("wang.visit")
    for _ in range(14):
        world.clock.forward(minutes=50)
        assert browser.refresh().status == 200
    world.clock.forward(minutes=21)
    assert_problem(browser.refresh(), 401, "session_expired")
    browser.sign_in_by_wecom("wang.visit")
    world.clock.forward(minutes=61)
    assert_problem(browser.refresh(), 401, "session_expired")


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(browser: Browser) -> None:
    given = browser.go_to_wecom("wang.visit")
    said = browser.call("POST", f"{SESSION}/wecom", given).headers["Set-Cookie"]
    assert all(word in said for word in ("HttpOnly", "SameSite=Strict", f"Path={SESSION}"))


@pytest.mark.parametrize("path", ["refresh", "end"])
def test_a_form_of_another_site_cannot_use_the_cookie(
    world: World, browser: Browser, path: str
) -> None:
    browser.sign_in_by_wecom("wang.visit")
    as_form = world.call(
        "POST", f"{SESSION}/{path}", headers={"Cookie": browser._cookie()}, raw="a=b"
    )
    assert as_form.status == 401
    assert browser.refresh().status == 200


def test_signing_out_here_leaves_the_other_device(world: World, browser: Browser) -> None:
    other = Browser(world)
    browser.sign_in_by_wecom("wang.visit")
    other.sign_in_by_wecom("wang.visit")
    stolen = browser._cookie()
    assert browser.call("POST", f"{SESSION}/end").status == 204
    assert browser.refresh().status == 401
    assert (
        world.post(f"{SESSION}/refresh", headers={"Cookie": stolen, "X-Visits-Page": "1"}).status
        == 401
    )
    assert other.refresh().status == 200


def test_signing_out_everywhere(world: World, browser: Browser) -> None:
    other = Browser(world)
    browser.sign_in_by_wecom("wang.visit")
    other.sign_in_by_wecom("wang.visit")
    assert browser.call("POST", f"{SESSION}/end-everywhere").status == 204
    assert other.refresh().status == 401
    assert other.call("GET", ME).status == 401
    assert all(one.ended_at is not None for one in world.rows(OfficerSession))


def test_the_database_itself_refuses_two_administrators_in_one_person(world: World) -> None:
    holder = world.one(Officer, username="xitong")
    for role in ADMINISTRATORS - {one.role for one in holder.roles}:
        with pytest.raises(IntegrityError):
            world.add(OfficerRole(officer_id=holder.id, role=role))
