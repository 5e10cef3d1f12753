from tests.integration.world import World


def test_smoke(world: World) -> None:
    token = world.sign_in("openid-lin")
    answer = world.get("/booking/v1/registration", token=token)
    assert answer.json["next_step"] == "consents"
    assert world.get("/booking/v1/visits", token=world.officer("wang")).status == 401
