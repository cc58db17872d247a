# The hub in one image. Run it with SECRET_KEY, SECRETS_KEYS, PUBLIC_URL and ALLOWED_HOSTS set; docs/operating.md
# lists what else can be set. tests/runtime/test_image.py runs these steps as plain commands.
FROM python:3.11-slim AS build
WORKDIR /srv/onevoice
COPY requirements.txt requirements.in pyproject.toml README.md LICENSE ./
RUN python -m venv .venv
RUN .venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.txt
COPY manage.py ./
COPY connectors ./connectors
COPY orchestrator ./orchestrator
COPY templates ./templates
COPY static ./static
RUN .venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation -e .
# DEBUG for this step only: collecting files needs settings, and none of them is kept.
RUN mkdir data && DEBUG=1 DATA_DIR=data STATIC_ROOT=staticfiles .venv/bin/python manage.py collectstatic --noinput --verbosity 0 && rm -rf data/*

FROM python:3.11-slim
ENV PYTHONUNBUFFERED=1 STATIC_ROOT=/srv/onevoice/staticfiles DATA_DIR=/srv/onevoice/data
WORKDIR /srv/onevoice
# The code belongs to root, so that the hub cannot change it; the data folder belongs to the hub.
COPY --from=build /srv/onevoice /srv/onevoice
COPY --from=build --chown=10001:10001 /srv/onevoice/data /srv/onevoice/data
USER 10001:10001
VOLUME /srv/onevoice/data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s CMD [".venv/bin/python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/health/live', timeout=3)"]
# One container is the whole hub. Replicas run a part: up --only web --no-migrate.
CMD [".venv/bin/python", "manage.py", "up", "--host", "0.0.0.0", "--port", "8000"]
