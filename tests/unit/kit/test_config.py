"""Settings: everything wrong is told at once, and nothing secret is ever shown."""

import stat

import pytest

from signalbook.kit import config
from signalbook.kit.config import Settings, SettingsWrong


@pytest.fixture
def environ(tmp_path):
    return {"SIGNALBOOK_DATA_DIR": str(tmp_path / "data")}


def test_an_empty_environment_is_enough(environ):
    settings = Settings.from_env(environ)

    assert (settings.host, settings.port, settings.workers) == ("127.0.0.1", 8000, 1)
    assert settings.database_url is None
    assert settings.public_url == "http://127.0.0.1:8000"


def test_all_problems_are_told_at_once(environ):
    wrong = environ | {
        "SIGNALBOOK_PORT": "eighty",
        "SIGNALBOOK_WORKERS": "0",
        "SIGNALBOOK_LOG_FORMAT": "xml",
        "SIGNALBOOK_DATABASE_URL": "mysql://root@localhost/x",
        "SIGNALBOOK_SECRET_KEY": "short",
    }

    with pytest.raises(SettingsWrong) as told:
        Settings.from_env(wrong)

    assert {problem.field for problem in told.value.problems} == set(wrong) - set(environ)
    assert "SIGNALBOOK_PORT is 'eighty'; expected a number from 1 to 65535." in told.value.message


def test_a_misspelt_setting_is_told_with_the_right_spelling(environ):
    with pytest.raises(SettingsWrong, match=r"did you mean SIGNALBOOK_WORKERS\?"):
        Settings.from_env(environ | {"SIGNALBOOK_WORKER": "2"})


def test_a_setting_of_somebody_elses_is_left_alone(environ):
    assert Settings.from_env(environ | {"SIGNALBOOK_TEST_RUN": "7", "PORT": "x"}).port == 8000


def test_a_refused_secret_is_not_repeated(environ):
    with pytest.raises(SettingsWrong) as told:
        Settings.from_env(environ | {"SIGNALBOOK_SECRET_KEY": "hunter2"})

    assert "hunter2" not in told.value.message


def test_the_secret_key_is_made_once_and_only_its_owner_can_read_it(environ, tmp_path):
    first = Settings.from_env(environ).secret_key
    second = Settings.from_env(environ).secret_key

    path = tmp_path / "data" / "secret_key"
    assert first == second == path.read_text().strip()
    assert len(first) >= 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_looking_at_the_settings_makes_nothing(environ, tmp_path):
    assert not Settings.from_env(environ, make_secret=False).secret_key
    assert not (tmp_path / "data").exists()


def test_a_data_folder_that_cannot_be_is_told(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(SettingsWrong, match="SIGNALBOOK_DATA_DIR cannot be used"):
        Settings.from_env({"SIGNALBOOK_DATA_DIR": str(tmp_path / "file" / "data")})


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://ada:lace@db:5432/x", "postgresql://ada:••••••@db:5432/x"),
        ("postgresql://ada@db/x", "postgresql://ada@db/x"),
        ("postgresql:///x?host=/run&password=lace", "postgresql:///x?host=/run&password=••••••"),
        ("postgresql://ada:la@ce@db/x", "postgresql://ada:••••••@db/x"),
    ],
)
def test_a_password_inside_an_address_is_masked(environ, url, shown):
    settings = Settings.from_env(environ | {"SIGNALBOOK_DATABASE_URL": url})

    assert config.effective(settings)["database_url"] == shown


def test_the_secret_key_is_masked(environ):
    settings = Settings.from_env(environ)

    assert config.effective(settings)["secret_key"] == config.MASK


@pytest.mark.parametrize(
    ("host", "url"),
    [("0.0.0.0", "http://127.0.0.1:9000"), ("::1", "http://[::1]:9000")],  # noqa: S104
)
def test_the_public_address_follows_host_and_port(environ, host, url):
    told = {"SIGNALBOOK_HOST": host, "SIGNALBOOK_PORT": "9000"}

    assert Settings.from_env(environ | told).public_url == url


def test_every_setting_says_what_it_is():
    for one in config.described():
        assert one.help.endswith("."), one.name
        assert one.expected, one.name


def test_there_are_few_settings():
    assert len(config.described()) <= 25
