"""What is shipped runs as nobody in particular, and holds no secret it does not need."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
import yaml

from mail.sending.transports import TIMEOUT_SECONDS
from tools.cluster import LOCALE, Server
from tools.postgres import EmbeddedPostgres

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    return loaded


@pytest.mark.parametrize("name", ["web-1", "web-2", "worker"])
def test_web_server_and_worker_know_only_the_powerless_login(services: dict[str, Any], name: str) -> None:
    environment = services[name]["environment"]

    assert "DATABASE_URL" not in environment
    assert "CIAM_OWNER_PASSWORD" not in str(environment)
    assert environment["CIAM_APP_DATABASE_URL"].startswith("postgresql://ciam_app:")


def test_the_upgrade_alone_knows_the_owner(services: dict[str, Any]) -> None:
    assert services["upgrade"]["environment"]["DATABASE_URL"].startswith("postgresql://ciam:")


def test_only_the_proxy_is_reachable_and_from_this_machine_alone(services: dict[str, Any]) -> None:
    assert {name for name, service in services.items() if "ports" in service} == {"proxy"}
    assert services["proxy"]["ports"] == ["127.0.0.1:${PORT:-8000}:8000"]


@pytest.mark.parametrize("name", ["upgrade", "web-1", "web-2", "worker", "proxy"])
def test_a_broken_in_process_finds_nothing_to_write_and_no_power(services: dict[str, Any], name: str) -> None:
    service = services[name]

    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]


def test_a_worker_is_waited_for_longer_than_a_silent_mail_server(services: dict[str, Any]) -> None:
    assert int(services["worker"]["stop_grace_period"].removesuffix("s")) >= TIMEOUT_SECONDS + 5


def test_a_worker_finds_what_the_one_before_had_sent(services: dict[str, Any]) -> None:
    [volume] = services["worker"]["volumes"]
    folder = volume.partition(":/srv/ciam-portal/")[2]
    made = re.search(
        r"^RUN install --directory .*--owner=ciam .* (\S+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE
    )

    assert made
    assert folder == made[1] == "var/worker"


def test_the_database_is_made_with_the_locale_that_initdb_takes_here(services: dict[str, Any]) -> None:
    assert services["database"]["environment"]["POSTGRES_INITDB_ARGS"].split()[: len(LOCALE)] == list(LOCALE)


def test_the_proxy_is_counted(services: dict[str, Any]) -> None:
    assert services["web-1"]["environment"]["CIAM_TRUSTED_PROXIES"] == "${CIAM_TRUSTED_PROXIES:-1}"


def test_no_service_can_take_all_of_the_machine(services: dict[str, Any]) -> None:
    assert all({"mem_limit", "pids_limit", "logging"} <= {*service} for service in services.values())


def test_images_are_of_a_version_that_was_chosen(services: dict[str, Any]) -> None:
    images = [service["image"] for service in services.values() if service["image"] != "ciam-portal"]
    base = re.search(r"^ARG PYTHON_IMAGE=(\S+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert base
    assert all(re.search(r":\d+(\.\d+)*-\w+", image) for image in [*images, base[1]])


def test_the_example_names_every_setting_of_the_composition() -> None:
    used = set(re.findall(r"\$\{(\w+)", (ROOT / "compose.yaml").read_text()))
    named = set(re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))

    assert used == named


def test_the_image_runs_as_an_account_of_its_own() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    product = dockerfile.split(" AS product\n")[1]

    assert re.search(r"^USER 10001:10001$", product, re.MULTILINE)
    assert "HEALTHCHECK" in product


def test_the_image_is_built_with_words_that_make_knows() -> None:
    words = re.findall(r"(?:RUN|&&) make ([a-z-]+)", (ROOT / "Dockerfile").read_text())
    known = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)

    assert {"assets", "server"} <= set(words) <= set(known)


def test_secrets_and_data_stay_out_of_the_image() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()

    assert {".env*", "var", ".git", ".venv"} <= set(ignored)


def test_the_database_of_the_composition_belongs_to_a_login_that_is_no_superuser(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "data", disposable=True)
    server.start()
    try:
        address = urlsplit(server.superuser_url())
        elsewhere = address._replace(path="/postgres").geturl()
        with psycopg.connect(elsewhere, autocommit=True) as connection:
            connection.execute("ALTER DATABASE ciam RENAME TO before")
            connection.execute("ALTER ROLE ciam RENAME TO before")
        programs = Server(server._known(), disposable=True).binaries
        environment = {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "PGHOST": "127.0.0.1",
            "PGPORT": str(address.port),
            "PGPASSWORD": address.password or "",
            "POSTGRES_USER": "postgres",
            "CIAM_OWNER_PASSWORD": "it's a secret",
        }

        subprocess.run([ROOT / "compose" / "create-owner.sh"], check=True, env=environment, capture_output=True)

        with psycopg.connect(
            host="127.0.0.1", port=address.port, user="ciam", password="it's a secret", dbname="ciam"
        ) as connection:
            question = "SELECT rolcreaterole, rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user"
            assert connection.execute(question).fetchone() == (True, False, False)
    finally:
        server.destroy()
