# The product in one image: web server, job worker and command line. Built by the same words as a developer's machine.

ARG PYTHON_IMAGE=python:3.11-slim-bookworm
FROM ${PYTHON_IMAGE} AS base
ENV PYTHONUNBUFFERED=1
WORKDIR /srv/ciam-portal


# Node.js is needed here only: it fetches the portal's stylesheet and font.
FROM base AS assets
# make only builds, and Debian's mirrors drop a version as soon as there is a newer one.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends make \
    && rm -rf /var/lib/apt/lists/*
COPY Makefile .npmrc package.json package-lock.json requirements*.txt ./
COPY tools tools
RUN make assets


FROM assets AS build
RUN rm -rf .venv node_modules && make server-packages
COPY . .
RUN make server \
    && .venv/bin/python -m compileall -q -x '/\.venv/' . \
    && rm -rf tools Makefile package.json package-lock.json .npmrc requirements*


FROM base AS product
RUN groupadd --system --gid 10001 ciam \
    && useradd --system --uid 10001 --gid ciam --no-create-home --shell /usr/sbin/nologin ciam
COPY --from=build /srv/ciam-portal /srv/ciam-portal
# A volume mounted here has this owner: the worker's.
RUN install --directory --mode=0700 --owner=ciam --group=ciam var/worker

# The web server reads these; a deployment may set its own.
ENV PATH=/srv/ciam-portal/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    MALLOC_MMAP_THRESHOLD_=262144 \
    GLIBC_TUNABLES=glibc.malloc.hugetlb=1 \
    GRANIAN_HOST=0.0.0.0 \
    GRANIAN_PORT=8000 \
    GRANIAN_WORKERS=2 \
    GRANIAN_BACKLOG=4096 \
    GRANIAN_BACKPRESSURE=2048 \
    GRANIAN_RESPAWN_FAILED_WORKERS=true \
    GRANIAN_RESPAWN_INTERVAL=1 \
    GRANIAN_WEBSOCKETS=false \
    GRANIAN_HTTP=1 \
    GRANIAN_HTTP1_HEADER_READ_TIMEOUT=10000 \
    GRANIAN_HTTP1_BUFFER_SIZE=65536 \
    GRANIAN_LOG_LEVEL=error \
    GRANIAN_WORKERS_KILL_TIMEOUT=8
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as web; web.urlopen('http://127.0.0.1:' + os.environ['GRANIAN_PORT'] + '/healthz', timeout=4)"]
CMD ["python", "-m", "ciam_portal"]
