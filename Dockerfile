# All functions, on one server or Kubernetes:   docker build -t visits .
# One face function as SCF's image function:    docker build --target function --build-arg FUNCTION=verify_face -t visits-verify-face .
# Python 3.10 as on SCF; Debian 12 has the glibc (2.28 or later) that dlib's wheel needs.
FROM python:3.10-slim-bookworm AS base
ENV PYTHONUNBUFFERED=1 TZ=UTC
WORKDIR /srv
COPY requirements/server.txt requirements/
# --no-deps: the lock names everything, with hashes.
RUN pip install --no-cache-dir --no-deps --require-hashes -r requirements/server.txt
COPY alembic.ini serverless.yml ./
COPY migrations migrations
COPY shared shared
COPY functions functions
COPY server server
RUN python -m compileall -q shared functions server && useradd --system visits
USER visits

FROM base AS function
ARG FUNCTION=verify_face
ENV FUNCTION=${FUNCTION}
# SCF calls port 9000 and gives an instance one event at a time.
EXPOSE 9000
CMD ["gunicorn", "--bind=0.0.0.0:9000", "--workers=1", "--timeout=90", "server.event:app"]

FROM base AS server
EXPOSE 8000
# As many workers as processor cores; the timers are a process of their own: `python -m server.timers`.
CMD ["gunicorn", "--bind=0.0.0.0:8000", "--workers=2", "--threads=4", "--timeout=90", "--access-logfile=/dev/null", "server.web:app"]
